"""Errors of the index.

    ReadoutError
    ├── InputRejected          bad input; the message says what to do
    │   ├── UnsupportedFile    no loader reads this kind of file
    │   ├── UnreadableText     not text, or text in no encoding that was tried
    │   ├── EmptyDocument      no text in it
    │   ├── DocumentTooLarge   over the bound on one document's size
    │   ├── DamagedFile        its content is not what its format demands
    │   ├── EncryptedFile      it opens with a password only
    │   ├── TooManyMembers     an archive of too many files
    │   ├── ArchiveRatio       an archive that grows out of proportion when it is opened
    │   ├── NestedArchive      an archive inside an archive
    │   ├── ParseTimeout       reading it took longer than it may
    │   ├── ParseMemory        reading it took more memory than it may
    │   └── BadSidecar         a .meta.yaml that is not as documented
    ├── NotFound               no such document
    │   └── VersionGone        the document is there, that version is not
    ├── ParserUnavailable      the process that reads files cannot be started
    ├── ModelUnavailable       an embedding model is missing or is not the published one
    └── StoreUnavailable       the data directory cannot be opened, read or written
        ├── StoreFull          no space is left on the device
        └── StoreBusy          another process writes to it

Each has a stable `code`, which the HTTP faces send.
"""

from __future__ import annotations


class ReadoutError(Exception):
    """Base of all errors that Readout raises on purpose; the message is one line for people."""

    code = "internal"


class InputRejected(ReadoutError):
    """The input cannot be used as it is."""

    code = "input_rejected"


class UnsupportedFile(InputRejected):
    """No loader reads this kind of file."""

    code = "unsupported_file"


class UnreadableText(InputRejected):
    """The bytes are not text in an encoding that was tried."""

    code = "unreadable_text"


class EmptyDocument(InputRejected):
    """There is no text in it."""

    code = "empty_document"


class DocumentTooLarge(InputRejected):
    """The document is over the bound on one document's size."""

    code = "document_too_large"


class DamagedFile(InputRejected):
    """The content is not what its format demands."""

    code = "damaged_file"


class EncryptedFile(InputRejected):
    """The file opens with a password only."""

    code = "encrypted_file"


class TooManyMembers(InputRejected):
    """The archive holds too many files."""

    code = "too_many_members"


class ArchiveRatio(InputRejected):
    """The archive grows out of proportion when it is opened."""

    code = "archive_ratio"


class NestedArchive(InputRejected):
    """There is an archive inside the archive."""

    code = "nested_archive"


class ParseTimeout(InputRejected):
    """Reading the file took longer than it may."""

    code = "parse_timeout"


class ParseMemory(InputRejected):
    """Reading the file took more memory than it may."""

    code = "parse_memory"


class BadSidecar(InputRejected):
    """A sidecar file is not as documented."""

    code = "bad_sidecar"


class NotFound(ReadoutError):
    """There is no such document."""

    code = "document_not_found"


class VersionGone(NotFound):
    """The document exists, but not in that version."""

    code = "version_gone"


class ParserUnavailable(ReadoutError):
    """The process that reads files cannot be started, or went away."""

    code = "parser_unavailable"


class ModelUnavailable(ReadoutError):
    """A model cannot be loaded, or its file is not the published one."""

    code = "model_unavailable"


class StoreUnavailable(ReadoutError):
    """The data directory cannot be opened, read or written."""

    code = "store_unavailable"


class StoreFull(StoreUnavailable):
    """The device has no space left; nothing acknowledged is lost."""

    code = "storage_full"


class StoreBusy(StoreUnavailable):
    """Another process writes to this data directory."""

    code = "store_busy"
