"""Bytes to text with sections, one module per format; untrusted formats are parsed in a process of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from zipfile import ZipInfo

from index.errors import DocumentTooLarge, EmptyDocument, InputRejected, NestedArchive, UnsupportedFile
from index.loaders import archive, encodings, sandbox, sidecar
from index.loaders.kinds import Kind, is_named_as_read, kind_of
from index.loaders.outline import outline
from index.loaders.parts import Loaded, Unloaded
from index.types import Extracted, Metadata

MAX_SIDECAR_BYTES = 100_000
Parse = Callable[[Kind, bytes], list[Loaded]]
__all__ = ["Loaded", "Parse", "Unloaded", "from_text", "load", "load_all", "plain_text"]


def load(name: str, data: bytes) -> Extracted:
    """The text of a file that holds one document.

    Raises:
        InputRejected: If it cannot be read.
        UnsupportedFile: If it may hold several; see `load_all`.
    """
    kind = kind_of(name, data)
    if kind in (Kind.ZIP, Kind.JSON_LINES):
        raise UnsupportedFile("it may hold several documents; give one")
    return _documents(kind, data, sandbox.shared().load)[0].extracted


def load_all(name: str, data: bytes, *, max_document_bytes: int, parse: Parse | None = None) -> Iterator[Loaded | Unloaded]:
    """The documents of a file, one after another; of an archive also the members that are none, with the reason.

    `max_document_bytes` bounds each member of an archive, unpacked. `parse` reads what is not plain text (default: the
    worker process).

    Raises:
        InputRejected: If the whole file is refused; with the first step, so nothing was given before.
        ParserUnavailable: If the worker cannot be started.
    """
    parse = parse or sandbox.shared().load
    kind = kind_of(name, data)
    if kind is Kind.ZIP:
        yield from _members(data, max_document_bytes, parse)
    else:
        yield from _documents(kind, data, parse)


def plain_text(data: bytes) -> Extracted:
    """Bytes that are known to be plain text, whatever they look like."""
    return from_text(encodings.decode(data))


def from_text(text: str) -> Extracted:
    """The sections and the stated date of a decoded text."""
    return outline(text)


def _documents(kind: Kind, data: bytes, parse: Parse) -> list[Loaded]:
    return [Loaded(None, plain_text(data))] if kind is Kind.TEXT else parse(kind, data)


def _members(data: bytes, max_document_bytes: int, parse: Parse) -> Iterator[Loaded | Unloaded]:
    """Each member's documents, named by its path; hidden files are none, and a sidecar goes with its file."""
    packed = archive.opened(data)
    members = {archive.path_of(member): member for member in packed.members}
    shown = {path: member for path, member in members.items() if not _hidden(path) and not _is_sidecar(path, members)}
    if not shown:
        raise EmptyDocument("there is no file in the archive")
    for path, member in shown.items():
        try:
            for loaded in _member(packed, member, max_document_bytes=max_document_bytes, parse=parse):
                stated = _stated(packed, members.get(path + sidecar.SUFFIX))
                yield Loaded(f"/{path}{loaded.part or ''}", _overruled(loaded.extracted, stated))
        except InputRejected as error:
            yield Unloaded(f"/{path}", error, skipped=_is_stray(path, member, error))


def _member(packed: archive.Archive, member: ZipInfo, *, max_document_bytes: int, parse: Parse) -> list[Loaded]:
    if member.file_size > max_document_bytes:
        raise DocumentTooLarge(f"it is over {max_document_bytes:,} bytes; split it")
    data = packed.read(member)
    kind = kind_of(archive.path_of(member), data)
    if kind is Kind.ZIP:
        raise NestedArchive("it is an archive inside an archive; unpack it first")
    return _documents(kind, data, parse)


def _is_stray(path: str, member: ZipInfo, error: InputRejected) -> bool:
    """Whether a member would be skipped in a folder too: it is empty, or neither its name nor its content is one that is read."""
    return not member.file_size or (isinstance(error, UnsupportedFile) and not is_named_as_read(path))


def _hidden(path: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def _is_sidecar(path: str, members: Mapping[str, ZipInfo]) -> bool:
    return path.endswith(sidecar.SUFFIX) and path.removesuffix(sidecar.SUFFIX) in members


def _stated(packed: archive.Archive, member: ZipInfo | None) -> Metadata:
    if member is None:
        return Metadata()
    if member.file_size > MAX_SIDECAR_BYTES:
        raise DocumentTooLarge(f"its sidecar is over {MAX_SIDECAR_BYTES:,} bytes")
    return sidecar.parse(packed.read(member))


def _overruled(extracted: Extracted, stated: Metadata) -> Extracted:
    found = extracted.metadata
    facts = Metadata(
        title=stated.title or found.title,
        outlet=stated.outlet or found.outlet,
        published_at=stated.published_at or found.published_at,
        uri=stated.uri or found.uri,
        byline=found.byline,
    )
    return replace(extracted, metadata=facts)
