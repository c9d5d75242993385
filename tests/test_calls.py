"""The invented calls: every label stands in its document, and the test split is the one that was written first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CALLS = Path(__file__).parent / "calls"


def test_the_labels_are_verbatim_and_the_test_split_has_the_hash_that_its_readme_states() -> None:
    checked = subprocess.run([sys.executable, str(CALLS / "check.py")], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    stated = checked.stdout.strip().splitlines()[-1].rpartition(" ")[2]
    assert stated in (CALLS / "README.md").read_text(encoding="utf-8")
