"""One invented report as a real file of each format, and what is taken from it: `python tests/formats/table.py` renews README.md here.

The files are made by the programs' libraries that people make them with (reportlab, python-docx, the standard library), or written as their
specifications show. Words are compared with those of the report, as token F1.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))  # run by path, this file's own folder would be searched instead

from index import loaders
from index.loaders import Loaded
from index.types import Extracted

TITLE, BYLINE, OUTLET, DATE = "Two mayors agree on the bridge", "Ada Quill", "The River Paper", "2024-04-03"
SECTIONS = {
    "What was said": (
        "The mayors of Alder and Birch spoke by phone for forty minutes on Tuesday, their offices said, their first conversation since the flood.",
        "“The bridge opens in May, and not a day later,” Mayor Rosa Lind said after the call. Her counterpart would not give a date.",
        "Both sides described the conversation as candid but constructive, and agreed that engineers would inspect the pillars together.",
    ),
    "What comes next": (
        "The engineers meet on Thursday. A report is due within two weeks, and the councils of both towns will vote on it in public session.",
        "Traders on the northern bank, who have lost a third of their customers, called the announcement a first step and no more than that.",
        "Neither office would say who had called whom, or whether the two had spoken about the ferry, which has run at a loss since January.",
    ),
}
PARAGRAPHS = [words for texts in SECTIONS.values() for words in texts]
WORD = re.compile(r"\w+")


def as_text() -> bytes:
    return "\n\n".join([TITLE, *PARAGRAPHS]).encode()


def as_utf16() -> bytes:
    return as_text().decode().replace("\n", "\r\n").encode("utf-16")


def as_windows() -> bytes:
    return as_text().decode().encode("cp1252")


def as_html() -> bytes:
    body = "".join(f"<h2>{head}</h2>" + "".join(f"<p>{escape(words)}</p>" for words in texts) for head, texts in SECTIONS.items())
    return f"""<!DOCTYPE html><html lang="en"><head><title>{TITLE} | {OUTLET}</title><meta name="author" content="{BYLINE}">
<meta property="og:site_name" content="{OUTLET}"><meta property="article:published_time" content="{DATE}T09:00:00Z"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li><li><a href="/s">Sport</a></li></ul></nav><main><article><h1>{TITLE}</h1>
{body}</article></main><aside><h3>Related stories</h3><ul><li><a href="/1">Ten recipes</a></li><li><a href="/2">Storm warning</a></li></ul></aside>
<footer>© 2024 {OUTLET}. All rights reserved. Terms of use.</footer></body></html>""".encode()


def as_pdf(*, columns: int = 1) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph

    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title=TITLE, author=BYLINE, invariant=True)
    width = document.width / columns

    def furniture(canvas: object, template: object) -> None:
        canvas.drawString(72, A4[1] - 40, f"{OUTLET}, morning edition")  # type: ignore[attr-defined]
        canvas.drawString(280, 30, f"Page {template.page} of 9")  # type: ignore[attr-defined]

    frames = [Frame(document.leftMargin + n * width, document.bottomMargin, width, document.height) for n in range(columns)]
    document.addPageTemplates([PageTemplate(frames=frames, onPage=furniture)])
    styles = getSampleStyleSheet()
    story: list[object] = [Paragraph(TITLE, styles["Title"])]
    for head, texts in SECTIONS.items():
        story += [Paragraph(head, styles["Heading2"]), *(Paragraph(words, styles["BodyText"]) for words in texts)]
        story.append(PageBreak())
    document.build(story)
    return out.getvalue()


def as_docx() -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.title, document.core_properties.author = TITLE, BYLINE
    document.add_heading(TITLE, 0)
    for head, texts in SECTIONS.items():
        document.add_heading(head, 1)
        for words in texts:
            document.add_paragraph(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_markdown() -> bytes:
    head = f"---\ntitle: {TITLE}\nauthor: {BYLINE}\ndate: {DATE}\n---\n\n# {TITLE}\n\n"
    return (head + "\n\n".join(f"## {name}\n\n" + "\n\n".join(texts) for name, texts in SECTIONS.items())).encode()


def cues(point: str, *, voice: str = "") -> str:
    timed = []
    for number, words in enumerate(PARAGRAPHS):
        half = words.rfind(" ", 0, len(words) // 2)
        for part, second in ((words[:half], 0), (words[half + 1 :], 5)):
            at = 10 * number + second
            timed.append(
                f"{len(timed) + 1}\n00:0{at // 60}:{at % 60:02}{point}000 --> 00:0{at // 60}:{at % 60 + 4:02}{point}000\n{voice}{part}\n"
            )
    return "\n".join(timed)


def as_srt() -> bytes:
    return cues(",").encode()


def as_vtt() -> bytes:
    return f"WEBVTT\n\n{cues('.', voice='<v Rosa Lind>')}".encode()


def as_eml(*, markup: bool = False) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"{BYLINE} <ada@example.org>", "desk@example.org"
    message["Subject"], message["Date"] = TITLE, "Wed, 03 Apr 2024 09:00:00 +0000"
    message.set_content("\n\n".join(PARAGRAPHS))
    if markup:
        message.set_content(as_html().decode(), subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="map.png")
    return message.as_bytes()


def as_rows() -> bytes:
    row = {"id": "r1", "title": TITLE, "byline": BYLINE, "outlet": OUTLET, "published_at": DATE, "text": "\n\n".join(PARAGRAPHS)}
    return json.dumps(row).encode()


def as_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("reports/a.html", as_html())
        packed.writestr("reports/.DS_Store", b"\0\0\0\x01Bud1")
        packed.writestr("reports/photo.png", b"\x89PNG\r\n\x1a\n")
    return out.getvalue()


FILES: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "plain text, UTF-8": ("a.txt", as_text),
    "plain text, UTF-16, CRLF": ("a.txt", as_utf16),
    "plain text, Windows-1252": ("a.txt", as_windows),
    "HTML, with menu, links and footer": ("a.html", as_html),
    "PDF, one column, running heads": ("a.pdf", as_pdf),
    "PDF, two columns, running heads": ("a.pdf", lambda: as_pdf(columns=2)),
    "DOCX": ("a.docx", as_docx),
    "Markdown with a YAML head": ("a.md", as_markdown),
    "SRT, a sentence over two cues": ("a.srt", as_srt),
    "WebVTT with voices": ("a.vtt", as_vtt),
    "EML, plain body and attachment": ("a.eml", as_eml),
    "EML, HTML body": ("a.eml", lambda: as_eml(markup=True)),
    "JSON lines": ("a.jsonl", as_rows),
    "ZIP of a page, a picture and a hidden file": ("a.zip", as_zip),
}


def f1(found: str, truth: str) -> float:
    """Of word tokens as bags, as SQuAD computes it."""
    one, other = Counter(WORD.findall(found.casefold())), Counter(WORD.findall(truth.casefold()))
    common = (one & other).total()
    return 2 * common / (one.total() + other.total()) if common else 0.0


def found_in(name: str, data: bytes) -> Extracted:
    """The only document of a file."""
    (only,) = [part for part in loaders.load_all(name, data, max_document_bytes=1_000_000) if isinstance(part, Loaded)]
    return only.extracted


def truth_of(extracted: Extracted) -> str:
    """The report's words, with those of its headings where the format has them in its text."""
    heads = [TITLE, *SECTIONS]
    return " ".join([*(head for head in heads if head in extracted.text), *PARAGRAPHS])


def table() -> str:
    rows = [
        "| File | Word F1 | Paragraphs whole | Title | Byline | Outlet | Date | Sections |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for what, (name, make) in FILES.items():
        extracted = found_in(name, make())
        text, facts = " ".join(extracted.text.split()), extracted.metadata
        whole = sum(words in text for words in PARAGRAPHS)
        stated = (facts.title, facts.byline, facts.outlet, facts.published_at)
        kinds = Counter(section.kind.value for section in extracted.sections)
        labels = [section.label for section in extracted.sections if section.label]
        shown = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) + (f": {labels[0]}, …" if labels else "")
        score = f1(extracted.text, truth_of(extracted))
        rows.append(
            f"| {what} | {score:.3f} | {whole} of {len(PARAGRAPHS)} | {' | '.join(one or '' for one in stated)} | {shown} |"
        )
    return "\n".join(rows)


def page() -> str:
    return f"""# What is taken from a file of each format

Generated by `python tests/formats/table.py`; a test compares. One invented report with a title, two headings and {len(PARAGRAPHS)} paragraphs, as a
real file of each format. Word F1 is that of the stored text with the report's own words; a paragraph is whole if it stands in the text to
the letter, line ends apart. What a format does not state stays empty: so the dates and authors that PDF and Word files carry, since they say
who saved the file, and when.

{table()}
"""


if __name__ == "__main__":
    (HERE / "README.md").write_text(page(), encoding="utf-8")
