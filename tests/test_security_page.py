"""What docs/security.md says is shown by tests is shown by tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_each_test_that_the_page_names_exists_once():
    named = re.findall(r"`(test_\w+)`", PAGE)
    functions = [
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(named) > 30
    assert {name: functions.count(name) for name in named if functions.count(name) != 1} == {}


def test_each_threat_has_a_test():
    threats = PAGE.partition("## Threats")[2].partition("##")[0]
    lines = [line for line in threats.splitlines() if line.startswith("|")][2:]
    assert len(lines) > 10
    assert [line for line in lines if "`test_" not in line] == []
