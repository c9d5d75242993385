"""ZIP archives: what their directory may say, and their members' bytes, one at a time and bounded."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from index.errors import ArchiveRatio, DamagedFile, EncryptedFile, TooManyMembers, UnsupportedFile

MAX_MEMBERS = 1_000
MAX_INFLATED_BYTES = 200_000_000
MAX_RATIO = 100  # prose shrinks to a third, the emptiest office XML to a fiftieth
RATIO_FROM_BYTES = 5_000_000  # below it a ratio harms nobody
_ENTRY = b"PK\x01\x02"
_ENTRIES_PARSED = 20 * MAX_MEMBERS  # a record takes half a kilobyte of memory; stored office files have entries of their own
_ENCRYPTED = 0x1
_READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OUTSIDE = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Archive:
    """An opened archive whose directory passed every check that needs no unpacking; folders are left out of `members`."""

    file: zipfile.ZipFile
    members: tuple[zipfile.ZipInfo, ...]

    def read(self, member: zipfile.ZipInfo) -> bytes:
        """A member's bytes, never more than the directory declares.

        Raises:
            DamagedFile: If it cannot be unpacked to what is declared.
        """
        try:
            with self.file.open(member) as inner:
                data = inner.read(member.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
            raise DamagedFile(f"{PurePosixPath(member.filename).name} in it cannot be unpacked; pack it again") from error
        if len(data) < member.file_size:
            raise DamagedFile(f"{PurePosixPath(member.filename).name} in it is shorter than it declares; pack it again")
        return data


def opened(data: bytes) -> Archive:
    """The archive, its directory checked.

    Raises:
        DamagedFile: If the directory cannot be read, or a name leads outside the archive.
        TooManyMembers, ArchiveRatio, EncryptedFile: As they say.
        UnsupportedFile: If a member is packed by another method than deflate: others unpack without a tight bound.
    """
    if data.count(_ENTRY) > _ENTRIES_PARSED:
        raise TooManyMembers(f"it holds more than {MAX_MEMBERS:,} files; split it")
    file = _opened(data)
    members = tuple(member for member in file.infolist() if not member.is_dir())
    _check_size(members, len(data))
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise EncryptedFile("it opens with a password only; pack it without one")
        if member.compress_type not in _READ_METHODS:
            raise UnsupportedFile("its members are not packed by deflate; pack it as a common ZIP")
        if _OUTSIDE.search(path_of(member)):
            raise DamagedFile("a name in it leads outside the archive; pack it with plain relative names")
    return Archive(file, members)


def path_of(member: zipfile.ZipInfo) -> str:
    """A member's path, with slashes whoever packed it."""
    return member.filename.replace("\\", "/")


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise DamagedFile("its archive directory cannot be read; it may be cut short") from error


def _check_size(members: Sequence[zipfile.ZipInfo], packed: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise TooManyMembers(f"it holds more than {MAX_MEMBERS:,} files; split it")
    inflated = sum(member.file_size for member in members)
    if inflated > MAX_INFLATED_BYTES:
        raise ArchiveRatio(f"it would unpack to more than {MAX_INFLATED_BYTES:,} bytes; split it")
    if inflated > RATIO_FROM_BYTES and inflated > MAX_RATIO * packed:
        raise ArchiveRatio(f"it would unpack to more than {MAX_RATIO} times its size; that is no document")
    if any(member.file_size > RATIO_FROM_BYTES and member.file_size > MAX_RATIO * member.compress_size for member in members):
        raise ArchiveRatio(f"a file in it would unpack to more than {MAX_RATIO} times its size; that is no document")
