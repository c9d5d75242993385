"""The page in a real Chromium against the real server, started as a user starts it, on the customer's documents."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import PATIENCE_MS

ROOT = Path(__file__).parent.parent.parent
READY_WITHIN_SECONDS = 180
QUESTIONS = (
    "Did TikTok come up?",
    "What was discussed?",
    "What did the official call the call?",
    "When does Janet Yellen arrive in China?",
    "What did Wang Huiyao say?",
)

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a free port, with the seeds ingested by the command line first."""
    data = tmp_path_factory.mktemp("live")
    command = [sys.executable, "-m", "service.cli"]
    subprocess.run([*command, "ingest", "--data", str(data), "seeds/documents"], check=True, cwd=ROOT, capture_output=True)
    log = (data / "server.log").open("w+")
    server = subprocess.Popen(
        [*command, "serve", "--data", str(data), "--port", "0"], cwd=ROOT, stdout=log, stderr=log, env={**os.environ}
    )
    try:
        yield _ready(server, data / "server.log")
    finally:
        server.terminate()
        server.wait(timeout=60)
        log.close()


def _ready(server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        started = re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text())
        try:
            if started and urllib.request.urlopen(f"{started[1]}/readyz", timeout=5).status == 200:
                return started[1]
        except URLError:
            pass
        time.sleep(0.2)
    pytest.fail(f"the server did not get ready:\n{log.read_text()}")


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    opened.goto(url)
    yield opened
    context.close()


def _answer(url: str, question: str) -> dict[str, list[dict[str, str]]]:
    request = urllib.request.Request(
        f"{url}/v1/ask", data=json.dumps({"question": question}).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_opens_its_source_with_exactly_the_quote_highlighted(page: Page, url: str, question: str) -> None:
    page.fill("textarea[name=question]", question)
    page.press("textarea[name=question]", "Enter")
    answer = page.locator("[data-answer]")
    expect(answer).to_have_attribute("data-status", "answered")
    citations = _answer(url, question)["citations"]
    assert citations
    for citation in citations:
        answer.locator(f'button[data-citation="{citation["id"]}"]').first.click()
        mark = page.locator("mark[data-highlight]")
        expect(mark).to_have_count(1)
        expect(mark).to_be_in_viewport()
        assert mark.evaluate("mark => mark.textContent") == citation["quote"]


def test_a_question_that_the_sources_do_not_answer_is_refused_with_the_nearest_passages(page: Page) -> None:
    page.fill("textarea[name=question]", "What did Kirby say about Taiwan?")
    page.press("textarea[name=question]", "Enter")
    answer = page.locator("[data-answer]")
    expect(answer).to_have_attribute("data-status", "refused")
    expect(answer.locator("[data-nearest]")).not_to_have_count(0)
    expect(answer.locator("button[data-citation]")).to_have_count(0)


def test_an_exported_chat_is_verified_by_the_command(page: Page, url: str, tmp_path: Path) -> None:
    for number, question in enumerate(("Did TikTok come up?", "When was the call?"), start=1):
        page.fill("textarea[name=question]", question)
        page.press("textarea[name=question]", "Enter")
        expect(page.locator("[data-answer][data-status=answered]")).to_have_count(number)
    page.locator("#open-history").click()
    with page.expect_download() as download:
        page.locator("[data-chat] .quiet >> text=Export").last.click()
    exported = tmp_path / "chat.json"
    download.value.save_as(exported)
    verify = [sys.executable, "-m", "service.cli", "verify", str(exported), "--url", url]
    same = subprocess.run([*verify, "--json"], check=True, cwd=ROOT, capture_output=True, text=True)
    n_citations = sum(len(answer["citations"]) for answer in json.loads(exported.read_text())["answers"])
    assert same.stdout.count('"same"') >= n_citations > 2
    forged = exported.read_text().replace("TikTok came up today, yes", "TikTok never came up, no")
    exported.write_text(forged)
    assert subprocess.run(verify, check=False, cwd=ROOT, capture_output=True).returncode == 1


def test_an_uploaded_text_is_found_by_the_next_question(page: Page, tmp_path: Path) -> None:
    report = tmp_path / "lighthouse.txt"
    report.write_text("The keeper of the Zanzibar lighthouse is called Fatma Juma. She has kept it since 1987.", encoding="utf-8")
    page.click("#open-documents")
    page.set_input_files("#files", str(report))
    expect(page.locator("[data-upload]")).to_have_attribute("data-result", "created")
    page.keyboard.press("Escape")
    page.fill("textarea[name=question]", "Since when has Fatma Juma kept the lighthouse?")
    page.press("textarea[name=question]", "Enter")
    expect(page.locator("[data-answer]")).to_have_attribute("data-status", "answered")
    expect(page.locator("[data-answer]")).to_contain_text("since 1987")
