"""The parts of the README that are generated from the code. Renew them with `python tests/documented.py`."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
sys.path.insert(0, str(README.parent))  # run by path, this file's own folder would be searched instead


def generated() -> dict[str, str]:
    """Each generated part under its name."""
    return {
        "settings": _settings(),
        "routes": _routes(),
        "errors": _errors(),
        "commands": _commands(),
        "ingest": _help_of("ingest"),
        "torture": _torture(),
    }


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


def _help_of(command: str) -> str:
    from service.cli import parser

    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
        parser().parse_args([command, "--help"])
    return "\n".join(["```", shown.getvalue().strip(), "```"])


# What each torture is, for the table; `n` is the count of it that was reached.
_TORTURES = {
    "kill": ("kill -9 at a random moment", "rounds"),
    "kill in a call": ("kill -9 inside an fsync or a rename", "rounds"),
    "power cut": ("power cut below an ext4 file system", "rounds"),
    "full disk": ("disk full: 507, reads go on, writes resume", "points"),
    "broken disk": ("EIO at the n-th write or fsync of an ingest", "points"),
    "damaged files": ("search file damaged, then opened", "damaged"),
    "soak": ("4 writers and 8 readers at once, seconds", "seconds"),
}


def _torture() -> str:
    kept = json.loads((README.parent / "tests" / "torture" / "results.json").read_text(encoding="utf-8"))
    rows = ["| What is done to it | Times | Faults | Counted |", "|---|---|---|---|"]
    for name, (text, times) in _TORTURES.items():
        if name not in kept:
            continue
        counts = kept[name]["counts"]
        rest = ", ".join(f"{key.replace('_', ' ')} {value:,}" for key, value in counts.items() if key != times)
        rows.append(f"| {text} | {counts[times]:,} | {sum(kept[name]['faults'].values())} | {rest} |")
    return "\n".join(rows)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
