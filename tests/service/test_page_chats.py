"""Chats on the page: follow-ups, editing, the kept history, copies, exports and links, in a real Chromium."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.service.page_server import JsonObject
from tests.service.page_visit import MARK, Visit

TIKTOK, EATEN = "Was TikTok discussed?", "What did they eat?"


def questions(page: Page) -> list[str]:
    return page.locator("h2.question").all_text_contents()


def test_follow_ups_send_what_was_said_and_a_new_chat_forgets_it(visit: Visit) -> None:
    visit.ask(TIKTOK)
    visit.ask("Break, please")
    visit.ask(EATEN)
    first = visit.fake.answers[TIKTOK]
    assert visit.fake.asked[2]["history"] == [
        {"role": "user", "content": TIKTOK},
        {"role": "assistant", "content": " ".join(s["text"] for s in first["statements"])},
    ]
    visit.page.get_by_role("button", name="New chat").click()
    expect(visit.page.locator("article")).to_have_count(0)
    visit.ask(TIKTOK)
    assert "history" not in visit.fake.asked[3]


def test_an_edited_question_takes_the_place_of_the_old_one_and_of_all_below_it(visit: Visit) -> None:
    visit.ask(TIKTOK)
    visit.ask("Did they agree?")
    visit.ask(EATEN)
    page = visit.page
    page.locator("[data-edit]").nth(1).click()
    box = page.locator("textarea[name=edited]")
    expect(box).to_be_focused()
    expect(box).to_have_value("Did they agree?")
    box.press("Escape")
    expect(page.locator("[data-edit]").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    box.fill("When was the call?")
    box.press("Enter")
    expect(page.locator("[data-answer]").last).to_have_attribute("data-status", "answered")
    assert questions(page) == [TIKTOK, "When was the call?"]
    assert [message["content"] for message in visit.fake.asked[-1]["history"]][:1] == [TIKTOK]
    assert len(visit.fake.asked[-1]["history"]) == 2


def test_a_reload_keeps_the_chat_and_its_sources_open_again(visit: Visit) -> None:
    visit.ask(TIKTOK)
    visit.ask("When was the call?")
    shown = visit.page.locator("[data-answer]").all_inner_texts()
    visit.page.reload()
    expect(visit.page.locator("[data-answer]")).to_have_count(2)
    assert visit.page.locator("[data-answer]").all_inner_texts() == shown
    visit.page.locator("[data-citation]").first.click()
    assert visit.highlighted() == visit.fake.answers[TIKTOK]["citations"][0]["quote"]
    visit.ask("Did they agree?")
    assert visit.fake.asked[-1]["history"][0] == {"role": "user", "content": TIKTOK}


def test_the_history_opens_old_chats_and_one_button_clears_it(visit: Visit) -> None:
    page = visit.page
    visit.ask(TIKTOK)
    page.locator("#new-chat").click()
    visit.ask("When was the call?")
    visit.ask(EATEN)
    page.locator("#open-history").click()
    assert page.locator("[data-chat] .document-title").all_text_contents() == ["When was the call?", TIKTOK]
    expect(page.locator("[data-chat]").first).to_contain_text("2 questions")
    page.locator("[data-chat] .document-open").last.click()
    assert questions(page) == [TIKTOK]
    page.locator("#open-history").click()
    page.locator("[data-clear-history]").click()
    expect(page.locator("#chat-list")).to_contain_text("No chats yet.")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert questions(page) == []


@pytest.mark.parametrize(("letters", "expected"), [(10, 30), (150_000, 14)], ids=["thirty chats", "two million letters"])
def test_the_history_is_bounded_and_the_oldest_chats_go_first(visit: Visit, letters: int, expected: int) -> None:
    visit.page.evaluate(
        """([letters, answer]) => {
            const chats = Array.from({ length: 40 }, (_, i) => ({ id: `old ${i}`, started_at: "2024-04-04",
                exchanges: [{ question: "?", answer: { ...answer, warnings: ["x".repeat(letters)] } }] }));
            localStorage.setItem("readout-history", JSON.stringify(chats.slice(0, letters > 99_999 ? 20 : 40)));
        }""",
        [letters, visit.fake.answers[EATEN]],
    )
    visit.ask(TIKTOK)
    expect(visit.page.locator("#ask")).to_be_visible()
    kept = json.loads(visit.page.evaluate("localStorage.getItem('readout-history')"))
    assert [chat["exchanges"][0]["question"] for chat in kept][:2] == [TIKTOK, "?"]
    assert [chat["id"] for chat in kept][1:] == [f"old {i}" for i in range(expected - 1)]


def test_a_deleted_document_leaves_no_answer_that_quotes_it_in_the_history(visit: Visit) -> None:
    page = visit.page
    visit.ask("Did they agree?")  # quotes d3
    visit.ask(TIKTOK)  # does not
    page.locator("#open-documents").click()
    page.locator('[data-document="d3"]').get_by_role("button", name="Delete").click()
    page.locator("[data-confirm-delete]").click()
    expect(page.locator("[data-document]")).to_have_count(3)
    page.keyboard.press("Escape")
    visit.ask("When was the call?")
    assert "We agree" not in page.evaluate("localStorage.getItem('readout-history')")
    page.reload()
    expect(page.locator("[data-answer]")).to_have_count(2)
    assert questions(page) == [TIKTOK, "When was the call?"]


def downloaded(page: Page, press: str) -> JsonObject:
    with page.expect_download() as download:
        page.locator(press).last.click()
    assert download.value.suggested_filename.endswith(".json")
    return json.loads(Path(download.value.path()).read_text(encoding="utf-8"))


def test_an_export_holds_the_very_answers_and_each_quote_is_in_the_version_it_names(visit: Visit) -> None:
    asked = ["What did Zoe\u0308 say?", "Did they agree?", EATEN]
    visit.ask_all(asked)
    one = downloaded(visit.page, "[data-export]")
    assert one["answers"] == [visit.fake.answers[EATEN]]
    visit.page.locator("#open-history").click()
    whole = downloaded(visit.page, "[data-chat] .quiet >> text=Export")
    assert sorted(whole) == ["answers", "exported_at", "readout_export"]
    assert whole["readout_export"] == 1
    assert datetime.fromisoformat(whole["exported_at"]).tzinfo is not None
    assert whole["answers"] == [visit.fake.answers[question] for question in asked]
    for citation in (c for answer in whole["answers"] for c in answer["citations"]):
        address = f"{visit.url}/v1/documents/{citation['document_id']}?sha256={citation['document_sha256']}"
        text = visit.page.request.get(address).json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_copy_is_markdown_with_numbered_sources_and_no_markup_of_theirs(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    document = visit.fake.add("a_b.txt", "He said *no* to <b>that</b> [1].\nThen more.", outlet="The_Paper")
    cited = visit.fake.cite(1, document, "*no* to <b>that</b> [1].\nThen", speaker="Ann", section="p. 3")
    visit.fake.answer("What | now?", [("It was *no*.", [1])], [cited])
    visit.ask("What | now?")
    visit.page.locator("[data-copy]").first.click()
    expect(visit.page.locator("[data-copy]").first).to_have_text("Copied")
    version = cited["document_sha256"][:8]
    assert visit.page.evaluate("navigator.clipboard.readText()") == (
        "## What \\| now?\n\nIt was \\*no\\*. [1]\n\n"
        "1. “\\*no\\* to \\<b\\>that\\</b\\> \\[1\\]. Then” — Ann, The\\_Paper, page p. 3, a\\_b.txt, "
        f"characters 8 to 37 of version {version}\n"
    )


def test_a_link_fills_the_box_and_asks_only_when_told_to(visit: Visit) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    question = "Was 50 % + more & “all” #agreed?\nReally?"
    visit.fake.answers[question] = visit.fake.answers[TIKTOK] | {"question": question}
    visit.ask(question)
    page.locator("[data-copy='a link to the question']").click()
    expect(page.locator("[data-copy='a link to the question']")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    other = page.context.new_page()
    other.goto(link)
    box = other.locator("textarea[name=question]")
    expect(box).to_have_value(question)
    expect(other.locator("#from-link")).to_be_visible()
    expect(other.locator("#document-count")).to_have_text("4")
    assert len(visit.fake.asked) == 1
    assert other.url == visit.url + "/"
    box.press("Enter")
    expect(other.locator("[data-answer]")).to_have_attribute("data-status", "answered")
    assert visit.fake.asked[-1] == {"question": question}
    expect(other.locator("#from-link")).to_be_hidden()


def test_questions_can_be_asked_about_a_part_of_the_documents_only(visit: Visit) -> None:
    page = visit.page
    page.locator("#open-documents").click()
    page.locator("#filter-outlet").select_option("The Daily Ledger")
    page.locator("#filter-to").fill("2024-04-03")
    page.locator("#filter-to").dispatch_event("change")
    page.get_by_role("button", name="Ask only about these").click()
    expect(page.locator("#scope-words")).to_have_text("Asking only about The Daily Ledger · to 3 April 2024")
    visit.fake.refuse("Only there?", "filtered_out", "The filters leave no document.")
    answer = visit.ask("Only there?")
    assert visit.fake.asked[-1]["filters"] == {"outlets": ["The Daily Ledger"], "published_to": "2024-04-03"}
    expect(page.locator(".asked-filters")).to_have_text("Only The Daily Ledger · to 3 April 2024")
    answer.get_by_role("button", name="Ask without filters").click()
    expect(page.locator("[data-answer]").last).to_have_attribute("data-status", "refused")
    assert "filters" not in visit.fake.asked[-1]
    expect(page.locator("#scope")).to_be_hidden()


def test_a_source_of_a_kept_answer_whose_document_is_gone_says_so(visit: Visit) -> None:
    visit.ask(TIKTOK)
    del visit.fake.documents["d0"]
    visit.page.reload()
    visit.page.locator("[data-citation]").first.click()
    expect(visit.page.locator("[data-notice]")).to_contain_text("deleted")
    expect(visit.page.locator(MARK)).to_have_text(visit.fake.answers[TIKTOK]["citations"][0]["quote"])
