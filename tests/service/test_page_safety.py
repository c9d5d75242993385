"""Nothing that is stored, asked or answered becomes code on the page, in a real Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.service.page_payloads import CLASSICS, PAYLOADS
from tests.service.page_server import PAGE, FakeReadout
from tests.service.page_visit import Visit

TOGETHER = 20  # payloads in one answer, and questions in one chat
MADE_BY_MARKUP = """() => [...document.querySelectorAll("*")].filter((element) =>
    element.matches("svg, math, iframe, object, embed, base, style, video, audio, source, template, a, image, img, marquee, "
        + "script:not([src='/page/app.js']), link:not([href^='/page/']), meta[http-equiv], form[action], [style*=evil], "
        + "[contenteditable], [popover], [popovertarget], [srcset], [formaction]")
    || [...element.attributes].some(({ name }) => name.startsWith("on"))).map((element) => element.outerHTML)"""


@pytest.fixture(params=[True, False], ids=["with the policy", "without the policy"])
def hostile(request: pytest.FixtureRequest, fake: FakeReadout) -> FakeReadout:
    """Every payload as name, title, outlet, date, text, quote, speaker, question and words of an answer."""
    fake.csp = request.param
    fake.documents.clear()
    cited = []
    for i, payload in enumerate(PAYLOADS):
        facts = {"title": payload, "outlet": payload, "published_at": payload}
        document = fake.add(f"{payload}.txt", f"Before. {payload} After {i}.", **facts)
        fake.documents[document]["sections"] = [
            {"start": 0, "end": 7, "kind": kind, "label": payload} for kind in ("turn", "heading", "page", "time")
        ]
        said = {"speaker": payload, "reported_by": payload, "section": payload}
        cited.append(fake.cite(i % TOGETHER + 1, document, payload, **said))
        fake.refuse(f"refuse {payload}", payload, payload, [fake.passage(document, payload)])
        fake.fail(payload, {"status": 500, "code": payload, "title": payload, "detail": payload})
    for number, payloads in enumerate(in_portions(PAYLOADS)):
        citations = cited[number * TOGETHER : (number + 1) * TOGETHER]
        pairs = list(zip(payloads, citations, strict=True))
        fake.answer(
            f"all {number}",
            [(payload, [citation["id"]]) for payload, citation in pairs],
            citations,
            short_answer=payloads[0],
            resolved_question=payloads[1],
            missing=payloads[2],
            warnings=list(payloads),
            conflicts=[{"about": p, "values": [{"value": p, "citations": [c["id"]]}]} for p, c in pairs[:3]],
            dates=[{"text": p, "basis": p, "value": p, "citation": c["id"]} for p, c in pairs[:3]],
            index_version=payloads[3],
        )
    return fake


def in_portions(payloads: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [payloads[at : at + TOGETHER] for at in range(0, len(payloads), TOGETHER)]


def test_two_hundred_stored_script_payloads_stay_text_everywhere(hostile: FakeReadout, visit: Visit) -> None:
    assert len(set(PAYLOADS)) == 200
    page = visit.page
    opened = []
    for question in [
        f"all {number}" for number in range(len(in_portions(PAYLOADS)))
    ]:  # text, quote, title, outlet, speaker, date
        visit.ask_all([question])
        page.locator("[data-answer]").last.locator("summary").last.click()
        page.locator("[data-citation]").last.hover()
        opened += [row["words"] for row in visit.open_all()]
        assert page.evaluate(MADE_BY_MARKUP) == []
        page.locator("#new-chat").click()
    assert opened == list(PAYLOADS)
    for payloads in in_portions(PAYLOADS):  # question, error
        visit.ask_all(list(payloads))
        assert page.locator("h2.question").all_text_contents() == list(payloads)
        assert page.locator("[data-problem] h3").all_text_contents() == list(payloads)
        assert page.evaluate(MADE_BY_MARKUP) == []
        page.locator("#new-chat").click()
    visit.ask_all([f"refuse {payload}" for payload in CLASSICS])
    assert page.locator("[data-nearest] .passage-text").all_text_contents() == list(CLASSICS)
    assert page.evaluate(MADE_BY_MARKUP) == []
    check_drawers(hostile, visit)
    assert page.evaluate("typeof window.hit") == "undefined"
    assert page.url == visit.url + "/"


def check_drawers(hostile: FakeReadout, visit: Visit) -> None:
    """Names, titles and outlets in the list and the filter, names and errors of uploads, questions in the history."""
    page = visit.page
    page.locator("#open-history").click()
    expect(page.locator("[data-chat]").first).to_be_visible()
    assert page.evaluate(MADE_BY_MARKUP) == []
    page.keyboard.press("Escape")
    page.locator("#open-documents").click()
    expect(page.locator("[data-document]")).to_have_count(200)
    assert page.locator("#documents .document-title").all_text_contents() == list(PAYLOADS)
    assert all(
        f"{payload}.txt" in facts
        for payload, facts in zip(PAYLOADS, page.locator("#documents .document-facts").all_text_contents(), strict=True)
    )
    assert set(page.locator("#filter-outlet option").all_text_contents()) == {"Any", *PAYLOADS}
    hostile.upload_problem = {"status": 400, "code": PAYLOADS[0], "title": PAYLOADS[0], "detail": PAYLOADS[1]}
    names = [payload.replace("/", "\\") for payload in CLASSICS]
    page.set_input_files("input[type=file]", [{"name": name, "mimeType": "text/plain", "buffer": b"x"} for name in names])
    expect(page.locator("[data-result=failed]")).to_have_count(len(names))
    assert page.locator(".upload-name").all_text_contents() == names
    page.locator('[data-document="d0"]').get_by_role("button").last.click()
    page.locator("[data-confirm-delete]").click()
    expect(page.locator("[data-document]")).to_have_count(199)
    assert page.evaluate(MADE_BY_MARKUP) == []


def test_a_history_that_another_hand_wrote_is_data_and_what_does_not_fit_is_left_out(visit: Visit) -> None:
    image = "<img src=x onerror=window.hit=1>"
    visit.page.evaluate(
        """([image]) => localStorage.setItem("readout-history", JSON.stringify([
            7, null, { id: 1 }, { id: "x", started_at: "2024", exchanges: [] }, { __proto__: { id: "y" } },
            { id: "z", started_at: image, exchanges: [{ question: image, filters: { outlets: [image] },
                answer: { status: image, question: image, statements: [{ text: image, citations: [image] }], citations: "no",
                          short_answer: { not: "text" }, refusal: 5, missing: [image], dates: [{}], conflicts: [{}] } }] }]))""",
        [image],
    )
    visit.page.locator("#open-history").click()
    expect(visit.page.locator("[data-chat]")).to_have_count(1)
    visit.page.locator("[data-chat] .document-open").click()
    expect(visit.page.locator("h2.question")).to_have_text(image)
    assert visit.page.evaluate(MADE_BY_MARKUP) == []
    assert visit.page.evaluate("typeof window.hit") == "undefined"


def test_a_kept_chat_that_cannot_be_shown_is_removed_and_the_page_starts(visit: Visit) -> None:
    visit.page.evaluate(
        """() => {
            const answer = { status: "answered", citations: [null] };
            localStorage.setItem("readout-history", JSON.stringify(
                [{ id: "broken", started_at: "2024", exchanges: [{ question: "?", answer }] }]));
            sessionStorage.setItem("readout-chat", "broken");
        }"""
    )
    visit.page.reload()
    expect(visit.page.locator("#document-count")).to_have_text("4")
    expect(visit.page.locator("#welcome")).to_be_visible()
    assert visit.page.evaluate("localStorage.getItem('readout-history')") is None
    expect(visit.ask("Was TikTok discussed?")).to_have_attribute("data-status", "answered")


def test_the_policy_lets_nothing_make_markup_not_even_the_page_itself(visit: Visit) -> None:
    """Trusted Types: without a policy of its own the page could not write markup if it tried."""
    visit.page.evaluate(
        """() => {
            const script = document.createElement("script");
            const sinks = {
                innerHTML: () => { document.createElement("div").innerHTML = "<b>x</b>"; },
                src: () => { script.src = "/page/app.js"; },
                text: () => { script.text = "1"; },
                parser: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
                policy: () => trustedTypes.createPolicy("mine", { createHTML: (text) => text }),
            };
            window.stopped = Object.entries(sinks).filter(([, sink]) => {
                try { sink(); return false; } catch (error) { return error instanceof TypeError; }
            }).map(([name]) => name);
        }"""
    )
    assert visit.page.evaluate("window.stopped") == ["innerHTML", "src", "text", "parser", "policy"]
    visit.suspicious.clear()  # the browser reports each of them, as it should


def test_no_module_of_the_page_can_write_markup_or_reach_elsewhere() -> None:
    sinks = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|trustedTypes"
        r"|\beval\(|new Function|window\.open|import\("
    )
    modules = sorted(PAGE.glob("*.js"))
    assert len(modules) >= 2
    for module in modules:
        source = module.read_text(encoding="utf-8")
        assert not sinks.search(source), module.name
        assert not re.search(r"https?://(?!html\.spec\.whatwg\.org)", source), module.name
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son\w+=|https?://|<script(?![^>]*src=)|<style", html)
    for sheet in PAGE.glob("*.css"):
        assert not re.search(r"url\(|@import", sheet.read_text(encoding="utf-8")), sheet.name
    for asset in re.findall(r'(?:href|src)="([^"]+)"', html):
        assert (PAGE / asset.removeprefix("/page/")).is_file(), asset
