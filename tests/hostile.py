"""Broken and malicious files, made anew each time, each with the code that it must be refused with."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

MB = 1_000_000
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, why it is bad, and the code of the refusal.

    Which limit it meets first may be the machine's affair: then `also` holds the other codes.
    """

    cause: str
    name: str
    data: bytes
    code: str
    also: tuple[str, ...] = ()


def hostile_files() -> Iterator[Hostile]:
    """All of them; those that run to a limit last, and made only when they are come to, since they are large."""
    yield from quick_files()
    yield from slow_files()


def quick_files() -> Iterator[Hostile]:
    """Those that are refused before a limit is met."""
    for group in (_magic, _texts, _pdfs, _documents, _archives, _pages, _subtitles, _messages, _rows, _notes):
        yield from group()


# Real files to break


@cache
def a_pdf(*, pages: int = 3, locked: bool = False, words: bool = True) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret") if locked else None, invariant=True)
    for page in range(pages):
        if words:
            canvas.drawString(72, 700, f"The two leaders spoke for an hour, says page {page + 1}.")
        else:
            canvas.rect(72, 600, 100, 100)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def a_docx() -> bytes:
    import docx

    document = docx.Document()
    for number in range(20):
        document.add_paragraph(f"Paragraph {number}: the two leaders spoke for an hour on Tuesday.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def a_zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in members:
            packed.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def docx_of(xml: bytes) -> bytes:
    return a_zip(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml))


def body_of(inner: str) -> bytes:
    return f'<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>'.encode()


def noise(n: int) -> bytes:
    return random.Random(n).randbytes(n)


# What the content says against the name


def _magic() -> Iterator[Hostile]:
    for what, name, head in (
        ("picture as text", "a.txt", b"\x89PNG\r\n\x1a\n"),
        ("picture as page", "a.html", b"\xff\xd8\xff\xe0"),
        ("picture as subtitles", "a.srt", b"GIF89a"),
        ("picture as mail", "a.eml", b"II*\0"),
        ("sound as notes", "a.md", b"ID3\x03"),
        ("sound as text", "a.txt", b"OggS\0"),
        ("film as PDF", "a.pdf", b"\0\0\0\x18ftypmp42"),
        ("gzip as text", "a.txt", b"\x1f\x8b\x08\0"),
        ("bzip2 as rows", "a.jsonl", b"BZh91AY"),
        ("xz as text", "a.txt", b"\xfd7zXZ\0"),
        ("zstd as text", "a.txt", b"\x28\xb5\x2f\xfd"),
        ("7z as ZIP", "a.zip", b"7z\xbc\xaf\x27\x1c"),
        ("RAR as ZIP", "a.zip", b"Rar!\x1a\x07"),
        ("program as PDF", "a.pdf", b"\x7fELF\x02\x01"),
        ("program as Word", "a.docx", b"MZ\x90\0"),
        ("database as text", "a.txt", b"SQLite format 3\0"),
        ("RTF as Word", "a.docx", b"{\\rtf1 words}"),
        ("PostScript as PDF", "a.pdf", b"%!PS-Adobe-3.0"),
        ("old Word file", "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ):
        yield Hostile(what, name, head + noise(400), "unsupported_file")
    for name in ("a.pdf", "a.docx", "a.zip"):
        yield Hostile(f"prose named {name[1:]}", name, b"Only words.", "unsupported_file")
    yield Hostile("unknown kind", "a.xyz", b"Only words.", "unsupported_file")
    yield Hostile("tar archive", "a.txt", (b"a.txt" + bytes(252)) + b"ustar\x0000" + bytes(600), "unsupported_file")
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    yield Hostile("Word file with a password", "a.docx", encrypted, "encrypted_file")
    for name, part in (("a.xlsx", "xl/workbook.xml"), ("a.docx", "ppt/presentation.xml")):
        data = a_zip(("[Content_Types].xml", b"<Types/>"), (part, b"<x/>"))
        yield Hostile(f"{part} as {name}", name, data, "unsupported_file")


def _texts() -> Iterator[Hostile]:
    yield Hostile("nothing", "a.txt", b"", "empty_document")
    yield Hostile("white space", "a.txt", b" \r\n\t" * 1_000, "empty_document")
    yield Hostile("NUL characters", "a.txt", b"words\0words" * 50, "unreadable_text")
    yield Hostile("noise", "a.txt", b"\x02" + noise(20_000), "unreadable_text")
    yield Hostile("broken UTF-8", "a.txt", "Прези\u0434ент".encode() * 40 + b"\xd0", "unreadable_text")
    yield Hostile("surrogates in UTF-8", "a.txt", "Ωραία".encode() + b"\xed\xa0\x80", "unreadable_text")
    yield Hostile("half a character of UTF-16", "a.txt", b"\xff\xfea\0b", "unreadable_text")
    yield Hostile("control characters", "a.txt", bytes(range(1, 32)) * 40 + b"\xff", "unreadable_text")


# PDF


def _pdfs() -> Iterator[Hostile]:
    whole = a_pdf()
    for share in (1, 5, 10, 20, 30, 40):
        yield Hostile(f"PDF cut to {share} %", "a.pdf", whole[: len(whole) * share // 100], "damaged_file")
    yield Hostile("only a PDF's head", "a.pdf", b"%PDF-1.7\n", "damaged_file")
    yield Hostile("PDF of noise", "a.pdf", b"%PDF-1.7\n" + noise(100_000), "damaged_file")
    yield Hostile("PDF of NUL bytes", "a.pdf", b"%PDF-1.4\n" + bytes(MB), "damaged_file")
    yield Hostile("PDF with a password", "a.pdf", a_pdf(locked=True), "encrypted_file")
    yield Hostile("PDF without words", "a.pdf", a_pdf(words=False), "empty_document")
    yield Hostile("PDF without pages", "a.pdf", pdf_of("<< /Type /Pages /Kids [] /Count 0 >>"), "damaged_file")
    yield Hostile("page tree in a circle", "a.pdf", pdf_of("<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"), "empty_document")
    yield Hostile(
        "a billion pages declared", "a.pdf", pdf_of("<< /Type /Pages /Kids [3 0 R] /Count 999999999 >>"), "damaged_file"
    )
    yield Hostile("PDF nested 50,000 deep", "a.pdf", pdf_of("[" * 50_000 + "]" * 50_000), "damaged_file")


def pdf_of(pages: str, *more: bytes) -> bytes:
    """A PDF whose page tree is this object; further objects from number 3 on."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", pages.encode(), *more]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)


def pdf_with(stream: bytes, filters: str) -> bytes:
    """A PDF of one page with this content stream."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    content = b"<< /Length %d /Filter %s >>\nstream\n" % (len(stream), filters.encode()) + stream + b"\nendstream"
    return pdf_of("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, content, font)


# Word


def _documents() -> Iterator[Hostile]:
    whole = a_docx()
    for share in (10, 30, 50, 70, 90, 99):
        yield Hostile(f"DOCX cut to {share} %", "a.docx", whole[: len(whole) * share // 100], "damaged_file")
    paragraph = "<w:p><w:r><w:t>aaaaaaaaaaaaaaaaaaaaaaaaaaaaa</w:t></w:r></w:p>"
    yield Hostile("DOCX that inflates 200 times", "a.docx", docx_of(body_of(paragraph * 600_000)), "archive_ratio")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<!DOCTYPE d [<!ENTITY l0 "lol">{laughs}]>'.encode()
    yield Hostile("billion laughs", "a.docx", docx_of(prolog + body_of("<w:p>&l9;</w:p>")), "damaged_file")
    quadratic = f'<!DOCTYPE d [<!ENTITY a "{"a" * 100_000}">]>'.encode()
    yield Hostile("quadratic entities", "a.docx", docx_of(quadratic + body_of("&a;" * 10_000)), "damaged_file")
    outside = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield Hostile("entity of another file", "a.docx", docx_of(outside + body_of("<w:p>&x;</w:p>")), "damaged_file")
    remote = b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/a.dtd">'
    yield Hostile("DTD from the network", "a.docx", docx_of(remote + body_of("<w:p/>")), "damaged_file")
    hidden = prolog.decode().encode("utf-16")
    yield Hostile("entities in UTF-16", "a.docx", docx_of(hidden), "damaged_file")
    yield Hostile("XML that breaks off", "a.docx", docx_of(body_of(paragraph)[:-30]), "damaged_file")
    yield Hostile("XML with NUL bytes", "a.docx", docx_of(body_of("<w:p>\0</w:p>")), "damaged_file")
    yield Hostile("DOCX of noise", "a.docx", docx_of(noise(50_000)), "damaged_file")
    yield Hostile("DOCX without words", "a.docx", docx_of(body_of("<w:p/>" * 100)), "empty_document")
    depth = 20_000
    nested = body_of("<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth)
    yield Hostile("tables 20,000 deep", "a.docx", docx_of(nested), "damaged_file")
    yield Hostile(
        "a text node of 12 MB",
        "a.docx",
        docx_of(body_of(f"<w:p><w:r><w:t>{noise(6 * MB).hex()}</w:t></w:r></w:p>")),
        "damaged_file",
    )
    yield Hostile("DOCX with wrong checksums", "a.docx", _wrong_crc(docx_of(body_of(paragraph))), "damaged_file")
    rich = "".join(f"<w:p><w:r><w:t>{number:x} {hash_words(number)}</w:t></w:r></w:p>" for number in range(90_000))
    yield Hostile("DOCX of a library", "a.docx", docx_of(body_of(rich)), "document_too_large")


def hash_words(number: int) -> str:
    return " ".join(f"{number * factor % 1_000_003:x}" for factor in (7, 31, 101, 997, 7919, 104729, 31337, 65537, 12289, 3571))


def _wrong_crc(data: bytes) -> bytes:
    broken = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        place = broken.find(mark)
        while place >= 0:
            broken[place + at : place + at + 4] = b"\xde\xad\xbe\xef"
            place = broken.find(mark, place + 4)
    return bytes(broken)


# ZIP


def _archives() -> Iterator[Hostile]:
    words = b"The two leaders spoke for an hour."
    whole = a_zip(("a.txt", words * 50), ("b.txt", noise(5_000)))
    for share in (5, 30, 60, 90):
        yield Hostile(f"ZIP cut to {share} %", "a.zip", whole[: len(whole) * share // 100], "damaged_file")
    yield Hostile("only a ZIP's head", "a.zip", b"PK\x03\x04", "damaged_file")
    yield Hostile("ZIP of nothing", "a.zip", a_zip(), "empty_document")
    yield Hostile("ZIP of hidden files", "a.zip", a_zip((".a.txt", words), ("__MACOSX/._b", words)), "empty_document")
    yield Hostile("2,000 members", "a.zip", a_zip(*((f"{n}.txt", words) for n in range(2_000))), "too_many_members")
    yield Hostile("30,000 members", "a.zip", a_zip(*((f"{n}", b"") for n in range(30_000))), "too_many_members")
    yield Hostile("zeros that inflate 1,000 times", "a.zip", a_zip(("a.txt", bytes(50 * MB))), "archive_ratio")
    yield Hostile("ten of them", "a.zip", a_zip(*((f"{n}.txt", bytes(10 * MB)) for n in range(10))), "archive_ratio")
    yield Hostile("300 MB declared", "a.zip", _declared(a_zip(("a.txt", words)), 300 * MB), "archive_ratio")
    yield Hostile("4 GB declared", "a.zip", _declared(a_zip(("a.txt", words)), 0xFFFFFFFE), "archive_ratio")
    yield Hostile("less declared than there is", "a.zip", _declared(a_zip(("a.txt", words * 9_000)), 10), "damaged_file")
    yield Hostile("more declared than there is", "a.zip", _declared(a_zip(("a.txt", words)), 4_000), "damaged_file")
    yield Hostile("ZIP in a ZIP", "a.zip", a_zip(("b.zip", whole)), "nested_archive")
    yield Hostile("ZIP in a ZIP as text", "a.zip", a_zip(("b.txt", whole)), "nested_archive")
    onion = whole
    for _ in range(20):
        onion = a_zip(("inner.zip", onion))
    yield Hostile("twenty ZIPs in each other", "a.zip", onion, "nested_archive")
    yield Hostile("a bomb in a ZIP", "a.zip", a_zip(("b.zip", a_zip(("a", bytes(20 * MB))))), "archive_ratio")
    for name in ("../../etc/passwd", "/etc/passwd", "C:\\windows\\a.txt", "a/../../b.txt", "..\\a.txt", "a\nb.txt"):
        yield Hostile(f"a member named {name!r}", "a.zip", a_zip((name, words)), "damaged_file")
    yield Hostile("ZIP with a password", "a.zip", _flagged(a_zip(("a.txt", words))), "encrypted_file")
    yield Hostile("members packed by bzip2", "a.zip", a_zip(("a.txt", words), method=zipfile.ZIP_BZIP2), "unsupported_file")
    yield Hostile("members packed by LZMA", "a.zip", a_zip(("a.txt", words), method=zipfile.ZIP_LZMA), "unsupported_file")
    yield Hostile("wrong checksums", "a.zip", _wrong_crc(a_zip(("a.txt", words))), "damaged_file")
    yield Hostile("a picture only", "a.zip", a_zip(("a.png", b"\x89PNG\r\n\x1a\n" + noise(99))), "unsupported_file")
    yield Hostile("a member of 40 MB", "a.zip", a_zip(("a.txt", noise(MB) * 40), method=zipfile.ZIP_STORED), "document_too_large")
    yield Hostile("a bad sidecar", "a.zip", a_zip(("a.txt", words), ("a.txt.meta.yaml", b"author: x")), "bad_sidecar")


def _declared(data: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its directory."""
    broken = bytearray(data)
    place = broken.find(b"PK\x01\x02")
    broken[place + 24 : place + 28] = struct.pack("<I", size)
    return bytes(broken)


def _flagged(data: bytes) -> bytes:
    broken = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        broken[broken.find(mark) + at] |= 1
    return bytes(broken)


# Web pages


def _pages() -> Iterator[Hostile]:
    yield Hostile("page without an article", "a.html", b"<html><body><script>x=1</script></body></html>", "empty_document")
    yield Hostile("page of nothing", "a.html", b"<html></html>", "empty_document")
    yield Hostile("page of NUL bytes", "a.html", b"<html>" + bytes(MB), "empty_document")
    yield Hostile("page of noise", "a.html", b"\x01" + noise(50_000), "unreadable_text")
    entities = b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><html><body></body></html>'
    yield Hostile("page with entities", "a.xhtml", entities, "empty_document")
    yield Hostile("page of scripts", "a.html", b"<html><body>" + b"<script>var a = 1;</script>" * 9_000, "empty_document")


# Subtitles, mail, rows, notes


def _subtitles() -> Iterator[Hostile]:
    yield Hostile("subtitles without times", "a.srt", b"1\nWords.\n\n2\nWords.\n", "damaged_file")
    yield Hostile("WebVTT without cues", "a.vtt", b"WEBVTT\n\nNOTE nothing\n", "damaged_file")
    yield Hostile("cues without words", "a.srt", b"1\n00:00:01,000 --> 00:00:02,000\n\n" * 900, "empty_document")
    yield Hostile("cues of tags", "a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<b></b><i>\n", "empty_document")
    yield Hostile("subtitles on one endless line", "a.srt", b"00:00:01,000 " * MB, "damaged_file")
    yield Hostile("subtitles of noise", "a.vtt", b"\x01" + noise(9_000), "unreadable_text")


def _messages() -> Iterator[Hostile]:
    yield Hostile("mail without a header", "a.eml", b"Only words.\n", "damaged_file")
    yield Hostile("mail without a body", "a.eml", b"From: a@b.c\nSubject: x\n\n", "empty_document")
    attachment = b"From: a@b.c\nContent-Type: application/pdf\nContent-Disposition: attachment\n\n%PDF"
    yield Hostile("mail of an attachment", "a.eml", attachment, "empty_document")
    noisy = b"From: a@b.c\nContent-Type: text/plain; charset=x-none\nContent-Transfer-Encoding: base64\n\nAAECAwQFBgc="
    yield Hostile("mail of noise", "a.eml", noisy, "unreadable_text")
    heads = b"From: a@b.c\n" + b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(5_000))
    yield Hostile("mail in 5,000 parts within parts", "a.eml", heads, "damaged_file", also=("parse_timeout",))
    yield Hostile("mail of NUL bytes", "a.eml", b"Subject: x\n\n" + bytes(9_000), "unreadable_text")


def _rows() -> Iterator[Hostile]:
    yield Hostile("rows that are no JSON", "a.jsonl", b'{"text": "a"}\nnot json\n', "damaged_file")
    yield Hostile("rows without text", "a.jsonl", b'{"title": "a"}\n', "damaged_file")
    yield Hostile("rows nested 100,000 deep", "a.jsonl", b"[" * 100_000 + b"\n", "damaged_file")
    yield Hostile("rows that are lists", "a.jsonl", b"[1, 2]\n", "damaged_file")
    yield Hostile("20,000 rows", "a.jsonl", b'{"text": "a"}\n' * 20_000, "document_too_large")
    yield Hostile("two rows of one id", "a.jsonl", b'{"id": 1, "text": "a"}\n' * 2, "damaged_file")
    yield Hostile("a row with a wrong date", "a.jsonl", b'{"text": "a", "published_at": "soon"}\n', "damaged_file")
    yield Hostile("a number of a million digits", "a.jsonl", b'{"text": ' + b"9" * MB + b"}\n", "damaged_file")
    huge = json.dumps({"text": "words " * 900_000}).encode()
    yield Hostile("a row of 5 million characters", "a.jsonl", huge, "document_too_large")


def _notes() -> Iterator[Hostile]:
    yield Hostile("notes of marks only", "a.md", b"***\n\n---\n\n# \n", "empty_document")
    yield Hostile("notes of NUL bytes", "a.md", b"# a\0b" * 100, "unreadable_text")


def slow_files() -> Iterator[Hostile]:
    """Those that the worker reads until it meets a limit."""
    yield Hostile("brackets without end", "a.md", b"[a](" * 400_000, "parse_timeout")
    bomb = zlib.compress(zlib.compress(b"BT (x) Tj ET\n" * 30 * MB, 1), 9)
    yield Hostile("PDF that inflates twice", "a.pdf", pdf_with(bomb, "[/FlateDecode /FlateDecode]"), "parse_memory")
    glyphs = zlib.compress(b"BT /F1 1 Tf 9 700 Td\n" + b"(two leaders spoke) Tj 0 -1 Td\n" * 400_000 + b"ET", 9)
    yield Hostile(
        "page of 7 million letters",
        "a.pdf",
        pdf_with(glyphs, "/FlateDecode"),
        "parse_timeout",
        also=("parse_memory", "document_too_large"),
    )
    paragraphs = b"<html><body><article>" + b"<p>ab cd" * 2_500_000
    yield Hostile("2.5 million paragraphs", "a.html", paragraphs, "parse_timeout", also=("parse_memory", "document_too_large"))
