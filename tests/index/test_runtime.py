"""The runtime reports nothing to anybody."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2]
COMPUTES = """
import json, sys
seen = []
watched = ("socket.", "urllib.", "os.fork", "subprocess.")
sys.addaudithook(lambda event, arguments: seen.append(event) if event.startswith(watched) else None)
{imports}
import time
time.sleep(2)
print(json.dumps(seen))
"""
OURS = """
from index.embed import PackagedEmbedder
assert PackagedEmbedder(model_id="packaged", n_threads=1).embed(["Who called?"]).shape == (1, 384)
"""


def events(imports: str, home: Path) -> list[str]:
    """What a new process with this home did that reaches out of it."""
    run = subprocess.run(
        [sys.executable, "-c", COMPUTES.format(imports=imports)],
        capture_output=True,
        text=True,
        check=True,
        cwd=SOURCES,
        env={"HOME": str(home), "PYTHONPATH": str(SOURCES)},
    )
    return list(json.loads(run.stdout))


def test_computing_reaches_out_to_nobody_and_leaves_nothing_in_the_home(tmp_path: Path) -> None:
    assert events(OURS, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_forks_would_be_seen(tmp_path: Path) -> None:
    assert "os.fork" in events("import os; os.fork() or os._exit(0)", tmp_path)


@pytest.mark.parametrize("package", ["index", "service"])
def test_the_runtime_is_imported_in_one_module_only(package: str) -> None:
    importing = [
        path.name
        for path in sorted((SOURCES / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(name.name.startswith("openvino") for name in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("openvino"))
    ]
    assert importing == (["runtime.py"] if package == "index" else [])
