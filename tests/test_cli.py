"""The command line, as an operator meets it."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.domain.codes import read_code
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
SECRET = "s" * 40
TOKEN = "MTk4NjIy.discord-token"
COMMANDS = {"run", "demo", "doctor", "health", "migrate", "backup", "restore", "copy-database", "link-code"}
READ_SETTINGS = sorted(COMMANDS - {"demo"})


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs a command in an empty folder, with good settings unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def command(*args: str, **values: str):
        env = {"DISCORD_TOKEN": TOKEN, "PARTNER_API_KEY": "sandbox-key-1", "DATA_DIR": str(tmp_path / "data")}
        return CliRunner().invoke(cli, args, env=env | values)

    return command


def process(*args: str, folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own."""
    env = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    return subprocess.run(
        [sys.executable, "-m", "bot", *args],
        env=env | {"PYTHONPATH": str(ROOT)} | values,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_help_is_quick_and_lists_every_command(tmp_path: Path):
    took: list[float] = []
    for _ in range(2):  # the first may have to compile
        begun = time.process_time(), os.times().children_user
        done = process("--help", folder=tmp_path)
        took.append(os.times().children_user - begun[1])
    assert done.returncode == 0
    assert set(re.findall(r"^\W*([a-z-]+)  +[A-Z]", done.stdout, re.MULTILINE)) == COMMANDS
    assert min(took) < 1


def test_nothing_heavy_is_imported_for_help():
    code = "import sys, bot.__main__; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
    assert "typer" in loaded
    assert not loaded & {"discord", "sqlalchemy", "httpx2", "pydantic", "simcord", "alembic"}


@pytest.mark.parametrize("name", READ_SETTINGS)
def test_a_missing_setting_ends_every_command_with_one_sentence(command, name: str):
    arguments = ["somebody"] if name == "link-code" else []
    done = command(name, *arguments, DISCORD_TOKEN="", PARTNER_API_KEY="")
    assert done.exit_code == 2
    assert not done.stdout
    assert done.stderr == (
        "DISCORD_TOKEN and PARTNER_API_KEY are not set: put them into the environment, into a file .env here, or into"
        " /run/secrets.\n"
    )


@pytest.mark.parametrize("name", ["run", "migrate", "doctor"])
def test_the_same_in_a_process_of_its_own_without_a_traceback(tmp_path: Path, name: str):
    done = process(name, folder=tmp_path, DISCORD_TOKEN=TOKEN, PARTNER_API_KEY="live-key-12345", GUILD_IDS="1")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "LIVE_PURCHASES=on and DAILY_SPEND_LIMIT" in done.stderr
    assert "live-key-12345" not in done.stderr


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    done = process("run", folder=tmp_path, DISCORD_TOKEN=TOKEN, PARTNER_API_KEY="sandbox-1", DATA_DIR="file/data")
    assert done.returncode == 2
    assert done.stderr.startswith("DATA_DIR can't be made")
    assert done.stderr.count("\n") == 1


class _Refusing(BaseHTTPRequestHandler):
    """A Discord that knows nobody."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"message": "401: Unauthorized", "code": 0}')

    def log_message(self, *args: object) -> None:
        pass


def run_with_discord_at(port: int, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(
        f"import discord.http\ndiscord.http.Route.BASE = 'http://127.0.0.1:{port}/api/v10'\n"
    )
    return process(
        "run", folder=folder, DISCORD_TOKEN=TOKEN, PARTNER_API_KEY="sandbox-1", PYTHONPATH=f"{folder}:{ROOT}"
    )


def test_a_token_that_discord_refuses_is_one_sentence(tmp_path: Path):
    with HTTPServer(("127.0.0.1", 0), _Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        done = run_with_discord_at(server.server_port, tmp_path)
        server.shutdown()
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("Discord refuses DISCORD_TOKEN")
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stderr


def test_a_discord_that_is_not_there_is_one_sentence(tmp_path: Path):
    done = run_with_discord_at(1, tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The bot can't start: ")
    assert "Traceback" not in done.stderr


def test_migrate_makes_the_database(tmp_path: Path):
    for _ in range(2):  # the second finds nothing to do
        done = process("migrate", folder=tmp_path, DISCORD_TOKEN=TOKEN, PARTNER_API_KEY="sandbox-1")
        assert done.returncode == 0, done.stderr
        assert "newest schema" in done.stdout
    with sqlite3.connect(tmp_path / "data" / "pullcord.db") as made:
        assert made.execute("SELECT count(*) FROM purchases").fetchone() == (0,)
    made.close()


@pytest.mark.parametrize(("age", "code"), [(0, 0), (29, 0), (31, 1), (3_600, 1)])
def test_health_is_the_age_of_the_heartbeat(command, tmp_path: Path, age: int, code: int):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "heartbeat").write_text(f"{int((time.time() - age) * 1000)} 1\n")
    done = command("health")
    assert done.exit_code == code
    assert re.search(rf"{age}|{age + 1}", done.stdout)


def test_health_without_a_heartbeat(command):
    done = command("health")
    assert done.exit_code == 1
    assert "No heartbeat" in done.stderr


def test_link_code_makes_what_the_bot_reads(command):
    done = command(
        "link-code", "member-7", "--discord-id", "80351110224678912", ACCOUNT_MODE="linked", LINK_SECRET=SECRET
    )
    assert done.exit_code == 0
    assert not done.stderr
    read = read_code(SECRET.encode(), done.stdout)
    assert (read.user_id, read.purpose, read.discord_id) == ("member-7", "link", 80351110224678912)
    assert 14 * 60_000 < read.expires_at - time.time() * 1000 <= 15 * 60_000


def test_link_codes_differ_and_may_live_longer(command):
    once, again = (command("link-code", "m", "--minutes", "60", LINK_SECRET=SECRET) for _ in range(2))
    first, second = (read_code(SECRET.encode(), done.stdout) for done in (once, again))
    assert first.nonce != second.nonce
    assert first.discord_id is None
    assert first.expires_at - time.time() * 1000 > 59 * 60_000
    assert "ACCOUNT_MODE=linked" in once.stderr


def test_link_code_says_what_it_lacks(command):
    without = command("link-code", "member-7")
    assert without.exit_code == 2
    assert without.stderr.startswith("LINK_SECRET is not set")
    long = command("link-code", "m" * 200, LINK_SECRET=SECRET)
    assert long.exit_code == 2
    assert "No code" in long.stderr


def test_backup_of_postgresql_is_a_command_without_the_password(command):
    done = command("backup", DATABASE_URL="postgresql://me:hunter22@db.example:5433/cards")
    assert done.exit_code == 1
    assert re.search(
        r"pg_dump -Fc -f pullcord-\d{8}T\d{6}Z\.dump 'postgresql://me@db\.example:5433/cards'", done.stderr
    )
    assert "hunter22" not in done.output


def test_backup_without_a_database(command):
    done = command("backup")
    assert done.exit_code == 1
    assert "nothing to back up" in done.stderr


def test_copy_database(command, tmp_path: Path):
    made = process("migrate", folder=tmp_path, DISCORD_TOKEN=TOKEN, PARTNER_API_KEY="sandbox-1")
    assert made.returncode == 0, made.stderr
    with closing(sqlite3.connect(tmp_path / "data" / "pullcord.db")) as database, database:
        database.execute("INSERT INTO limits VALUES ('guild:1', 5000)")
    target = f"sqlite:///{tmp_path / 'copy.db'}"
    done = command("copy-database", "--to", target)
    assert done.exit_code == 0, done.output
    assert re.search(r"^limits +1  [0-9a-f]{16}$", done.stdout, re.MULTILINE)
    assert "Set DATABASE_URL to the copy" in done.stdout
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT * FROM limits").fetchall() == [("guild:1", 5000)]
    again = command("copy-database", "--to", target)
    assert again.exit_code == 1
    assert again.stderr == "The other database isn't empty (limits has rows): name an empty one with --to.\n"


@pytest.mark.parametrize("to", [(), ("--to", "copy.db"), ("--to", "mysql://me@here/cards")])
def test_copy_database_says_what_it_lacks(command, to: tuple[str, ...]):
    done = command("copy-database", *to)
    assert done.exit_code == 2
    assert done.stderr == "--to must name the other database: postgresql://… or sqlite:///….\n"


def test_the_demo_says_what_it_lacks(tmp_path: Path):
    (tmp_path / "simcord.py").write_text("raise ModuleNotFoundError('no', name='simcord')")
    done = process("demo", folder=tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 2
    assert done.stderr == "The demo needs simcord: run `make demo`, which installs what it needs.\n"
