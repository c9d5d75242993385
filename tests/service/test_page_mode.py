"""The page's switch for generative answers, in a real Chromium."""

from playwright.sync_api import Page, expect

from tests.service.page_server import FakeReadout
from tests.service.page_visit import Visit

TIKTOK = "Was TikTok discussed?"


def with_model(visit: Visit) -> Page:
    """The page again, now that the server has a language model."""
    visit.fake.generative = True
    visit.page.reload()
    expect(visit.page.locator("#mode")).to_be_visible()
    return visit.page


def modes(fake: FakeReadout) -> list[str | None]:
    return [asked.get("mode") for asked in fake.asked]


def test_the_switch_is_offered_only_where_a_model_is_configured(visit: Visit) -> None:
    expect(visit.page.locator("#document-count")).to_have_text("4")
    expect(visit.page.locator("#mode")).to_be_hidden()
    visit.ask(TIKTOK)
    switch = with_model(visit).get_by_role("switch")
    expect(switch).not_to_be_checked()
    visit.ask(TIKTOK)
    assert modes(visit.fake) == [None, None]


def test_what_is_chosen_is_asked_for_and_kept_over_a_reload(visit: Visit) -> None:
    page = with_model(visit)
    page.get_by_role("switch").check()
    visit.ask(TIKTOK)
    page.reload()
    expect(page.get_by_role("switch")).to_be_checked()
    visit.ask(TIKTOK)
    page.get_by_role("switch").uncheck()
    visit.ask(TIKTOK)
    page.reload()
    expect(page.get_by_role("switch")).not_to_be_checked()
    assert modes(visit.fake) == ["generative", "generative", None]


def test_a_kept_choice_asks_nothing_of_a_server_without_a_model(visit: Visit) -> None:
    with_model(visit).get_by_role("switch").check()
    visit.fake.generative = False
    visit.page.reload()
    expect(visit.page.locator("#document-count")).to_have_text("4")
    visit.ask(TIKTOK)
    assert modes(visit.fake) == [None]
    expect(visit.page.locator("#mode")).to_be_hidden()


def test_the_switch_comes_once_the_key_is_given(visit: Visit) -> None:
    visit.fake.api_key, visit.fake.generative = "secret", True
    visit.page.reload()
    expect(visit.page.locator("#key-box")).to_be_visible()
    expect(visit.page.locator("#mode")).to_be_hidden()
    visit.page.fill("#api-key", "secret")
    visit.page.press("#api-key", "Enter")
    expect(visit.page.locator("#mode")).to_be_visible()


def test_an_answer_says_who_wrote_it_and_what_became_of_it(visit: Visit) -> None:
    with_model(visit).get_by_role("switch").check()
    plain = visit.fake.answers[TIKTOK]
    why = "the language model did not finish in time: this is the extractive answer"
    told = (
        ({"mode": "generative"}, "written by a language model", None),
        ({"mode": "generative", "degraded": True}, "written by a language model", "some of this is plain quotes, or missing"),
        ({"mode": "extractive", "degraded": True, "warnings": [why]}, None, "so these are plain quotes"),
    )
    for fields, written, reduced in told:
        visit.fake.answers[TIKTOK] = plain | fields
        answer = visit.ask(TIKTOK)
        if written:
            expect(answer).to_contain_text(written)
        else:
            expect(answer).not_to_contain_text("written by")
            expect(answer.locator("[data-warning]")).to_have_text(why)
        if reduced:
            expect(answer.locator("[data-degraded]")).to_contain_text(reduced)
        else:
            expect(answer.locator("[data-degraded]")).to_have_count(0)
