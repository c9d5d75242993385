"""Asking, reading and verifying on the page, in a real Chromium against a small server that speaks the contract."""

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from tests.service.page_server import FakeReadout, JsonObject
from tests.service.page_visit import MARK, TEXT, Visit

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


def test_the_questions_to_start_with_are_taken_from_the_corpus(visit: Visit) -> None:
    """Outlets, once there is more than one, and the full names of who speaks in turns; a bare surname is nobody to ask about."""
    suggestions = visit.page.locator("[data-suggestion]")
    expect(suggestions).to_have_text(
        ["What was discussed?", "What was agreed?", "What did John Ruwitch say?", "What did Wang Huiyao say?"]
    )
    visit.fake.add("other.txt", "Another report.", outlet="The Evening Post")
    visit.page.reload()
    expect(suggestions).to_have_count(5)
    expect(suggestions.last).to_have_text("What did The Daily Ledger report?")


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
        "aria-label", "Source 3: John Kirby, reported by The Daily Ledger · 2 April 2024"
    )


def test_a_short_answer_stands_above_the_statements(visit: Visit) -> None:
    answer = visit.ask("When was the call?")
    expect(answer.locator("[data-short-answer] + .statements")).to_have_count(1)
    expect(answer.locator("[data-short-answer]")).to_have_text("April 2")


def test_a_long_short_answer_is_set_off_within_its_sentence(visit: Visit) -> None:
    fake = visit.fake
    long = "everything from trade with North Korea to climate change."
    quote = f"They talked about {long}"
    fake.answer("On what?", [(quote, [1])], [fake.cite(1, "d1", quote)], short_answer=long)
    answer = visit.ask("On what?")
    assert "".join(answer.locator("strong").all_text_contents()) == long
    assert visit.statements(answer) == [quote]


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


def test_each_sentence_tells_how_many_independent_sources_it_has(visit: Visit) -> None:
    answer = visit.ask("What was discussed?")
    assert answer.locator("[data-sources]").all_text_contents() == ["one source"] * 3 + ["2 independent sources"]


def test_confidence_stands_beside_a_single_answer_and_not_beside_an_overview(visit: Visit) -> None:
    assert "confidence 87 %" in visit.ask("When was the call?").inner_text()
    assert "5 quotes from 2 documents" in visit.ask("What was discussed?").inner_text()
    assert "confidence" not in visit.page.locator("[data-answer]").last.inner_text()


def test_an_inferred_speaker_is_said_to_be_one(visit: Visit) -> None:
    fake = visit.fake
    cited = fake.cite(1, "d1", "That's right.", speaker="Steve Inskeep", speaker_inferred=True, section="00:12:41")
    fake.answer("Right?", [("That's right.", [1])], [cited])
    visit.ask("Right?").locator("[data-citation]").click()
    visit.highlighted()
    expect(visit.page.locator("#source .facts")).to_contain_text("SpeakerSteve Inskeep (worked out from the text)")
    expect(visit.page.locator("#source .facts")).to_contain_text("Time00:12:41")
    expect(visit.page.locator("#source-check")).to_contain_text("Word for word in the stored text")


def test_a_new_question_closes_the_source_of_an_earlier_answer_but_no_document_being_read(visit: Visit) -> None:
    visit.ask("What was discussed?").locator('[data-citation="1"]').click()
    visit.highlighted()
    visit.ask("Was TikTok discussed?")
    expect(visit.page.locator("#source")).to_be_hidden()
    visit.page.locator("#open-documents").click()
    visit.page.locator('[data-document="d2"] .document-open').click()
    expect(visit.page.locator(TEXT)).to_have_count(1)
    visit.ask("When was the call?")
    expect(visit.page.locator("#source")).to_be_visible()


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
    questions = list(dict.fromkeys(q for q, _ in every_citation(visit.fake)))
    assert len(questions) == 5
    visit.ask_all(questions)
    opened = {(row["question"], row["id"]): row for row in visit.open_all()}
    assert len(opened) == len(every_citation(visit.fake))
    for question, citation in every_citation(visit.fake):
        row = opened[question, citation["id"]]
        text = visit.fake.documents[citation["document_id"]]["text"]
        assert (row["words"], row["start"], row["whole"]) == (citation["quote"], citation["start"], text)
        assert row["n_marks"] == 1


def test_every_citation_of_every_seed_answer_is_highlighted_to_the_letter(
    visit: Visit, answers: list[JsonObject], seeds: TestClient
) -> None:
    """The real answers to all questions of the seeds, on the real documents; and again behind emoji and combining marks."""
    fake = visit.fake
    fake.documents.clear()
    for listed in seeds.get("/v1/documents").json()["documents"]:
        fake.documents[listed["document_id"]] = seeds.get(f"/v1/documents/{listed['document_id']}").json()
    cited = {answer["question"]: answer for answer in answers if answer["citations"]}
    assert len(cited) > 100
    fake.answers |= cited
    check_highlights(visit, cited)
    before = "👩‍👩‍👧‍👦🇺🇸 Cafe\u0301 𝒳 " * 9
    for document in fake.documents.values():
        document["text"] = before + document["text"]
    shifted = {question: moved(answer, len(before)) for question, answer in list(cited.items())[::4]}
    fake.answers |= shifted
    visit.page.reload()  # the page keeps the versions that it has read
    check_highlights(visit, shifted)


def moved(answer: JsonObject, by: int) -> JsonObject:
    """The answer about texts that begin `by` code points earlier."""
    return answer | {
        "citations": [c | {"start": c["start"] + by, "end": c["end"] + by, "prefix": ""} for c in answer["citations"]]
    }


def check_highlights(visit: Visit, cited: dict[str, JsonObject]) -> None:
    n_checked = 0
    questions = list(cited)
    for at in range(0, len(questions), 20):
        visit.page.locator("#new-chat").evaluate("button => button.click()")
        visit.ask_all(questions[at : at + 20])
        for row in visit.open_all():
            citation = next(c for c in cited[row["question"]]["citations"] if c["id"] == row["id"])
            assert (row["words"], row["start"]) == (citation["quote"], citation["start"]), row["question"]
            assert row["n_marks"] == 1
            assert not row["notice"]
            n_checked += 1
    assert n_checked == sum(len(answer["citations"]) for answer in cited.values())


def test_equal_surroundings_are_told_apart_by_the_offset(visit: Visit) -> None:
    """Prefix and suffix are 64 code points; a text that repeats for longer leaves only the offset."""
    line = "😀 We agree, he said, and nothing more was heard that day in the whole of the long building.\n"
    repeated = visit.fake.add("repeated.txt", line * 9)
    citations = [visit.fake.cite(n, repeated, "We agree", occurrence=n) for n in range(1, 10)]
    visit.fake.answer("Repeated?", [("They agreed.", list(range(1, 10)))], citations)
    visit.ask_all(["Repeated?"])
    opened = visit.open_all()
    assert [row["words"] for row in opened] == ["We agree"] * 9
    assert [row["start"] for row in opened] == [citation["start"] for citation in citations]


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
    [("Break, please", "The service is busy", "overloaded"), ("Break midway", "Something broke on the server", "internal")],
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


def test_a_refusal_in_the_background_asks_for_the_key_and_leaves_the_question_where_it_is_typed(visit: Visit) -> None:
    visit.page.focus("textarea[name=question]")
    visit.page.keyboard.type("Was TikTok")
    visit.fake.api_key = "s3cret-key"
    visit.page.evaluate("import('/page/documents.js').then(({ refreshDocuments }) => refreshDocuments())")
    expect(visit.page.locator("#key-box")).to_be_visible()
    visit.page.keyboard.type(" discussed?")
    expect(visit.page.locator("textarea[name=question]")).to_have_value("Was TikTok discussed?")
    expect(visit.page.locator("#api-key")).to_have_value("")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#api-key")).to_be_focused()


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
