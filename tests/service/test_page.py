"""The page in a real Chromium, against a small server that speaks the contract (`page_server`)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import PATIENCE_MS, chromium
from tests.service.page_content import customer_documents
from tests.service.page_server import PAGE, FakeReadout, JsonObject, serving

MARK = "mark[data-highlight]"
TEXT = "[data-source-text]"

expect.set_options(timeout=PATIENCE_MS)


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
    """Fails the test at its end if the page left its origin, broke its policy or threw."""
    with serving(fake) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
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


# Asking and reading


def test_enter_asks_and_shift_enter_starts_a_new_line(visit: Visit) -> None:
    box = visit.page.locator("textarea[name=question]")
    box.fill("one")
    box.press("Shift+Enter")
    expect(box).to_have_value("one\n")
    assert visit.fake.asked == []
    box.type("two")
    box.press("Enter")
    expect(visit.page.locator("[data-status]")).to_have_count(1)
    assert visit.fake.asked == [{"question": "one\ntwo"}]
    expect(box).to_have_value("")


def test_enter_that_ends_a_composed_word_does_not_ask(visit: Visit) -> None:
    box = visit.page.locator("textarea[name=question]")
    box.fill("にほん")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    expect(box).to_have_value("にほん")
    assert visit.fake.asked == []


def test_the_empty_page_offers_questions_and_counts_documents(visit: Visit) -> None:
    expect(visit.page.locator("#corpus")).to_have_text("4 documents to answer from.")
    visit.page.locator("[data-suggestion]", has_text="What was discussed?").click()
    expect(visit.page.locator("[data-answer]")).to_have_attribute("data-status", "partial")
    expect(visit.page.locator("#welcome")).to_be_hidden()


@pytest.mark.parametrize("streams", [True, False])
def test_a_complete_answer_carries_its_status_statements_and_marks(visit: Visit, streams: bool) -> None:
    visit.fake.streams = streams
    answer = visit.ask("What was discussed?")
    expect(answer).to_have_attribute("data-status", "partial")
    given = visit.fake.answers["What was discussed?"]
    assert visit.statements(answer) == [s["text"] for s in given["statements"]]
    numbers = answer.locator("button[data-citation]").evaluate_all("marks => marks.map(m => m.dataset.citation)")
    assert numbers == ["1", "2", "3", "4", "5"]
    expect(answer.locator("[data-missing]")).to_contain_text("how long the call took")
    expect(answer.locator("[data-resolved]")).to_contain_text("between Joe Biden and Xi Jinping?")
    expect(answer.locator('[data-citation="3"]')).to_have_attribute(
        "aria-label", "Source 3: The Daily Ledger, John Kirby, 2 April 2024"
    )


def test_a_short_answer_stands_above_the_statements(visit: Visit) -> None:
    answer = visit.ask("When was the call?")
    expect(answer.locator("> :first-child")).to_have_text("April 2")
    expect(answer.locator("[data-short-answer]")).to_have_count(1)


def test_statements_show_while_the_answer_is_still_coming(visit: Visit) -> None:
    visit.page.fill("textarea[name=question]", "wait for the rest")
    visit.page.press("textarea[name=question]", "Enter")
    expect(visit.page.locator("[data-statement]")).to_have_count(1)
    answer = visit.page.locator("[data-answer]")
    assert answer.get_attribute("data-status") is None
    answer.locator('[data-citation="1"]').click()
    assert visit.highlighted() == visit.fake.documents["d0"]["text"].split("\n")[0]


def test_stop_ends_the_request_and_keeps_the_checked_statements(visit: Visit) -> None:
    visit.page.fill("textarea[name=question]", "wait for the rest")
    visit.page.press("textarea[name=question]", "Enter")
    expect(visit.page.locator("[data-statement]")).to_have_count(1)
    visit.page.get_by_role("button", name="Stop").click()
    expect(visit.page.locator("[data-state=stopped] [data-stopped]")).to_be_visible()
    expect(visit.page.locator("[data-statement]")).to_have_count(1)
    assert visit.page.locator("[data-status]").count() == 0
    assert visit.fake.disconnected.wait(60), "the server never saw the reader leave"
    expect(visit.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(visit.ask("Was TikTok discussed?")).to_have_attribute("data-status", "answered")


def test_follow_ups_send_what_was_said_and_a_new_chat_forgets_it(visit: Visit) -> None:
    visit.ask("Was TikTok discussed?")
    visit.ask("Break, please")
    visit.ask("What did they eat?")
    first = visit.fake.answers["Was TikTok discussed?"]
    assert visit.fake.asked[2]["history"] == [
        {"role": "user", "content": "Was TikTok discussed?"},
        {"role": "assistant", "content": " ".join(s["text"] for s in first["statements"])},
    ]
    visit.page.get_by_role("button", name="New chat").click()
    expect(visit.page.locator("article")).to_have_count(0)
    visit.ask("Was TikTok discussed?")
    assert "history" not in visit.fake.asked[3]


def test_conflicts_dates_and_notes_are_shown_side_by_side_with_their_sources(visit: Visit) -> None:
    answer = visit.ask("When was the call?")
    table = answer.locator("[data-conflict]")
    assert table.locator("td:first-child").all_text_contents() == ["on April 2", "yesterday"]
    expect(answer.locator("[data-date]")).to_contain_text("yesterday is 3 April 2024, counted from 4 April 2024")
    expect(answer.locator("[data-degraded]")).to_be_visible()
    expect(answer.locator("[data-warning]")).to_have_text("One document has no date and was not compared.")
    table.get_by_role("button", name="004_65b998d26dcba495.txt").click()
    assert visit.highlighted() == "a phone call yesterday with Chinese leader Xi Jinping"


def test_a_citation_that_only_a_conflict_names_has_a_mark_there(visit: Visit) -> None:
    fake = visit.fake
    cited = [fake.cite(n, "d0", quote) for n, quote in ((1, "on April 2"), (2, "last November"))]
    fake.answer(
        "When?",
        [("On April 2.", [1])],
        cited,
        conflicts=[
            {
                "about": "the day",
                "values": [
                    {"value": "on April 2", "citations": [1]},
                    {"value": "last November", "citations": [2]},
                ],
            }
        ],
    )
    answer = visit.ask("When?")
    for number, quote in ((1, "on April 2"), (2, "last November")):
        answer.locator(f'button[data-citation="{number}"]').click()
        expect(visit.page.locator(MARK)).to_have_text(quote)


# Verifying


def every_citation(fake: FakeReadout) -> list[tuple[str, JsonObject]]:
    return [(q, c) for q, answer in fake.answers.items() if answer.get("citations") for c in answer["citations"]]


def test_each_click_highlights_exactly_the_quote_at_its_place(visit: Visit) -> None:
    """Also after emoji, flags, joined families and combining marks, and for the right one of equal quotes."""
    questions = dict.fromkeys(q for q, _ in every_citation(visit.fake))
    assert len(questions) == 5
    for question in questions:
        answer = visit.ask(question)
        for citation in visit.fake.answers[question]["citations"]:
            answer.locator(f'button[data-citation="{citation["id"]}"]').first.click()
            expect(answer.locator(f'button[data-citation="{citation["id"]}"]').first).to_have_attribute("aria-expanded", "true")
            expect(visit.page.locator(MARK)).to_have_text(citation["quote"], use_inner_text=False)
            assert visit.highlighted() == citation["quote"]
            text = visit.fake.documents[citation["document_id"]]["text"]
            assert visit.page.locator(TEXT).evaluate("node => node.textContent") == text
            assert visit.highlight_start() == citation["start"]
            expect(visit.page.locator(MARK)).to_be_in_viewport()


def test_equal_surroundings_are_told_apart_by_the_offset(visit: Visit) -> None:
    """Prefix and suffix are 64 code points; a text that repeats for longer leaves only the offset."""
    line = "😀 We agree, he said, and nothing more was heard that day in the whole of the long building.\n"
    repeated = visit.fake.add("repeated.txt", line * 9)
    citations = [visit.fake.cite(n, repeated, "We agree", occurrence=n) for n in range(1, 10)]
    visit.fake.answer("Repeated?", [("They agreed.", list(range(1, 10)))], citations)
    answer = visit.ask("Repeated?")
    for citation in citations:
        answer.locator(f'[data-citation="{citation["id"]}"]').click()
        expect(answer.locator(f'[data-citation="{citation["id"]}"]')).to_have_attribute("aria-expanded", "true")
        assert visit.highlighted() == "We agree"
        assert visit.highlight_start() == citation["start"]


def test_line_ends_and_spaces_of_a_quote_survive_byte_for_byte(visit: Visit) -> None:
    quote = "  two  spaces,\n\n\ta tab and\u00a0a hard space \u2028\u202eevil\u202c"
    spaced = visit.fake.add("spaced.txt", f"before {quote} after\n" * 2)
    visit.fake.answer("Spaces?", [("Yes.", [1])], [visit.fake.cite(1, spaced, quote, occurrence=2)])
    visit.ask("Spaces?").locator('[data-citation="1"]').click()
    assert visit.highlighted() == quote


def test_the_header_says_who_and_leaves_out_what_is_unknown(visit: Visit) -> None:
    answer = visit.ask("What was discussed?")
    answer.locator('[data-citation="3"]').click()
    head = visit.page.locator("#source header")
    expect(head).to_contain_text("SpeakerJohn Kirby")
    expect(head).to_contain_text("Reported byThe Daily Ledger")
    expect(head).to_contain_text("Published2 April 2024")
    answer.locator('[data-citation="1"]').click()
    expect(head).to_contain_text("SpeakerJohn Ruwitch")
    assert "Outlet" not in head.inner_text()
    assert "Reported by" not in head.inner_text()


def test_speakers_of_turns_stand_out_in_the_source(visit: Visit) -> None:
    visit.ask("What was discussed?").locator('[data-citation="1"]').click()
    visit.highlighted()
    names = visit.page.locator(f"{TEXT} .speaker").all_text_contents()
    assert names[:3] == ["JOHN RUWITCH, BYLINE:", "INSKEEP:", "RUWITCH:"]


def test_a_quote_over_turns_is_still_one_mark(visit: Visit) -> None:
    quote = "INSKEEP: That's right.\n\nWANG HUIYAO: China wants"
    visit.fake.answer("Over turns?", [("Yes.", [1])], [visit.fake.cite(1, "d1", quote)])
    visit.ask("Over turns?").locator('[data-citation="1"]').click()
    assert visit.highlighted() == quote


@pytest.mark.parametrize("fate", ["changed", "deleted"])
def test_a_version_that_is_gone_shows_the_quote_as_it_was_with_a_notice(visit: Visit, fate: str) -> None:
    answer = visit.ask("Did they agree?")
    citation = visit.fake.answers["Did they agree?"]["citations"][1]
    if fate == "changed":
        visit.fake.change(citation["document_id"], "Something else.")
    else:
        del visit.fake.documents[citation["document_id"]]
    answer.locator('[data-citation="2"]').first.click()
    assert visit.highlighted() == citation["quote"]
    shown = visit.page.locator(TEXT).evaluate("node => node.textContent")
    assert shown == citation["prefix"] + citation["quote"] + citation["suffix"]
    expect(visit.page.locator("[data-notice]")).to_contain_text(fate)


def test_a_server_whose_text_differs_gets_no_false_highlight(visit: Visit) -> None:
    """The page believes the words, not the offsets: a text without the quote is not marked anywhere."""
    answer = visit.ask("Was TikTok discussed?")
    visit.fake.documents["d0"]["text"] = "An unrelated text that is long enough to be marked at the offset. " * 40
    answer.locator('[data-citation="1"]').click()
    assert visit.highlighted() == visit.fake.answers["Was TikTok discussed?"]["citations"][0]["quote"]
    expect(visit.page.locator("[data-notice]")).to_be_visible()
    expect(visit.page.locator(TEXT)).not_to_contain_text("unrelated")


@pytest.mark.parametrize("line_end", ["\n", ""], ids=["in lines", "in one line"])
def test_a_very_long_document_opens_around_the_quote_and_grows_to_the_whole(visit: Visit, line_end: str) -> None:
    line = f"🙂 {'some words before and after it; ' * 20}{line_end}"
    before, after = line * 200, line * 200
    text = before + "The needle is here." + after
    long = visit.fake.add("long.txt", text)
    visit.fake.answer("Needle?", [("Here.", [1])], [visit.fake.cite(1, long, "The needle is here.")])
    visit.ask("Needle?").locator('[data-citation="1"]').click()
    assert visit.highlighted() == "The needle is here."
    shown = visit.page.locator(TEXT).evaluate("node => node.textContent")
    assert len(shown) < len(text) / 3
    assert shown in text
    while visit.page.get_by_role("button", name="Show more").count() > 0:
        visit.page.get_by_role("button", name="Show more").click()
    assert visit.page.locator(TEXT).evaluate("node => node.textContent") == text
    assert visit.highlighted() == "The needle is here."


def test_hover_and_focus_preview_the_quote_and_escape_hides_it(visit: Visit) -> None:
    answer = visit.ask("What was discussed?")
    preview = visit.page.locator("#preview")
    answer.locator('[data-citation="2"]').hover()
    expect(preview.locator(".preview-quote")).to_have_text(visit.fake.answers["What was discussed?"]["citations"][1]["quote"])
    visit.page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    visit.page.mouse.move(2, 2)
    answer.locator('[data-citation="1"]').focus()
    visit.page.keyboard.press("Tab")
    expect(answer.locator('[data-citation="2"]')).to_have_attribute("aria-describedby", "preview")
    expect(preview).to_be_visible()


def test_the_keyboard_opens_steps_through_and_closes_sources(visit: Visit) -> None:
    answer = visit.ask("What was discussed?")
    quotes = [c["quote"] for c in visit.fake.answers["What was discussed?"]["citations"]]
    answer.locator('[data-citation="4"]').focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#source-title")).to_be_focused()
    for quote in (quotes[4], quotes[0]):
        visit.page.get_by_role("button", name="Next ›").press("Enter")
        expect(visit.page.locator(MARK)).to_have_text(quote, use_inner_text=False)
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#source")).to_be_hidden()
    expect(answer.locator('[data-citation="1"]')).to_be_focused()
    assert visit.page.locator(MARK).count() == 0


def test_on_a_phone_the_source_opens_below_and_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 360, "height": 740})
    answer = visit.ask("When was the call?")
    answer.locator('[data-citation="2"]').click()
    assert visit.highlighted() == "a phone call yesterday with Chinese leader Xi Jinping"
    expect(visit.page.locator(MARK)).to_be_in_viewport()
    talk, source = visit.page.locator("#talk").bounding_box(), visit.page.locator("#source").bounding_box()
    assert talk is not None
    assert source is not None
    assert source["y"] >= talk["y"] + talk["height"] - 1
    assert visit.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


# Refusals and errors


def test_a_refusal_is_calm_gives_its_reason_and_opens_the_nearest_passages(visit: Visit) -> None:
    answer = visit.ask("What did they eat?")
    expect(answer).to_have_attribute("data-status", "refused")
    expect(answer).to_have_attribute("data-reason", "no_evidence")
    expect(answer.locator("[data-refusal]")).to_contain_text("Neither document says anything about food or a meal.")
    assert answer.locator("[role=alert], [data-citation]").count() == 0
    passages = visit.fake.answers["What did they eat?"]["refusal"]["nearest"]
    for i, passage in enumerate(passages):
        answer.locator("[data-nearest]").nth(i).click()
        expect(visit.page.locator(MARK)).to_have_text(passage["text"], use_inner_text=False)
        assert visit.highlighted() == passage["text"]
        assert visit.highlight_start() == passage["start"]


def test_an_empty_corpus_leads_to_adding_documents(visit: Visit) -> None:
    visit.fake.documents.clear()
    visit.fake.refuse("Anything?", "empty_corpus", "There is nothing to answer from yet.")
    visit.page.reload()
    expect(visit.page.locator("#corpus")).to_contain_text("There are no documents yet.")
    visit.ask("Anything?").get_by_role("button", name="Add documents").click()
    expect(visit.page.locator("dialog#documents")).to_be_visible()


@pytest.mark.parametrize(
    ("question", "title", "code"),
    [("Break, please", "The service is busy", "overloaded"), ("Break midway", "Something broke", "internal")],
)
def test_a_failed_ask_says_what_happened_and_can_be_asked_again(visit: Visit, question: str, title: str, code: str) -> None:
    answer = visit.ask(question)
    expect(answer).to_have_attribute("data-status", "error")
    expect(answer.locator("[data-problem] h3")).to_have_text(title)
    expect(answer.locator("[data-problem]")).to_contain_text(code)
    visit.fake.answers[question] = visit.fake.answers["Was TikTok discussed?"]
    answer.locator("[data-ask-again]").click()
    expect(answer).to_have_attribute("data-status", "answered")
    assert answer.locator("[data-problem]").count() == 0


def test_a_server_that_is_not_there_is_an_error_with_advice(visit: Visit) -> None:
    visit.page.route("**/v1/ask", lambda route: route.abort())
    answer = visit.ask("Was TikTok discussed?")
    expect(answer).to_have_attribute("data-status", "error")
    expect(answer.locator("[data-problem]")).to_contain_text("Check that the server is running")


def test_a_key_is_asked_for_kept_for_the_tab_and_the_question_asked_again(visit: Visit) -> None:
    visit.fake.api_key = "s3cret-key"
    expect(visit.page.locator("#corpus")).to_contain_text("documents")
    answer = visit.ask("Was TikTok discussed?")
    expect(answer).to_have_attribute("data-status", "error")
    key = visit.page.locator("#api-key")
    key.fill("wrong")
    key.press("Enter")
    expect(visit.page.locator("#key-error")).to_have_text("The server did not accept this key.")
    key.fill("s3cret-key")
    key.press("Enter")
    expect(answer).to_have_attribute("data-status", "answered")
    expect(visit.page.locator("#key-box")).to_be_hidden()
    answer.locator('[data-citation="1"]').first.click()
    visit.highlighted()
    visit.page.reload()
    expect(visit.page.locator("#corpus")).to_contain_text("4 documents")
    expect(visit.page.locator("#key-box")).to_be_hidden()


# Documents


def test_uploads_report_each_file_and_the_count_follows(visit: Visit) -> None:
    visit.page.locator("#open-documents").click()
    same = visit.fake.documents["d3"]["text"].encode()
    visit.page.set_input_files(
        "input[type=file]",
        [
            {"name": "new.txt", "mimeType": "text/plain", "buffer": b"A new call."},
            {"name": "copy.txt", "mimeType": "text/plain", "buffer": same},
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0"},
        ],
    )
    rows = visit.page.locator("[data-upload]")
    for i, (name, result) in enumerate((("new.txt", "created"), ("copy.txt", "unchanged"), ("photo.jpg", "failed"))):
        expect(rows.nth(i)).to_have_attribute("data-result", result)
        expect(rows.nth(i)).to_contain_text(name)
    expect(rows.nth(2)).to_contain_text("Save it as UTF-8.")
    expect(visit.page.locator("#document-count")).to_have_text("5")
    expect(visit.page.locator("[data-document]")).to_have_count(5)


def test_a_refused_upload_says_why(visit: Visit) -> None:
    visit.fake.upload_problem = {
        "status": 413,
        "code": "too_large",
        "title": "The file is too large",
        "detail": "At most 25 MB.",
    }
    visit.page.locator("#open-documents").click()
    visit.page.set_input_files("input[type=file]", [{"name": "big.txt", "mimeType": "text/plain", "buffer": b"x"}])
    row = visit.page.locator("[data-upload]")
    expect(row).to_have_attribute("data-result", "failed")
    expect(row).to_contain_text("The file is too large. At most 25 MB.")


def test_a_document_opens_whole_and_without_a_highlight(visit: Visit) -> None:
    visit.page.locator("#open-documents").click()
    visit.page.locator('[data-document="d2"] .document-open').click()
    expect(visit.page.locator(TEXT)).to_have_count(1)
    assert visit.page.locator(TEXT).evaluate("node => node.textContent") == visit.fake.documents["d2"]["text"]
    assert visit.page.locator(MARK).count() == 0


def test_deleting_asks_first_and_takes_the_text_off_the_page(visit: Visit) -> None:
    visit.ask("Did they agree?").locator('[data-citation="3"]').click()
    visit.highlighted()
    visit.page.locator("#open-documents").click()
    entry = visit.page.locator('[data-document="d3"]')
    entry.get_by_role("button", name="Delete twice.txt").click()
    entry.get_by_role("button", name="Keep").click()
    assert visit.fake.deleted == []
    entry.get_by_role("button", name="Delete twice.txt").click()
    entry.locator("[data-confirm-delete]").click()
    expect(visit.page.locator("[data-document]")).to_have_count(3)
    assert visit.fake.deleted == ["d3"]
    expect(visit.page.locator("#source")).to_be_hidden()


# Hostile content

PAYLOADS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1>",
    "<svg><script>window.hit=1</script></svg>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<iframe src=javascript:parent.hit=1></iframe>",
    "<body onload=window.hit=1>",
    "<details open ontoggle=window.hit=1>x</details>",
    "<input autofocus onfocus=window.hit=1>",
    "<video><source onerror=window.hit=1></video>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>",
    "</textarea><script>window.hit=1</script>",
    "</title><script>window.hit=1</script>",
    "</mark><script>alert(1)</script><mark>",
    '"><script>alert(1)</script>',
    "' onmouseover='window.hit=1' x='",
    '" autofocus onfocus="window.hit=1',
    "javascript:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    "<a href=javascript:window.hit=1>click</a>",
    "<object data=https://evil.example/x></object>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';*{background:url(https://evil.example/y)}</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button>Ask</button></form>",
    "{{constructor.constructor('window.hit=1')()}}${window.hit=1}",
    "&lt;script&gt;window.hit=1&lt;/script&gt;&#60;img src=x onerror=window.hit=1&#62;",
    "\u202e<img src=//evil.example/z>\u202c\u200b<script\u200b>window.hit=1</script\u200b>",
    "__proto__ constructor <template><script>window.hit=1</script></template>",
)


@pytest.fixture(params=[True, False], ids=["with the policy", "without the policy"])
def hostile(request: pytest.FixtureRequest, fake: FakeReadout) -> FakeReadout:
    """Every payload as name, title, outlet, date, text, quote, speaker, question and words of an answer."""
    fake.csp = request.param
    fake.documents.clear()
    for i, payload in enumerate(PAYLOADS):
        facts = {"title": payload, "outlet": payload, "published_at": payload}
        document = fake.add(payload, f"Before. {payload} After {i}.", **facts)
        citation = fake.cite(1, document, payload, speaker=payload, reported_by=payload, section=payload)
        fake.answer(
            payload,
            [(payload, [1])],
            [citation],
            short_answer=payload,
            resolved_question=payload,
            missing=payload,
            warnings=[payload],
            conflicts=[{"about": payload, "values": [{"value": payload, "citations": [1]}]}],
            dates=[{"text": payload, "basis": payload, "value": payload, "citation": 1}],
            index_version=payload,
        )
        fake.refuse(f"refuse {payload}", payload, payload, [fake.passage(document, payload)])
        fake.fail(f"fail {payload}", {"status": 500, "code": payload, "title": payload, "detail": payload})
    return fake


def test_thirty_stored_script_payloads_stay_text_everywhere(hostile: FakeReadout, visit: Visit) -> None:
    assert len(set(PAYLOADS)) == 30
    page = visit.page
    elements = (
        "script:not([src='/page/app.js']), img, svg, math, iframe, object, embed, base, style, video, "
        "template, meta[http-equiv], form[action], link:not([href='/page/styles.css']), a, "
        "[style*=evil], [onerror], [onload], [onfocus]"
    )
    for payload in PAYLOADS:
        answer = visit.ask(payload)
        assert visit.statements(answer) == [payload]
        answer.locator("summary").click()
        answer.locator('[data-citation="1"]').hover()
        answer.locator('[data-citation="1"]').click()
        assert visit.highlighted() == payload
        refusal = visit.ask(f"refuse {payload}")
        refusal.locator("[data-nearest]").click()
        assert visit.highlighted() == payload
        failure = visit.ask(f"fail {payload}")
        expect(failure.locator("[data-problem] h3")).to_have_text(payload)
        assert page.locator(elements).count() == 0
        page.get_by_role("button", name="New chat").click()
    hostile.upload_problem = {"status": 400, "code": PAYLOADS[0], "title": PAYLOADS[0], "detail": PAYLOADS[1]}
    page.locator("#open-documents").click()
    expect(page.locator("[data-document]")).to_have_count(30)
    page.set_input_files(
        "input[type=file]",
        [{"name": p.replace("/", "\\"), "mimeType": "text/plain", "buffer": b"x"} for p in PAYLOADS],
    )
    expect(page.locator("[data-result=failed]")).to_have_count(30)
    page.locator('[data-document="d0"]').get_by_role("button").last.click()
    page.locator("[data-confirm-delete]").click()
    expect(page.locator("[data-document]")).to_have_count(29)
    assert page.locator(elements).count() == 0
    assert page.evaluate("typeof window.hit") == "undefined"
    assert page.url == visit.url + "/"


def test_no_module_of_the_page_can_write_markup_or_reach_elsewhere() -> None:
    sinks = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML"
        r"|\beval\(|new Function|localStorage|window\.open"
    )
    modules = sorted(PAGE.glob("*.js"))
    assert len(modules) >= 2
    for module in modules:
        source = module.read_text(encoding="utf-8")
        assert not sinks.search(source), module.name
        assert not re.search(r"https?://(?!html\.spec\.whatwg\.org)", source), module.name
    html, css = ((PAGE / name).read_text(encoding="utf-8") for name in ("index.html", "styles.css"))
    assert not re.search(r"\sstyle=|\son\w+=|https?://|<script(?![^>]*src=)|<style", html)
    assert not re.search(r"url\(|@import", css)
    for asset in re.findall(r'(?:href|src)="([^"]+)"', html):
        assert (PAGE / asset.removeprefix("/page/")).is_file(), asset


def test_the_event_parser_takes_any_cut_of_any_line_end(visit: Visit) -> None:
    """BOM, comments, CR, LF, CRLF, several data lines, a nameless and an unfinished event."""
    stream = "\ufeff: hello\r\n\r\nevent: a\r\ndata: 1\r\ndata: 2\r\n\r\ndata:x\r\revent: b\ndata\nid: 7\n\nevent: lost\ndata: no"
    events = visit.page.evaluate(
        """async (stream) => {
            const { createParser } = await import("/page/sse.js");
            const all = [];
            for (const size of [1, 2, 3, 7, 1000]) {
                const events = [];
                const feed = createParser((name, data) => events.push([name, data]));
                for (let i = 0; i < stream.length; i += size) feed(stream.slice(i, i + size));
                all.push(events);
            }
            return all;
        }""",
        stream,
    )
    assert events == [[["a", "1\n2"], ["message", "x"], ["b", ""]]] * 5
