"""The page for everybody: axe-core in every view, keyboard, zoom, right-to-left text, nothing that jumps, in a real Chromium."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.service.page_server import FakeReadout, JsonObject
from tests.service.page_visit import MARK, TEXT, Visit, visiting

HEBREW = "הנשיא אמר ביום שלישי כי השיחה הייתה טובה. שני הצדדים הסכימו להמשיך לדבר.\n"


@pytest.fixture(params=["light", "dark"])
def schemed(request: pytest.FixtureRequest, browser: Browser, fake: FakeReadout) -> Iterator[Visit]:
    with visiting(browser, fake, color_scheme=request.param) as visit:
        yield visit


def violations(visit: Visit) -> list[JsonObject]:
    """What axe-core finds wrong: the rule, and each element with the reason."""
    found = Axe().run(visit.page).response
    assert len(found["passes"]) > 10, "axe did not look"
    return [{rule["id"]: [(n["html"][:160], n["failureSummary"]) for n in rule["nodes"]]} for rule in found["violations"]]


def asked(question: str) -> Callable[[Visit], None]:
    return lambda visit: visit.ask_all([question])


def source_open(visit: Visit) -> None:
    visit.page.locator("[data-citation]").last.click()
    visit.highlighted()


def fresh(visit: Visit) -> None:
    visit.page.locator("#new-chat").click()


def key_needed(visit: Visit) -> None:
    visit.fake.api_key = "k"
    visit.page.reload()
    expect(visit.page.locator("#key-box")).to_be_visible()


def documents_open(visit: Visit) -> None:
    visit.page.locator("#open-documents").click()
    files = [("new.txt", b"A new call."), ("photo.jpg", b"\xff\xd8")]
    given = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
    visit.page.set_input_files("input[type=file]", given)
    expect(visit.page.locator("[data-result=failed]")).to_have_count(1)
    visit.page.locator("#filter-to").fill("2024-04-03")
    visit.page.locator("#filter-to").dispatch_event("change")
    visit.page.get_by_role("button", name="Delete").first.click()


def history_open(visit: Visit) -> None:
    visit.page.keyboard.press("Escape")
    visit.page.locator("#open-history").click()


def empty_corpus(visit: Visit) -> None:
    visit.fake.documents.clear()
    visit.page.keyboard.press("Escape")
    fresh(visit)
    visit.page.reload()
    expect(visit.page.locator("#add-first")).to_be_visible()


def editing(visit: Visit) -> None:
    visit.page.locator("[data-edit]").first.click()


def linked(visit: Visit) -> None:
    visit.page.goto(f"{visit.url}/#q=Really?")
    expect(visit.page.locator("#from-link")).to_be_visible()


# In this order, each from the view before it.
VIEWS: tuple[Callable[[Visit], None], ...] = (
    lambda _: None,
    asked("What was discussed?"),
    asked("When was the call?"),
    source_open,
    editing,
    linked,
    asked("What did they eat?"),
    asked("Break, please"),
    documents_open,
    history_open,
    empty_corpus,
    key_needed,
)


def test_axe_finds_no_violation_in_any_view(schemed: Visit) -> None:
    expect(schemed.page.locator("[data-suggestion]").first).to_be_visible()
    for number, view in enumerate(VIEWS):
        view(schemed)
        assert violations(schemed) == [], f"view {number}"


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_while_an_answer_streams_in(visit: Visit, width: int) -> None:
    """Each statement stays where it first appeared, also when short answer, conflicts, dates and notes have come."""
    page, fake = visit.page, visit.fake
    page.set_viewport_size({"width": width, "height": 800})
    visit.ask("Was TikTok discussed?")  # so that this one is a follow-up with a resolved question
    question = "When was the call?"
    fake.answers[question]["resolved_question"] = "When was the call between Joe Biden and Xi Jinping, of which the reports tell?"
    fake.slow.add(question)
    page.evaluate(
        """() => {
            window.shifts = [];
            new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
                .observe({ type: "layout-shift" });
        }"""
    )
    page.fill("textarea[name=question]", question)
    page.press("textarea[name=question]", "Enter")
    n_events = 2 + 2 * 2  # heartbeat, passages; citation and statement, twice
    seen = []
    for released in range(n_events + 2):
        fake.go.release()
        if released in (3, 5):
            number = (released - 1) // 2
            statement = page.locator("article").nth(1).locator("[data-statement]")
            expect(statement).to_have_count(number)
            seen.append(statement.last.evaluate("e => [e.getBoundingClientRect().top, e.getBoundingClientRect().height]"))
    expect(page.locator("[data-answer]").last).to_have_attribute("data-status", "answered")
    expect(page.locator("[data-conflict]")).to_be_visible()
    statements = page.locator("article").nth(1).locator("[data-statement]")
    places = "all => all.map(e => [e.getBoundingClientRect().top, e.getBoundingClientRect().height])"
    assert statements.evaluate_all(places) == seen
    assert page.evaluate("window.shifts") == []


def test_the_first_paint_waits_for_no_model_and_a_question_asked_early_is_answered(browser: Browser, fake: FakeReadout) -> None:
    fake.not_ready = 3
    with visiting(browser, fake) as visit:
        expect(visit.page.locator("#welcome-title")).to_be_visible()
        expect(visit.page.locator("#corpus")).to_contain_text("Readout is still starting.")
        answer = visit.ask("Was TikTok discussed?")
        expect(answer).to_have_attribute("data-status", "answered")
        visit.page.locator("#new-chat").click()
        expect(visit.page.locator("#corpus")).to_contain_text("4 documents")


def test_arrow_keys_lead_through_the_citations_and_each_previews_its_quote(visit: Visit) -> None:
    answer = visit.ask("What was discussed?")
    quotes = [c["quote"] for c in visit.fake.answers["What was discussed?"]["citations"]]
    answer.locator("[data-citation]").first.focus()
    for key, number in (("ArrowRight", 2), ("ArrowDown", 3), ("ArrowLeft", 2), ("End", 5), ("ArrowRight", 5), ("Home", 1)):
        visit.page.keyboard.press(key)
        expect(answer.locator(f'[data-citation="{number}"]')).to_be_focused()
        expect(visit.page.locator(".preview-quote")).to_have_text(quotes[number - 1])
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#source-title")).to_be_focused()
    for key, number in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        visit.page.keyboard.press(key)
        expect(visit.page.locator(MARK)).to_have_text(quotes[number - 1])
        expect(visit.page.locator("#source-title")).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(answer.locator('[data-citation="2"]')).to_be_focused()


def test_everything_can_be_reached_and_left_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("What was discussed?")
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_have_count(1)
    reached: set[str] = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    wanted = {
        "new-chat",
        "open-history",
        "open-documents",
        "Edit",
        "1",
        "5",
        "Copy",
        "Copy link",
        "Export",
        "Passages read (5)",
        "question",
    }
    assert wanted <= reached
    page.locator("#open-documents").press("Enter")
    expect(page.locator("#documents-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#open-documents")).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 568), (2560, 1440)], ids=["200 %", "small phone", "wide"])
def test_at_any_size_nothing_is_cut_off_and_the_highlight_is_seen(visit: Visit, width: int, height: int) -> None:
    """A window of 1280 x 800 at 200 % is one of 640 x 400."""
    page = visit.page
    page.set_viewport_size({"width": width, "height": height})
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    answer = visit.ask("When was the call?")
    assert page.evaluate(fits)
    answer.locator('[data-citation="2"]').first.click()
    assert visit.highlighted() == "a phone call yesterday with Chinese leader Xi Jinping"
    expect(page.locator(MARK)).to_be_in_viewport()
    assert page.evaluate(fits)
    page.locator("#open-documents").click()
    expect(page.locator("[data-document]").first).to_be_visible()
    assert page.evaluate(fits)
    assert page.locator("#documents").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_text_from_right_to_left_is_laid_out_so_and_highlighted_exactly(visit: Visit) -> None:
    quote = "כי השיחה הייתה טובה."
    fake = visit.fake
    hebrew = fake.add("שיחה.txt", f"📞 {HEBREW}" * 3, title="השיחה")
    fake.answer("מה אמר?", [(quote, [1])], [fake.cite(1, hebrew, quote, occurrence=2, speaker="הנשיא")])
    answer = visit.ask("מה אמר?")
    direction = "element => getComputedStyle(element).direction"
    assert answer.locator("[data-statement]").evaluate(direction) == "rtl"
    assert visit.page.locator("h2.question").evaluate(direction) == "rtl"
    answer.locator("[data-citation]").click()
    assert visit.highlighted() == quote
    assert visit.page.locator(TEXT).evaluate(direction) == "rtl"
    assert visit.highlight_start() == fake.answers["מה אמר?"]["citations"][0]["start"]


def test_who_asks_for_less_motion_gets_none(browser: Browser, fake: FakeReadout) -> None:
    running = "document.getAnimations().length"
    for wish, expected in (("reduce", False), ("no-preference", True)):
        with visiting(browser, fake, reduced_motion=wish) as visit:
            fake.disconnected.clear()
            visit.page.fill("textarea[name=question]", "wait")
            visit.page.press("textarea[name=question]", "Enter")
            expect(visit.page.locator("[data-statement]")).to_have_count(1)
            assert bool(visit.page.evaluate(running)) is expected


def test_what_streams_in_is_told_to_screen_readers_and_marks_have_names(visit: Visit) -> None:
    answer = visit.ask("What was discussed?")
    expect(visit.page.locator("#log")).to_have_attribute("role", "log")
    expect(visit.page.locator("#status")).to_have_text("Answer complete: 4 statements.")
    names = answer.locator("[data-citation]").evaluate_all("marks => marks.map(m => m.getAttribute('aria-label'))")
    assert names[:2] == ["Source 1: John Ruwitch · 004_65b998d26dcba495.txt · 4 April 2024 · RUWITCH"] * 1 + [
        "Source 2: John Ruwitch · 004_65b998d26dcba495.txt · 4 April 2024 · RUWITCH"
    ]
