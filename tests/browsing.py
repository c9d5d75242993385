"""The real browser that the page is tested in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

PATIENCE_MS = 60_000  # machines are shared and noisy; nothing here is about speed


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that the variable CHROMIUM names; without one the test fails."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("these tests need Chromium: apt-get install chromium, or give its path in CHROMIUM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], timeout=2 * PATIENCE_MS)
        yield running
        running.close()
