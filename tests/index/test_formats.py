"""Real files of each format, made by the libraries that people make them with: what is found in them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from email.message import EmailMessage

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from index.errors import DamagedFile, EmptyDocument
from index.loaders import docx as word
from index.loaders import html, jsonlines, mail, markdown, pdf, subtitles
from index.types import Extracted, SectionKind
from tests.hostile import a_pdf

PROSE = (
    "The two leaders spoke for an hour on Tuesday, the White House said, their first conversation since November.",
    "“TikTok came up today, yes,” Mr. Kirby told reporters, and he added that the talks would go on next week.",
    "Neither side said when the two would speak again, but officials expect another call before the summer.",
)


def labelled(extracted: Extracted, kind: SectionKind) -> list[tuple[str | None, str]]:
    return [(section.label, section.span.of(extracted.text)) for section in extracted.sections if section.kind is kind]


# HTML


def page(head: str = "", body: str = "") -> bytes:
    article = "".join(f"<p>{words}</p>" for words in PROSE)
    return (
        f"<!DOCTYPE html><html><head><title>Leaders speak | The Paper</title>{head}</head><body>"
        f"<nav><ul><li><a href='/'>Home</a></li><li><a href='/w'>World</a></li></ul></nav>"
        f"<article><h1>Leaders speak</h1>{article}{body}</article>"
        f"<div id='comments'><p>A reader: what nonsense this all is, as ever.</p></div><footer>© The Paper</footer></body></html>"
    ).encode()


def test_a_page_gives_its_article_without_what_stands_around_it() -> None:
    text = html.load(page()).text
    assert all(words in text for words in PROSE)
    assert not any(words in text for words in ("Home", "nonsense", "©"))


def test_a_page_gives_the_facts_it_states() -> None:
    head = (
        '<meta property="og:site_name" content="The Paper"><meta name="author" content="Jane Doe">'
        '<meta property="article:published_time" content="2024-04-03T10:00:00Z">'
    )
    facts = html.load(page(head)).metadata
    assert (facts.title, facts.outlet, facts.published_at, facts.byline) == (
        "Leaders speak",
        "The Paper",
        "2024-04-03",
        "Jane Doe",
    )


def test_what_a_page_does_not_state_stays_unknown_and_its_address_is_no_outlet() -> None:
    facts = html.load(page('<link rel="canonical" href="https://paper.example.org/1">')).metadata
    assert (facts.outlet, facts.published_at, facts.byline, facts.uri) == (None, None, None, None)


def test_a_pages_headings_divide_it() -> None:
    body = f"<h2>Trade</h2><p>They spoke of tariffs and of trade. {PROSE[2]}</p>"
    sections = dict(labelled(html.load(page(body=body)), SectionKind.HEADING))
    assert str(sections["Trade"]).startswith("Trade\n\nThey spoke of tariffs")
    assert PROSE[0] in str(sections["Leaders speak"])


@pytest.mark.parametrize(
    ("charset", "words"), [("shift_jis", "首脳は電話で会談した。"), ("windows-1251", "Лидеры говорили час.")]
)
def test_a_page_is_read_in_the_encoding_it_declares(charset: str, words: str) -> None:
    markup = f"<html><head><meta charset={charset}></head><body><article><p>{words * 12}</p></article></body></html>"
    assert words in html.load(markup.encode(charset)).text


def test_a_page_in_utf_16_is_read_and_nul_bytes_in_another_are_passed_over() -> None:
    assert PROSE[1] in html.load(page().decode().encode("utf-16")).text
    assert PROSE[0] in html.load(page().replace(b"Tuesday", b"Tues\0day")).text


def test_the_items_of_lists_within_lists_stay_apart() -> None:
    body = f"<ul><li>Trade talks go on<ul><li>Tariffs were named</li><li>Chips too</li></ul></li></ul><p>{PROSE[2]}</p>"
    lines = html.load(page(body=body)).text.split("\n")
    assert {"Trade talks go on", "Tariffs were named", "Chips too"} <= set(lines)


def test_the_paragraphs_of_a_table_that_lays_out_a_page_stay_apart_and_a_row_of_figures_is_a_line() -> None:
    paragraphs = "".join(f"<p>{words}</p>" for words in PROSE)
    figures = "<table><tr><td>Hours</td><td>1</td></tr><tr><td>Topics</td><td>3</td></tr></table>"
    markup = f"<html><body><table><tr><td>Menu</td><td><h2>Leaders speak</h2>{paragraphs}</td></tr></table></body></html>"
    assert set(PROSE) <= set(html.load(markup.encode()).text.split("\n\n"))
    assert "Hours | 1" in html.load(page(body=figures)).text.split("\n\n")


def test_an_interview_on_a_page_has_its_speakers() -> None:
    said = ["What did they talk about on the phone today?", "About trade, and then about Taiwan, I hear."] * 3
    lines = [f"<p>{'INSKEEP' if n % 2 == 0 else 'RUWITCH'}: {words}</p>" for n, words in enumerate(said)]
    markup = f"<html><body><article>{''.join(lines)}</article></body></html>".encode()
    assert [label for label, _ in labelled(html.load(markup), SectionKind.TURN)] == ["INSKEEP", "RUWITCH"] * 3


# PDF


def drawn(draw: Callable[[Canvas], None], *, title: str | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    if title:
        canvas.setTitle(title)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def lines_at(canvas: Canvas, x: float, y: float, *lines: str) -> None:
    for number, line in enumerate(lines):
        canvas.drawString(x, y - 14 * number, line)


def test_each_page_of_a_pdf_is_a_section_named_by_its_number() -> None:
    extracted = pdf.load(a_pdf(pages=3))
    assert labelled(extracted, SectionKind.PAGE) == [
        (f"p. {n}", f"The two leaders spoke for an hour, says page {n}.") for n in (1, 2, 3)
    ]


def test_running_heads_feet_and_page_numbers_are_dropped() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(1, 5):
            lines_at(canvas, 72, 815, f"The Paper, volume {number}")
            lines_at(canvas, 72, 700, f"Words of page {number} stay.")
            lines_at(canvas, 290, 20, str(number))
            canvas.showPage()

    assert pdf.load(drawn(draw)).text.split("\n\n") == [f"Words of page {number} stay." for number in range(1, 5)]


def test_a_word_divided_at_the_lines_end_is_joined_and_a_compound_is_kept() -> None:
    def draw(canvas: Canvas) -> None:
        first = ("The two leaders spoke on the tele-", "phone about a long-", "term plan. It is a long-term plan.")
        lines_at(canvas, 72, 700, *first)

    assert pdf.load(drawn(draw)).text == "The two leaders spoke on the telephone about a long-term plan. It is a long-term plan."


def test_columns_are_read_one_after_the_other_however_they_are_drawn() -> None:
    left = [f"left column line number {n} goes" for n in range(6)]
    right = [f"right column line number {n} goes" for n in range(6)]

    def draw(canvas: Canvas) -> None:
        for number, (one, two) in enumerate(zip(left, right, strict=True)):
            lines_at(canvas, 72, 700 - 14 * number, one)
            lines_at(canvas, 320, 700 - 14 * number, two)

    assert pdf.load(drawn(draw)).text.replace("\n\n", " ") == " ".join([*left, *right])


def test_a_sentence_over_two_pages_is_whole_and_belongs_to_the_first() -> None:
    def draw(canvas: Canvas) -> None:
        lines_at(canvas, 72, 120, "The leaders spoke about a plan that", "would take")
        canvas.showPage()
        lines_at(canvas, 72, 700, "many years. They agreed to speak again.")

    extracted = pdf.load(drawn(draw))
    assert labelled(extracted, SectionKind.PAGE) == [
        ("p. 1", "The leaders spoke about a plan that would take many years."),
        ("p. 2", "They agreed to speak again."),
    ]


@pytest.mark.parametrize(("title", "kept"), [("The call", "The call"), ("Microsoft Word - call.doc", None), (None, None)])
def test_the_title_of_a_pdf_counts_unless_a_program_made_it_up(title: str | None, kept: str | None) -> None:
    data = drawn(lambda canvas: lines_at(canvas, 72, 700, "Words."), title=title)
    assert pdf.load(data).metadata.title == kept


# Word


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_document_gives_paragraphs_tables_headings_and_its_title() -> None:
    document = docx.Document()
    document.core_properties.title = "The call"
    document.add_paragraph("Before 🙂 any heading.")
    document.add_heading("Trade", level=2)
    document.add_paragraph("They spoke of\ttrade.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Hours", "1"
    extracted = word.load(saved(document))
    assert extracted.text == "Before 🙂 any heading.\n\nTrade\n\nThey spoke of\ttrade.\n\nHours | 1"
    assert labelled(extracted, SectionKind.HEADING) == [("Trade", "Trade\n\nThey spoke of\ttrade.\n\nHours | 1")]
    assert (extracted.metadata.title, extracted.metadata.published_at) == ("The call", None)


def test_of_tracked_changes_the_new_words_count() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("They spoke ")
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for xml in (
        "<w:del {0}><w:r><w:delText>for a day</w:delText></w:r></w:del>",
        "<w:ins {0}><w:r><w:t>for an hour</w:t></w:r></w:ins>",
    ):
        paragraph._p.append(docx.oxml.parse_xml(xml.format(space)))
    assert word.load(saved(document)).text == "They spoke for an hour"


# Markdown


def test_markdown_gives_words_without_marks_headings_and_the_facts_of_its_head() -> None:
    source = (
        "---\ntitle: The call\ndate: 2024-04-03\nauthor: Jane Doe\noutlet: The Paper\n---\n"
        "Xi **said** [hello](http://x) to `Biden`.\n\n## Trade\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    extracted = markdown.load(source.encode())
    assert extracted.text == "Xi said hello to Biden.\n\nTrade\n\none\n\ntwo\n\na | b\n\n1 | 2"
    assert [label for label, _ in labelled(extracted, SectionKind.HEADING)] == ["Trade"]
    facts = extracted.metadata
    assert (facts.title, facts.outlet, facts.published_at, facts.byline) == ("The call", "The Paper", "2024-04-03", "Jane Doe")


def test_the_heading_that_opens_markdown_is_its_title_and_a_ruled_line_no_head() -> None:
    assert markdown.load(b"# The call\n\nWords.").metadata.title == "The call"
    assert markdown.load(b"---\nOnly words.\n---\nMore.").text == "Only words.\n\nMore."


# Subtitles


def test_subtitles_join_sentences_over_cues_and_say_when_they_begin() -> None:
    source = "1\r\n00:00:01,000 --> 00:00:03,000\r\nThe two leaders spoke\r\n\r\n"
    source += "2\r\n00:00:03,000 --> 00:00:05,000\r\n<i>for an hour.</i>\r\n\r\n"
    source += "3\r\n00:12:41,500 --> 00:12:44,000\r\nTikTok came up.\r\n"
    extracted = subtitles.load(source.encode())
    assert labelled(extracted, SectionKind.TIME) == [
        ("00:00:01", "The two leaders spoke for an hour."),
        ("00:12:41", "TikTok came up."),
    ]


def test_voices_of_webvtt_are_turns_and_nobodys_words_are_in_them() -> None:
    source = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Steve Inskeep>Did it\n\n"
        "00:02.000 --> 00:03.000\n<v Steve Inskeep>come up? Well?\n\n"
        "01:02:03.000 --> 01:02:04.000\n<v.loud John Ruwitch>Yes &amp; no.</v>\n\n01:02:09.000 --> 01:02:11.000\nMUSIC PLAYS\n"
    )
    extracted = subtitles.load(source.encode())
    assert extracted.text == "Steve Inskeep: Did it come up? Well?\nJohn Ruwitch: Yes & no.\nMUSIC PLAYS"
    assert labelled(extracted, SectionKind.TURN) == [("Steve Inskeep", "Did it come up? Well?"), ("John Ruwitch", "Yes & no.")]
    assert labelled(extracted, SectionKind.TIME) == [
        ("00:00:01", "Did it come up? Well?"),
        ("01:02:03", "Yes & no."),
        ("01:02:09", "MUSIC PLAYS"),
    ]


def test_speakers_named_in_subtitles_are_turns_and_captions_that_roll_up_are_said_once() -> None:
    source = "1\n00:00:01,000 --> 00:00:02,000\nKIRBY: It came up\n\n"
    source += "2\n00:00:02,000 --> 00:00:03,000\nKIRBY: It came up\ntoday, yes.\n\n"
    source += "3\n00:00:03,000 --> 00:00:04,000\nQUESTION: By whom?\n\n4\n00:00:04,000 --> 00:00:05,000\nKIRBY: By us.\n"
    assert labelled(subtitles.load(source.encode()), SectionKind.TURN) == [
        ("KIRBY", "It came up today, yes."),
        ("QUESTION", "By whom?"),
        ("KIRBY", "By us."),
    ]


# Mail


def message(*, plain: str | None = None, markup: str | None = None) -> bytes:
    made = EmailMessage()
    made["From"] = "Jané Doe <jane@example.org>"
    made["Subject"] = "Le café — readout"
    made["Date"] = "Wed, 03 Apr 2024 10:00:00 +0200"
    if plain is not None:
        made.set_content(plain, charset="iso-8859-1")
    if markup is not None:
        made.add_alternative(markup, subtype="html")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    return made.as_bytes()


def test_a_message_gives_its_body_subject_sender_and_date() -> None:
    extracted = mail.load(message(plain="Première ligne.\n\nSecond.\n"))
    assert extracted.text == "Première ligne.\n\nSecond."
    facts = extracted.metadata
    assert (facts.title, facts.byline, facts.published_at) == ("Le café — readout", "Jané Doe", "2024-04-03T10:00:00+02:00")
    assert facts.outlet is None


def test_a_message_of_html_alone_gives_its_article() -> None:
    text = mail.load(message(markup="<html><body>" + "".join(f"<p>{words}</p>" for words in PROSE) + "</body></html>")).text
    assert text.split("\n\n") == list(PROSE)


def test_the_heads_of_forwarded_messages_are_no_speakers() -> None:
    forwarded = "From: A B\nTo: C D\nSubject: E\n\nWords.\n\nFrom: C D\nTo: A B\nSubject: F\n\nMore words.\n"
    assert {section.kind for section in mail.load(message(plain=forwarded)).sections} == {SectionKind.PARAGRAPH}


# JSON lines


def test_each_row_is_a_document_with_the_facts_it_states() -> None:
    rows = [
        {"_id": "d1", "text": "Words\r\nmore.", "title": "T", "outlet": "O", "published_at": "20240403", "uri": "u", "extra": 1},
        {"text": "KIRBY: Yes.\nQUESTION: No.\nKIRBY: Why?", "title": None},
    ]
    one, two = jsonlines.load("\n\n".join(json.dumps(row) for row in rows).encode())
    assert (one.part, one.extracted.text) == ("#d1", "Words\nmore.")
    facts = one.extracted.metadata
    assert (facts.title, facts.outlet, facts.published_at, facts.uri) == ("T", "O", "2024-04-03", "u")
    assert two.part == "#line 3"
    assert [label for label, _ in labelled(two.extracted, SectionKind.TURN)] == ["KIRBY", "QUESTION", "KIRBY"]


def test_a_bad_row_is_named_by_its_number() -> None:
    with pytest.raises(DamagedFile, match="line 2"):
        jsonlines.load(b'{"text": "a"}\n{"text": 1}\n')


def test_a_file_without_words_is_empty() -> None:
    with pytest.raises(EmptyDocument):
        subtitles.load(b"1\n00:00:01,000 --> 00:00:02,000\n\n")
