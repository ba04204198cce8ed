"""An uploaded zip of Office parts (.xlsx, .docx), checked before any library opens it.

Pure: no Django. Source of the rules: security items A-08 and A-09. A small file can unpack to gigabytes, and
what a zip's directory says of its parts can be a lie. So the directory is judged first; then every part is
really unpacked, 64 KB at a time, and must be exactly what the directory says. Nothing is held in memory as a
whole, except the list of content types. What kind of document it has to be, and how a refusal is worded, is
the caller's business.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, BinaryIO, cast
from xml.parsers import expat

MEGABYTE = 1024 * 1024
MAX_FILE = 10 * MEGABYTE
MAX_UNPACKED = 60 * MEGABYTE
MAX_ENTRIES = 2000
MAX_RATIO = 200
RATIO_FROM = MEGABYTE  # smaller parts may be packed as tightly as they like
MAX_DIRECTORY = MEGABYTE  # 2,000 entries with names of 400 bytes need less
MAX_CONTENT_TYPES = MEGABYTE
CHUNK = 64 * 1024

ZIP_SIGNATURE = b"PK\x03\x04"
COMPOUND_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and encrypted new ones

_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
_CONTENT_TYPES = "[Content_Types].xml"
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED_FLAG = 0x1
_UTF8_FLAG = 0x800
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    NotImplementedError,  # a zip of a later version
    ValueError,  # a name that is not UTF-8
    EOFError,  # these last four: not seen, but what zipfile raises differs between Python's versions
    OverflowError,
    KeyError,
    struct.error,
)


class ArchiveCode(StrEnum):
    """Why an archive is not opened. The callers' own codes have the same names."""

    NOT_OFFICE = "NOT_OFFICE"
    ENCRYPTED = "ENCRYPTED"
    MACROS = "MACROS"
    DAMAGED = "DAMAGED"
    TOO_MANY_PARTS = "TOO_MANY_PARTS"
    UNPACKED_TOO_BIG = "UNPACKED_TOO_BIG"
    PACKED_TOO_TIGHTLY = "PACKED_TOO_TIGHTLY"
    SIZES_DIFFER = "SIZES_DIFFER"
    UNSAFE_NAME = "UNSAFE_NAME"
    DUPLICATE_NAME = "DUPLICATE_NAME"
    DOCUMENT_TYPE = "DOCUMENT_TYPE"


class RefusedArchive(Exception):
    """An archive that is not opened: `code` and the named values of its message.

    No ValueError: reading a directory catches those.
    """

    def __init__(self, code: ArchiveCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Archive:
    """An archive that has passed every check; `types` are part names and content types, in the file's order.

    A part name is empty for the default of an extension.
    """

    file: BinaryIO
    entries: list[zipfile.ZipInfo]
    types: list[tuple[str, str]]

    def has_main(self, content_type: str) -> bool:
        """Whether a part of this type is declared, and every part declared so is there."""
        names = {entry.orig_filename.casefold() for entry in self.entries}
        mains = [part for part, kind in self.types if kind == content_type]
        return bool(mains) and all(not part or _entry_name(part) in names for part in mains)

    def first_part(self, content_type: str) -> bytes | None:
        """The bytes of the first part declared to be of this type; None if there is none.

        Raises RefusedArchive if the file has changed since it was checked.
        """
        entries = {entry.orig_filename.casefold(): entry for entry in self.entries}
        for part, kind in self.types:
            if kind == content_type and _entry_name(part) in entries:
                return b"".join(_unpacked(self.file, entries[_entry_name(part)]))
        return None


def checked_archive(file: BinaryIO, length: int) -> Archive:
    """The archive, if it may be opened; `length` is the file's in bytes. Raises RefusedArchive.

    Source: security items A-08 and A-09.
    """
    entries = _read_directory(file)
    _check_directory(entries, length)
    for entry in entries:
        _check_part(file, entry)
    return Archive(file, entries, _read_content_types(file, entries))


def shown(name: str) -> str:
    """A name from the file, fit for a message."""
    return "".join(character if character.isprintable() else "?" for character in name[:80])


def _entry_name(part: str) -> str:
    """How the directory writes the name of a part, without case."""
    return part.lstrip("/").casefold()


class _DirectoryFile:
    """The file as zipfile sees it while it reads the directory: no large read, no seek before the start."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY:
            raise RefusedArchive(ArchiveCode.TOO_MANY_PARTS, limit=str(MAX_ENTRIES))
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 0 and offset < 0:
            raise RefusedArchive(ArchiveCode.DAMAGED)
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _read_directory(file: BinaryIO) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(cast(IO[bytes], _DirectoryFile(file))) as archive:
            return archive.infolist()
    except _ZIP_ERRORS as error:
        raise RefusedArchive(ArchiveCode.DAMAGED) from error


def _check_directory(entries: list[zipfile.ZipInfo], length: int) -> None:
    """Everything that the directory alone tells; `length` is the file's, and no two parts may share bytes."""
    if all(entry.orig_filename != _CONTENT_TYPES for entry in entries):
        raise RefusedArchive(ArchiveCode.NOT_OFFICE)
    if len(entries) > MAX_ENTRIES:
        raise RefusedArchive(ArchiveCode.TOO_MANY_PARTS, limit=str(MAX_ENTRIES))
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.orig_filename, seen)
        _check_entry(entry)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise RefusedArchive(ArchiveCode.UNPACKED_TOO_BIG, limit=str(MAX_UNPACKED // MEGABYTE))
    outside = any(not 0 <= entry.header_offset < length for entry in entries)
    if outside or sum(entry.compress_size for entry in entries) > length:
        raise RefusedArchive(ArchiveCode.DAMAGED)


def _check_name(name: str, seen: set[str]) -> None:
    """Part names are compared without case, as the standard of the format says."""
    outside = ".." in name.split("/") or re.match(r"/|[A-Za-z]:", name) or "\\" in name
    if outside or not name or not name.isprintable():
        raise RefusedArchive(ArchiveCode.UNSAFE_NAME, part=shown(name))
    if name.casefold() in seen:
        raise RefusedArchive(ArchiveCode.DUPLICATE_NAME, part=shown(name))
    seen.add(name.casefold())
    if name.casefold().endswith("vbaproject.bin"):
        raise RefusedArchive(ArchiveCode.MACROS)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise RefusedArchive(ArchiveCode.ENCRYPTED)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedArchive(ArchiveCode.DAMAGED)
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
        raise RefusedArchive(
            ArchiveCode.PACKED_TOO_TIGHTLY, part=shown(entry.orig_filename), limit=str(MAX_RATIO)
        )


def _check_part(file: BinaryIO, entry: zipfile.ZipInfo) -> None:
    """Unpack one part piece by piece: it must be what the directory says, and declare no document type."""
    size = checksum = 0
    guard = _XmlGuard(entry.orig_filename)
    for chunk in _unpacked(file, entry):
        size += len(chunk)
        if size > entry.file_size:
            break
        checksum = zlib.crc32(chunk, checksum)
        guard.feed(chunk)
    if size != entry.file_size:
        raise RefusedArchive(ArchiveCode.SIZES_DIFFER, part=shown(entry.orig_filename))
    if checksum != entry.CRC:
        raise RefusedArchive(ArchiveCode.DAMAGED)
    guard.close()


def _unpacked(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, at most 64 KB at a time. Raises RefusedArchive where the stream is broken."""
    _seek_to_data(file, entry)
    left = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        while left and (stored := file.read(min(CHUNK, left))):
            left -= len(stored)
            yield stored
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while not inflater.eof:
        data = inflater.unconsumed_tail or file.read(min(CHUNK, left))
        left -= 0 if inflater.unconsumed_tail else len(data)
        try:
            chunk = inflater.decompress(data, CHUNK)
        except zlib.error as error:
            raise RefusedArchive(ArchiveCode.DAMAGED) from error
        if not (data or chunk or inflater.eof):  # the stream goes on, the file does not
            raise RefusedArchive(ArchiveCode.DAMAGED)
        yield chunk
    if left or inflater.unused_data:
        raise RefusedArchive(ArchiveCode.DAMAGED)


def _seek_to_data(file: BinaryIO, entry: zipfile.ZipInfo) -> None:
    """Go to the part's first byte, behind a local header that names the same part as the directory."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise RefusedArchive(ArchiveCode.DAMAGED)
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    encoding = "utf-8" if entry.flag_bits & _UTF8_FLAG else "cp437"
    name = file.read(name_length).decode(encoding, "replace")
    if signature != ZIP_SIGNATURE or name != entry.orig_filename:
        raise RefusedArchive(ArchiveCode.DAMAGED)
    file.seek(extra_length, 1)


class _XmlGuard:
    """Looks for document types and entities in one part, however it is cut into pieces.

    Everything that begins with `<` is XML, whatever its name. Dropping the zero bytes makes one search do for
    UTF-8, UTF-16 and UTF-32; other encodings are refused, because the words could hide in them.
    """

    HEAD = 1024
    OVERLAP = 64  # longer than either word in UTF-32

    def __init__(self, part: str) -> None:
        self._part = part
        self._window = b""
        self._is_xml: bool | None = None

    def feed(self, chunk: bytes) -> None:
        """Look at the next piece. Raises RefusedArchive."""
        if self._is_xml is False:
            return
        self._window += chunk
        if len(self._window) >= self.HEAD or self._is_xml:
            self._look()

    def close(self) -> None:
        """Look at a part that was shorter than a head. Raises RefusedArchive."""
        if self._is_xml is None:
            self._look()

    def _look(self) -> None:
        text = self._window.translate(None, b"\0")
        if self._is_xml is None:
            start = text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
            self._is_xml = not start or start.startswith(b"<")
            if self._is_xml and not _has_usual_encoding(start[: self.HEAD]):
                raise RefusedArchive(ArchiveCode.DOCUMENT_TYPE, part=shown(self._part))
        if self._is_xml and re.search(rb"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
            raise RefusedArchive(ArchiveCode.DOCUMENT_TYPE, part=shown(self._part))
        self._window = self._window[-self.OVERLAP :]


def _has_usual_encoding(start: bytes) -> bool:
    """Whether an XML text declares an encoding in which `<!DOCTYPE` is written as in ASCII."""
    if not start.startswith(b"<?xml"):
        return True
    declaration, end, _ = start.partition(b"?>")
    match = re.search(rb"""encoding\s*=\s*["']([^"']*)""", declaration)
    return bool(end) and (match is None or match[1].lower() in {b"utf-8", b"utf8", b"utf-16", b"us-ascii"})


def _read_content_types(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> list[tuple[str, str]]:
    """The list of content types, which may name no macros."""
    entry = next(entry for entry in entries if entry.orig_filename == _CONTENT_TYPES)
    if entry.file_size > MAX_CONTENT_TYPES:
        raise RefusedArchive(ArchiveCode.NOT_OFFICE)
    types = _content_types(b"".join(_unpacked(file, entry)))
    if any(word in kind.casefold() for _, kind in types for word in _MACRO_TYPES):
        raise RefusedArchive(ArchiveCode.MACROS)
    return types


def _content_types(xml: bytes) -> list[tuple[str, str]]:
    """Part name (empty for a default of an extension) and content type of every line of the list."""
    types: list[tuple[str, str]] = []

    def element(_name: str, attributes: dict[str, str]) -> None:
        if "ContentType" in attributes:
            types.append((attributes.get("PartName", ""), attributes["ContentType"]))

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise RefusedArchive(ArchiveCode.DAMAGED) from error
    return types
