"""The project's own files say what is so."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from bot import doctor
from bot.client import FEATURES
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
CODE = ("bot", "cogs", "sandbox", "demo", "tests", "migrations", "bench")
SOURCES = sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
README = (ROOT / "README.md").read_text()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_each_feature_is_an_extension_and_each_extension_a_feature():
    folders = {f"cogs.{path.parent.name}" for path in (ROOT / "cogs").glob("*/__init__.py")}
    assert set(FEATURES) == folders
    assert all(callable(import_module(feature).setup) for feature in FEATURES)


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_file_is_short_and_begins_alike(path: Path):
    text = path.read_text()
    assert len(text.splitlines()) <= 350 or "migrations" in path.parts
    tree = ast.parse(text)
    code = [node for node in tree.body if not isinstance(node, ast.Expr)]
    if code and path.name != "__init__.py":
        assert isinstance(code[0], ast.ImportFrom)
        assert code[0].module == "__future__"


def test_no_file_tells_of_its_unfinished_state():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [named(path) for path in SOURCES if path != Path(__file__) and words.search(path.read_text())] == []


@pytest.mark.parametrize("path", LOCKS, ids=named)
def test_lock_files_have_hashes_and_name_no_index(path: Path):
    text = path.read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 10
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_lock_files_agree_and_hold_what_is_declared():
    locked = {path.stem: dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text(), re.MULTILINE)) for path in LOCKS}
    assert set(locked) == {"run", "demo", "dev"}
    for name in ("run", "demo"):
        assert locked[name].items() <= locked["dev"].items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    def names(*groups: list[str]) -> set[str]:
        found = (re.match(r"[A-Za-z0-9._-]+", one) for group in groups for one in group)
        return {re.sub(r"[._-]+", "-", one[0]).lower() for one in found if one}

    assert names(project["dependencies"], extras["speed"], extras["postgres"]) <= set(locked["run"])
    assert names(project["dependencies"], extras["demo"]) <= set(locked["demo"])
    assert names(project["dependencies"], *extras.values()) <= set(locked["dev"])


def test_the_readme_lists_every_setting_as_it_is():
    table = re.search(r"<!-- settings -->\n(.*)<!-- /settings -->", README, re.DOTALL)
    assert table
    rows = table[1].strip().split("\n")[2:]

    def default(name: str) -> str:
        field = Settings.model_fields[name]
        if field.is_required():
            return "needed"
        if not field.default:
            return ""
        return f"`{field.default:g}`" if isinstance(field.default, int | float) else f"`{field.default}`"

    assert rows == [
        f"| `{name.upper()}` | {default(name)} | {field.description} |" for name, field in Settings.model_fields.items()
    ]


def test_the_example_names_real_settings_and_sets_no_secret():
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {name.lower() for name in example} <= set(Settings.model_fields)
    assert set(example.values()) == {""}


def test_the_readme_invites_with_what_the_doctor_looks_for():
    assert doctor.invite("YOUR_APPLICATION_ID") in README


@pytest.mark.parametrize("path", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]), ids=named)
def test_links_in_the_documents_lead_somewhere(path: Path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_every_make_target_can_be_planned():
    text = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert targets
    assert set(targets[1].split()) == {"help", "demo", "test", "torture", "proof", "check", "pictures", "lock", "clean"}
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    for target in targets[1].split():
        done = subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    for module in re.findall(r"python -m ((?:bot|demo)[.\w]*)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists() or (ROOT / module / "__main__.py").exists(), module


def test_ci_runs_make_check():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.search(r"^make check$", script.read_text(), re.MULTILINE)
    subprocess.run(["bash", "-n", script], check=True)


def test_the_image_runs_as_nobody_special_and_can_be_stopped():
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    final = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM")) :]
    words = {line.split()[0] for line in final}
    assert {"USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "CMD"} <= words
    assert "USER pullcord" in final
    assert "STOPSIGNAL SIGTERM" in final
    assert final[-1] == 'CMD ["python", "-m", "bot", "run"]'
    assert sum(line.startswith("FROM") for line in lines) == 2
    copied = [part for line in lines if line.startswith("COPY") and "--from" not in line for part in line.split()[1:-1]]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    assert set(copied) == allowed
    assert all((ROOT / source).exists() for source in copied)


def test_compose_gives_the_bot_time_to_stop():
    text = (ROOT / "compose.yaml").read_text()
    grace = re.search(r"stop_grace_period: (\d+)s", text)
    assert grace
    assert int(grace[1]) > Settings.model_fields["shutdown_grace"].default + 10
    assert "read_only: true" in text
    assert "- data:/data" in text
