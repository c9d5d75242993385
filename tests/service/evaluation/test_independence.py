from __future__ import annotations

import ast
from pathlib import Path

import service.evaluation

FOLDER = Path(service.evaluation.__file__).parent


def imported_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return froms | plain


def test_the_evaluation_imports_nothing_of_the_code_that_it_judges() -> None:
    names = {name for path in FOLDER.glob("*.py") for name in imported_names(path)}
    ours = {name for name in names if name.split(".")[0] in {"service", "index"}}
    assert ours
    # The root of all errors is shared, so that the command line reports one kind; it tells nothing of how is answered.
    assert all(name.startswith("service.evaluation") for name in ours - {"index.errors"})
