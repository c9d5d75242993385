"""Nothing that is stored, asked or answered becomes code on the page, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.service.page_server import PAGE, FakeReadout, JsonObject
from tests.service.page_visit import MARK, TEXT, Visit


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
