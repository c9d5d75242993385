"""The parts of the README that are generated from the code. Renew them with `python tests/documented.py`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
sys.path.insert(0, str(README.parent))  # run by path, this file's own folder would be searched instead


def generated() -> dict[str, str]:
    """Each generated part under its name."""
    return {"settings": _settings(), "routes": _routes(), "errors": _errors(), "commands": _commands()}


def parts_of(readme: str) -> dict[str, str]:
    """The parts as they stand in the README."""
    found = re.findall(r"<!-- generated: (\w+) -->\n(.*?)\n<!-- end -->", readme, re.DOTALL)
    return dict(found)


def renewed(readme: str) -> str:
    """The README with every generated part made anew."""
    for name, part in generated().items():
        pattern = rf"(<!-- generated: {name} -->\n).*?(\n<!-- end -->)"
        readme = re.sub(pattern, lambda match, part=part: match[1] + part + match[2], readme, flags=re.DOTALL)
    return readme


def _settings() -> str:
    from service.settings import PREFIX, Settings

    rows = ["| Variable | Default | What it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def _routes() -> str:
    from service.api import create_app
    from service.settings import Settings

    def never() -> None:
        raise RuntimeError("the application is only described")

    paths = create_app(Settings(), never).openapi()["paths"]
    rows = ["| Route | What it does |", "|---|---|"]
    rows += [
        f"| `{method.upper()} {path}` | {operation['summary']} |"
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
    return "\n".join(rows)


def _errors() -> str:
    from service.problems import STATUS_OF_CODE

    rows = ["| Code | Status |", "|---|---|"]
    return "\n".join([*rows, *(f"| `{code}` | {int(status)} {status.phrase} |" for code, status in STATUS_OF_CODE.items())])


def _commands() -> str:
    from service.cli import parser

    return "\n".join(["```", parser().format_help().strip(), "```"])


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
