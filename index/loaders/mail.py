"""E-mail messages: the body that a reader sees, subject, sender and date."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime

from index.errors import DamagedFile, EmptyDocument
from index.loaders import html
from index.loaders import text as plain
from index.loaders.encodings import decode
from index.loaders.outline import outline
from index.types import Extracted, Metadata, Section, SectionKind, Span

_NEEDED = ("from", "date", "subject", "to", "message-id", "received")
# A forwarded message repeats these labels at the head of lines, as a transcript repeats its speakers.
_NO_SPEAKERS = frozenset({"from", "to", "cc", "bcc", "date", "sent", "subject", "reply-to"})


def load(data: bytes) -> Extracted:
    """The plain body, else the article of the HTML body; attachments are left out.

    Raises:
        DamagedFile: If it has none of a message's headers.
        EmptyDocument: If it has no body with words.
    """
    message = message_from_bytes(data, policy=default)
    if not any(name in message for name in _NEEDED):
        raise DamagedFile("it has no header such as From or Subject; give plain text as .txt")
    part = message.get_body(("plain", "html"))
    if part is None:
        raise EmptyDocument("the message has no text; its attachments are not read, give them as files")
    content = part.get_payload(decode=True)
    words = decode(content if isinstance(content, bytes) else b"", declared=part.get_content_charset())
    extracted = html.from_markup(words) if part.get_content_subtype() == "html" else _body(words.strip("\n"))
    stated = Metadata(
        title=_header(message, "subject"),
        outlet=extracted.metadata.outlet,
        published_at=_sent_at(message) or extracted.metadata.published_at,
        byline=_sender(message),
    )
    return replace(extracted, metadata=stated)


def _body(text: str) -> Extracted:
    extracted = outline(text)
    labels = {(section.label or "").casefold() for section in extracted.sections if section.kind is SectionKind.TURN}
    if not labels & _NO_SPEAKERS:
        return extracted
    sections: list[Section] = plain.paragraphs(text, Span(0, len(text)))
    return replace(extracted, sections=tuple(sections))


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = " ".join(str(message.get(name, "")).split())
    except (ValueError, IndexError, AttributeError, TypeError):  # the standard library's parser of headers has holes
        return None
    return value or None


def _sender(message: EmailMessage) -> str | None:
    """The sender's name, without one the address."""
    name, address = parseaddr(_header(message, "from") or "")
    return name or address or None


def _sent_at(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(str(message.get("date", ""))).isoformat()
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
