"""`python -m sandbox` as a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import httpx2
import pytest
from typer.testing import CliRunner

from sandbox.__main__ import app


def test_it_serves_and_ends_cleanly():
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--temperament", "production", "--settle", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, process.communicate()
            said += line
        url = re.search(r"PARTNER_API_URL=(\S+)", said)
        key = re.search(r"PARTNER_API_KEY=(\S+)", said)
        assert url
        assert key
        with httpx2.Client(headers={"X-API-Key": key[1]}, transport=httpx2.HTTPTransport(retries=8)) as http:
            packs = http.get(f"{url[1]}/api/v1/vm/available").json()
            assert len(packs) >= 14
            assert http.get(packs[0]["claw_image_url"]).content.startswith(b"\x89PNG")
            body = {"id": packs[0]["id"], "amount": 1, "user_id": "u"}
            started = http.post(f"{url[1]}/api/v1/vm/buy/init", json=body).json()
            assert started["nfts"] == []
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert errors == ""
    assert process.returncode == 0


@pytest.mark.parametrize("options", [["--temperament", "kind"], ["--fault-rate", "2"], ["--port", "70000"]])
def test_it_refuses_what_it_does_not_know(options: list[str]):
    done = CliRunner().invoke(app, options)
    assert done.exit_code == 2
    assert options[0] in done.stderr


def test_help_names_every_option():
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    for option in ("--port", "--temperament", "--seed", "--settle", "--hold", "--fault-rate"):
        assert option in done.stdout
