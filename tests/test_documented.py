"""What the README says of settings, routes, errors and commands is what the code says."""

from __future__ import annotations

import re

import pytest

from index.types import IngestStatus
from service.types import RefusalReason, Status
from tests.documented import README, generated, parts_of


@pytest.mark.parametrize("name", ["settings", "routes", "errors", "commands", "ingest", "torture"])
def test_a_generated_part_of_the_readme_is_current(name: str) -> None:
    """Renew with `python tests/documented.py`."""
    assert parts_of(README.read_text(encoding="utf-8"))[name] == generated()[name]


def test_every_value_a_client_can_meet_is_named_in_the_readme() -> None:
    readme = README.read_text(encoding="utf-8")
    values = [*Status, *RefusalReason, *IngestStatus]
    assert [value.value for value in values if f"`{value.value}`" not in readme] == []


def test_every_command_in_a_readme_code_block_exists() -> None:
    readme = README.read_text(encoding="utf-8")
    used = set(re.findall(r"^\s*(?:\.venv/bin/)?readout ([\w-]+)", readme, re.MULTILINE))
    known = {"ingest", "ask", "serve", "evaluate", "train-reader", "mcp", "verify", "status", "doctor", "backup", "restore"}
    assert used <= known
    assert {"ingest", "ask", "evaluate", "verify"} <= used


def test_every_package_the_code_depends_on_has_its_reason_in_the_decisions() -> None:
    root = README.parent
    declared = re.search(r"\ndependencies = \[(.*?)\n\]", (root / "pyproject.toml").read_text(encoding="utf-8"), re.DOTALL)
    assert declared is not None
    names = re.findall(r'"([\w-]+)', declared.group(1))
    decisions = (root / "DECISIONS.md").read_text(encoding="utf-8")
    assert [name for name in names if name not in decisions] == []
