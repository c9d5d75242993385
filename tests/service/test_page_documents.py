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


def test_files_dropped_anywhere_on_the_page_are_added_and_a_folder_is_explained(visit: Visit) -> None:
    visit.page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            for (const name of ["a.txt", "a.txt.meta.yaml", "b.txt"]) transfer.items.add(new File([`This is ${name}.`], name));
            for (const type of ["dragover", "drop"]) {
                document.querySelector("#welcome-title").dispatchEvent(
                    new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
            }
        }"""
    )
    expect(visit.page.locator("dialog#documents")).to_be_visible()
    expect(visit.page.locator("[data-upload][data-result=created]")).to_have_count(3)
    assert visit.fake.received == [["a.txt", "a.txt.meta.yaml"], ["b.txt"]]
    assert visit.page.locator("body[data-over]").count() == 0
    given = visit.page.evaluate(
        """async () => {
            const { dropped } = await import("/page/uploads.js");
            const item = (name, isDirectory) => ({ kind: "file", webkitGetAsEntry: () => ({ name, isDirectory }) });
            const { files, folders } = dropped({
                items: [item("one.txt", false), item("reports", true)], files: [{ name: "one.txt" }, { name: "reports" }] });
            return [files.map(({ name }) => name), folders];
        }"""
    )
    assert given == [["one.txt"], ["reports"]]


def test_each_file_shows_how_much_of_it_was_sent(visit: Visit) -> None:
    visit.page.locator("#open-documents").click()
    visit.page.evaluate(
        """() => {
            window.shares = [];
            new MutationObserver((changes) => changes.flatMap(({ addedNodes }) => [...addedNodes])
                .filter((node) => node.matches?.("progress"))
                .forEach((bar) => {
                    window.shares.push(bar.value);
                    const set = Object.getOwnPropertyDescriptor(HTMLProgressElement.prototype, "value");
                    Object.defineProperty(bar, "value", { set(share) { window.shares.push(share); set.set.call(this, share); } });
                })).observe(document.querySelector("#uploads"), { childList: true, subtree: true });
        }"""
    )
    large = b"A line of a long call.\n" * 100_000
    visit.page.set_input_files("input[type=file]", [{"name": "long.txt", "mimeType": "text/plain", "buffer": large}])
    expect(visit.page.locator("[data-upload]")).to_have_attribute("data-result", "created")
    shares = visit.page.evaluate("window.shares")
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(shares)


def test_the_list_is_filtered_by_outlet_day_and_speaker(visit: Visit) -> None:
    page = visit.page
    visit.fake.speaks = {"kirby": ["d0"], "ruwitch": ["d1"]}
    page.locator("#open-documents").click()
    listed = lambda: page.locator("[data-document]").evaluate_all("rows => rows.map(row => row.dataset.document)")  # noqa: E731

    def choose(field: str, value: str) -> list[str]:
        box = page.locator(f"#filter-{field}")
        if field == "outlet":
            box.select_option(value)
        else:
            box.fill(value)
            box.dispatch_event("change")
        return listed()

    assert page.locator("#filter-outlet option").all_text_contents() == ["Any", "The Daily Ledger"]
    assert choose("outlet", "The Daily Ledger") == ["d0"]
    expect(page.locator("[data-shown]")).to_have_text("1 of 4 documents")
    assert choose("outlet", "") == ["d0", "d1", "d2", "d3"]
    assert choose("from", "2024-04-03") == ["d1"]
    assert choose("from", "2024-04-02") == ["d0", "d1"]
    assert choose("to", "2024-04-02") == ["d0"]
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("[data-document]")).to_have_count(4)
    page.locator("#filter-speaker").fill("Ruwitch")
    page.locator("#filter-speaker").press("Enter")
    expect(page.locator("[data-document]")).to_have_count(1)
    assert listed() == ["d1"]
    assert visit.fake.searched[-1] == {"question": "Ruwitch", "filters": {"speakers": ["Ruwitch"]}, "k": 50}
    page.locator("#filter-speaker").fill("Merkel")
    page.locator("#filter-speaker").press("Enter")
    expect(page.locator("[data-shown]")).to_contain_text("Nobody of this name")


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


def test_a_document_is_read_whole_with_its_turns_and_the_list_of_parts_leads_to_them(visit: Visit) -> None:
    long = visit.fake.add("turns.txt", "".join(f"🎙 X\nANNA: Words {n}.\n{'A line in between. ' * 60}\n" for n in range(30)))
    visit.page.locator("#open-documents").click()
    visit.page.locator(f'[data-document="{long}"] .document-open').click()
    choice = visit.page.locator("#source-outline")
    assert choice.locator("option").nth(0).text_content() == "30 parts"
    assert str(choice.locator("option").nth(21).text_content()).startswith("ANNA: Words 20.")
    choice.select_option(index=21)
    line = visit.page.locator(f"{TEXT} .speaker").nth(20)
    expect(line).to_be_in_viewport()
    expect(visit.page.locator(f"{TEXT} .speaker").nth(18)).not_to_be_in_viewport()
    assert visit.page.locator(TEXT).evaluate("node => node.textContent") == visit.fake.documents[long]["text"]


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
