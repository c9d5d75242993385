"""The runtime of the networks, OpenVINO, imported without the package that reports its use to its makers."""

from __future__ import annotations

import sys
from typing import Any

REPORTING = "openvino_telemetry"  # tells Google Analytics of every import, from a forked process, unless it is missing


def openvino() -> Any:
    """The package; nothing is sent, nothing forked and no file written into the user's home."""
    sys.modules.setdefault(REPORTING, None)  # type: ignore[arg-type]  # an import of it then fails, and its stub is taken
    import openvino  # takes half a second: only when a network is needed

    return openvino
