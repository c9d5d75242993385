"""Errors of the index.

    ReadoutError
    ├── InputRejected          bad input; the message says what to do
    │   ├── UnsupportedFile    no loader reads this kind of file
    │   ├── UnreadableText     not text, or text in no encoding that was tried
    │   ├── EmptyDocument      no text in it
    │   ├── DocumentTooLarge   over the bound on one document's size
    │   └── BadSidecar         a .meta.yaml that is not as documented
    ├── NotFound               no such document
    │   └── VersionGone        the document is there, that version is not
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


class BadSidecar(InputRejected):
    """A sidecar file is not as documented."""

    code = "bad_sidecar"


class NotFound(ReadoutError):
    """There is no such document."""

    code = "document_not_found"


class VersionGone(NotFound):
    """The document exists, but not in that version."""

    code = "version_gone"


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
