"""A visit to the page: one tab of a real Chromium on one fake server, watched for anything suspicious."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import PATIENCE_MS, chromium
from tests.service.page_content import customer_documents
from tests.service.page_server import FakeReadout, serving

MARK = "mark[data-highlight]"
TEXT = "[data-source-text]"

expect.set_options(timeout=PATIENCE_MS)

# Driving the page from within saves a message to the browser for each step: hundreds of answers take seconds, not minutes.
UNTIL = """
    const until = async (found) => {
        for (;;) {
            const value = found();
            if (value) return value;
            await new Promise((resolve) => setTimeout(resolve, 1));
        }
    };
"""
ASK_ALL = """async (questions) => {
    const box = document.querySelector("textarea[name=question]");
    for (const question of questions) {
        const before = document.querySelectorAll("[data-answer]").length;
        box.value = question;
        box.form.requestSubmit();
        await until(() => document.querySelectorAll("[data-answer]")[before]?.dataset.status
            && !document.querySelector("#ask").hidden);
    }
}"""
OPEN_ALL = """async () => {
    const opened = [];
    for (const answer of document.querySelectorAll("[data-answer]")) {
        for (const mark of answer.querySelectorAll("button[data-citation]")) {
            mark.click();
            const highlight = await until(() => document.querySelector("mark[data-highlight]"));
            const source = document.querySelector("[data-source-text]");
            const range = document.createRange();
            range.setStart(source, 0);
            range.setEndBefore(highlight);
            opened.push({
                question: answer.closest("article").querySelector("h2").textContent,
                id: Number(mark.dataset.citation),
                words: highlight.textContent,
                start: Array.from(range.toString()).length,
                whole: source.textContent,
                n_marks: document.querySelectorAll("mark").length,
                notice: document.querySelector("[data-notice]") !== null,
            });
        }
    }
    return opened;
}"""


@dataclass(slots=True)
class Visit:
    """One browser tab on one fake server, and everything suspicious that it did."""

    page: Page
    fake: FakeReadout
    url: str
    suspicious: list[str] = field(default_factory=list)

    def ask(self, question: str) -> Locator:
        """Type, press Enter, wait for the complete answer and return it."""
        before = self.page.locator("[data-answer]").count()
        self.page.fill("textarea[name=question]", question)
        self.page.press("textarea[name=question]", "Enter")
        answer = self.page.locator("[data-answer]").nth(before)
        expect(answer).to_have_attribute("data-status", re.compile("."))
        return answer

    def ask_all(self, questions: list[str]) -> None:
        """Ask one after the other in this chat, each until its answer is complete."""
        self.page.evaluate(ASK_ALL.replace("{", "{" + UNTIL, 1), questions)

    def open_all(self) -> list[dict[str, Any]]:
        """Open every citation of every answer of the chat, and tell what is highlighted and where."""
        return self.page.evaluate(OPEN_ALL.replace("{", "{" + UNTIL, 1))

    @staticmethod
    def statements(answer: Locator) -> list[str]:
        """The statements' words, without the marks behind them."""
        return answer.locator("[data-statement]").evaluate_all(
            """(statements) => statements.map((statement) => {
                const words = statement.cloneNode(true);
                words.querySelectorAll(".marks").forEach((marks) => marks.remove());
                return words.textContent;
            })"""
        )

    def highlighted(self) -> str:
        """The text of the one mark of the one opened source."""
        expect(self.page.locator(MARK)).to_have_count(1)
        expect(self.page.locator(TEXT)).to_have_count(1)
        return self.page.locator(MARK).evaluate("mark => mark.textContent")

    def highlight_start(self) -> int:
        """Code points of the source's text before the mark."""
        return self.page.evaluate(
            """() => {
                const range = document.createRange();
                range.setStart(document.querySelector("[data-source-text]"), 0);
                range.setEndBefore(document.querySelector("mark[data-highlight]"));
                return Array.from(range.toString()).length;
            }"""
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def fake() -> FakeReadout:
    made = FakeReadout()
    customer_documents(made)
    return made


@pytest.fixture
def visit(browser: Browser, fake: FakeReadout) -> Iterator[Visit]:
    with visiting(browser, fake) as made:
        yield made


@contextmanager
def visiting(browser: Browser, fake: FakeReadout, **options: Any) -> Iterator[Visit]:
    """Fails at its end if the page left its origin, broke its policy or threw."""
    with serving(fake) as url:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        made = Visit(page, fake, url)
        watch(made)
        page.goto(url)
        yield made
        context.close()
    assert made.suspicious == []


def watch(visit: Visit) -> None:
    def on_console(message: Any) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            visit.suspicious.append(f"policy: {message.text}")

    def on_request(request: Any) -> None:
        if not request.url.startswith(visit.url + "/"):
            visit.suspicious.append(f"request: {request.url}")

    def on_dialog(dialog: Any) -> None:
        visit.suspicious.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    visit.page.on("console", on_console)
    visit.page.on("request", on_request)
    visit.page.on("dialog", on_dialog)
    visit.page.on("pageerror", lambda error: visit.suspicious.append(f"error: {error}"))
    visit.page.on("framenavigated", lambda frame: frame.url.startswith(visit.url) or visit.suspicious.append(frame.url))
    visit.page.on("popup", lambda popup: visit.suspicious.append(f"window: {popup.url}"))
