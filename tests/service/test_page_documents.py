"""Adding, finding, reading and deleting documents on the page, in a real Chromium."""

from playwright.sync_api import expect

from tests.service.page_visit import MARK, TEXT, Visit


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
