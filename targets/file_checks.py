"""Whether an uploaded file is a workbook that may be opened, asked before any library opens it.

Pure: no Django. Source of the rules: security items A-08 and A-09. A small file can unpack to gigabytes, and
what a zip's directory says of its parts can be a lie. So the directory is judged first; then every part is
really unpacked, 64 KB at a time, and must be exactly what the directory says. Nothing is held in memory as a
whole, except the list of content types.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from os import PathLike
from pathlib import Path, PurePath
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

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OTHER_SIGNATURES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
)
_MACRO_EXTENSIONS = frozenset({".xlsm", ".xltm", ".xlam"})
_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
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


def gettext_noop(message: str) -> str:
    """Mark an English message for the catalogues; whoever shows it translates and formats it."""
    return message


class RefusalCode(StrEnum):
    """Why a file is not opened."""

    EMPTY = "EMPTY"
    TOO_BIG = "TOO_BIG"
    OLD_FORMAT = "OLD_FORMAT"
    ENCRYPTED = "ENCRYPTED"
    MACROS = "MACROS"
    TEXT_FILE = "TEXT_FILE"
    NOT_A_WORKBOOK = "NOT_A_WORKBOOK"
    WRONG_EXTENSION = "WRONG_EXTENSION"
    DAMAGED = "DAMAGED"
    TOO_MANY_PARTS = "TOO_MANY_PARTS"
    UNPACKED_TOO_BIG = "UNPACKED_TOO_BIG"
    PACKED_TOO_TIGHTLY = "PACKED_TOO_TIGHTLY"
    SIZES_DIFFER = "SIZES_DIFFER"
    UNSAFE_NAME = "UNSAFE_NAME"
    DUPLICATE_NAME = "DUPLICATE_NAME"
    DOCUMENT_TYPE = "DOCUMENT_TYPE"


MESSAGES: dict[RefusalCode, str] = {
    RefusalCode.EMPTY: gettext_noop("The file is empty: choose the workbook again and upload it."),
    RefusalCode.TOO_BIG: gettext_noop(
        "The file has %(megabytes)s MB, more than the %(limit)s MB allowed: "
        "remove pictures and unneeded sheets, or split it."
    ),
    RefusalCode.OLD_FORMAT: gettext_noop(
        "The file is in an old format (.xls or .et): "
        "open it in Excel or WPS, save it as .xlsx and upload that."
    ),
    RefusalCode.ENCRYPTED: gettext_noop(
        "The file is protected by a password: "
        "remove the password in Excel or WPS, save it and upload it again."
    ),
    RefusalCode.MACROS: gettext_noop(
        "The workbook contains macros: save it as .xlsx without macros and upload that."
    ),
    RefusalCode.TEXT_FILE: gettext_noop(
        "The file holds text (such as CSV or a web page), not a workbook: open it in Excel or WPS, "
        "save it as .xlsx and upload that; renaming it is not enough."
    ),
    RefusalCode.NOT_A_WORKBOOK: gettext_noop(
        "The file is not an Excel workbook, whatever its name says: "
        "choose the .xlsx file, or save as .xlsx first."
    ),
    RefusalCode.WRONG_EXTENSION: gettext_noop(
        "The name ends in “%(extension)s”, but only .xlsx is accepted: "
        "save the workbook as .xlsx and upload that."
    ),
    RefusalCode.DAMAGED: gettext_noop(
        "The file is damaged or was not uploaded completely: "
        "open it in Excel or WPS, save it as a new .xlsx file and upload that."
    ),
    RefusalCode.TOO_MANY_PARTS: gettext_noop(
        "The workbook consists of more than %(limit)s parts: "
        "copy the table into a new workbook and upload that."
    ),
    RefusalCode.UNPACKED_TOO_BIG: gettext_noop(
        "Unpacked, the workbook is larger than %(limit)s MB: "
        "copy the table alone into a new workbook and upload that."
    ),
    RefusalCode.PACKED_TOO_TIGHTLY: gettext_noop(
        "The part “%(part)s” unpacks to more than %(limit)s times its size: "
        "copy the table alone into a new workbook and upload that."
    ),
    RefusalCode.SIZES_DIFFER: gettext_noop(
        "The part “%(part)s” is not as large as the file says: "
        "open the file in Excel or WPS, save it as a new .xlsx file and upload that."
    ),
    RefusalCode.UNSAFE_NAME: gettext_noop(
        "The part “%(part)s” has a name that points outside the file: copy the table into a new workbook and "
        "upload that."
    ),
    RefusalCode.DUPLICATE_NAME: gettext_noop(
        "The part “%(part)s” occurs twice in the file: copy the table into a new workbook and upload that."
    ),
    RefusalCode.DOCUMENT_TYPE: gettext_noop(
        "The part “%(part)s” declares a document type, entities or an unusual encoding, "
        "which are not allowed: copy the table into a new workbook and upload that."
    ),
}


class RefusedFile(Exception):
    """A file that is not opened: `code` and the named values of its message."""

    def __init__(self, code: RefusalCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


def check_workbook_file(source: str | PathLike[str] | BinaryIO, original_name: str, size: int) -> None:
    """Return if the file may be opened as a workbook; raise RefusedFile, and nothing else, if not.

    `size` is what the upload declares, in bytes; the real size counts too. A file object is left at its
    beginning. Source: security items A-08 and A-09.
    """
    with _opened(source) as file:
        length = _check_size(file, size)
        _check_signature(file, original_name.strip())
        entries = _read_directory(file)
        _check_directory(entries, length)
        for entry in entries:
            _check_part(file, entry)
        _check_content_types(file, entries)


@contextmanager
def _opened(source: str | PathLike[str] | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, (str, PathLike)):
        with Path(source).open("rb") as file:
            yield file
        return
    try:
        source.seek(0)
        yield source
    finally:
        source.seek(0)


def _check_size(file: BinaryIO, size: int) -> int:
    """The real length in bytes."""
    file.seek(0, 2)
    length = file.tell()
    if not length or not size:
        raise RefusedFile(RefusalCode.EMPTY)
    largest = max(length, size)
    if largest > MAX_FILE:
        megabytes = f"{largest / MEGABYTE:.1f}"
        raise RefusedFile(RefusalCode.TOO_BIG, megabytes=megabytes, limit=str(MAX_FILE // MEGABYTE))
    return length


def _check_signature(file: BinaryIO, name: str) -> None:
    """The first bytes and the extension of the name must both say .xlsx."""
    extension = PurePath(name).suffix.lower()
    file.seek(0)
    head = file.read(4096)
    if head.startswith(_CFB):
        raise RefusedFile(_code_of_compound_file(file, extension))
    if not head.startswith(_ZIP):
        if _ZIP.startswith(head[: len(_ZIP)]):
            raise RefusedFile(RefusalCode.DAMAGED)
        raise RefusedFile(RefusalCode.TEXT_FILE if _is_text(head) else RefusalCode.NOT_A_WORKBOOK)
    if extension in _MACRO_EXTENSIONS:
        raise RefusedFile(RefusalCode.MACROS)
    if extension != ".xlsx":
        raise RefusedFile(RefusalCode.WRONG_EXTENSION, extension=_shown(extension or name[-20:]))


def _code_of_compound_file(file: BinaryIO, extension: str) -> RefusalCode:
    """An encrypted workbook and an old one are both compound files; the names of their streams differ."""
    if _contains(file, "EncryptedPackage".encode("utf-16-le")):
        return RefusalCode.ENCRYPTED
    if extension in {".xls", ".xlt", ".et"} or _contains(file, "Workbook".encode("utf-16-le")):
        return RefusalCode.OLD_FORMAT
    return RefusalCode.ENCRYPTED if extension == ".xlsx" else RefusalCode.NOT_A_WORKBOOK


def _contains(file: BinaryIO, needle: bytes) -> bool:
    file.seek(0)
    window = b""
    while chunk := file.read(CHUNK):
        window = window[-len(needle) :] + chunk
        if needle in window:
            return True
    return False


def _is_text(head: bytes) -> bool:
    """Whether people would call it text: CSV in UTF-8, GB 18030 or UTF-16, HTML that is named .xls."""
    if head.startswith(_OTHER_SIGNATURES):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 0x20 and byte not in b"\t\r\n\f" for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return True
    return False


class _DirectoryFile:
    """The file as zipfile sees it while it reads the directory: no large read, no seek before the start."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY:
            raise RefusedFile(RefusalCode.TOO_MANY_PARTS, limit=str(MAX_ENTRIES))
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 0 and offset < 0:
            raise RefusedFile(RefusalCode.DAMAGED)
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
        raise RefusedFile(RefusalCode.DAMAGED) from error


def _check_directory(entries: list[zipfile.ZipInfo], length: int) -> None:
    """Everything that the directory alone tells; `length` is the file's, and no two parts may share bytes."""
    if all(entry.orig_filename != _CONTENT_TYPES for entry in entries):
        raise RefusedFile(RefusalCode.NOT_A_WORKBOOK)
    if len(entries) > MAX_ENTRIES:
        raise RefusedFile(RefusalCode.TOO_MANY_PARTS, limit=str(MAX_ENTRIES))
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.orig_filename, seen)
        _check_entry(entry)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise RefusedFile(RefusalCode.UNPACKED_TOO_BIG, limit=str(MAX_UNPACKED // MEGABYTE))
    outside = any(not 0 <= entry.header_offset < length for entry in entries)
    if outside or sum(entry.compress_size for entry in entries) > length:
        raise RefusedFile(RefusalCode.DAMAGED)


def _check_name(name: str, seen: set[str]) -> None:
    """Part names are compared without case, as the standard of the format says."""
    outside = ".." in name.split("/") or re.match(r"/|[A-Za-z]:", name) or "\\" in name
    if outside or not name or not name.isprintable():
        raise RefusedFile(RefusalCode.UNSAFE_NAME, part=_shown(name))
    if name.casefold() in seen:
        raise RefusedFile(RefusalCode.DUPLICATE_NAME, part=_shown(name))
    seen.add(name.casefold())
    if name.casefold().endswith("vbaproject.bin"):
        raise RefusedFile(RefusalCode.MACROS)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise RefusedFile(RefusalCode.ENCRYPTED)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedFile(RefusalCode.DAMAGED)
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
        raise RefusedFile(
            RefusalCode.PACKED_TOO_TIGHTLY, part=_shown(entry.orig_filename), limit=str(MAX_RATIO)
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
        raise RefusedFile(RefusalCode.SIZES_DIFFER, part=_shown(entry.orig_filename))
    if checksum != entry.CRC:
        raise RefusedFile(RefusalCode.DAMAGED)
    guard.close()


def _unpacked(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, at most 64 KB at a time. Raises RefusedFile where the stream is broken."""
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
            raise RefusedFile(RefusalCode.DAMAGED) from error
        if not (data or chunk or inflater.eof):  # the stream goes on, the file does not
            raise RefusedFile(RefusalCode.DAMAGED)
        yield chunk
    if left or inflater.unused_data:
        raise RefusedFile(RefusalCode.DAMAGED)


def _seek_to_data(file: BinaryIO, entry: zipfile.ZipInfo) -> None:
    """Go to the part's first byte, behind a local header that names the same part as the directory."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise RefusedFile(RefusalCode.DAMAGED)
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    encoding = "utf-8" if entry.flag_bits & _UTF8_FLAG else "cp437"
    name = file.read(name_length).decode(encoding, "replace")
    if signature != _ZIP or name != entry.orig_filename:
        raise RefusedFile(RefusalCode.DAMAGED)
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
        """Look at the next piece. Raises RefusedFile."""
        if self._is_xml is False:
            return
        self._window += chunk
        if len(self._window) >= self.HEAD or self._is_xml:
            self._look()

    def close(self) -> None:
        """Look at a part that was shorter than a head. Raises RefusedFile."""
        if self._is_xml is None:
            self._look()

    def _look(self) -> None:
        text = self._window.translate(None, b"\0")
        if self._is_xml is None:
            start = text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
            self._is_xml = not start or start.startswith(b"<")
            if self._is_xml and not _has_usual_encoding(start[: self.HEAD]):
                raise RefusedFile(RefusalCode.DOCUMENT_TYPE, part=_shown(self._part))
        if self._is_xml and re.search(rb"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
            raise RefusedFile(RefusalCode.DOCUMENT_TYPE, part=_shown(self._part))
        self._window = self._window[-self.OVERLAP :]


def _has_usual_encoding(start: bytes) -> bool:
    """Whether an XML text declares an encoding in which `<!DOCTYPE` is written as in ASCII."""
    if not start.startswith(b"<?xml"):
        return True
    declaration, end, _ = start.partition(b"?>")
    match = re.search(rb"""encoding\s*=\s*["']([^"']*)""", declaration)
    return bool(end) and (match is None or match[1].lower() in {b"utf-8", b"utf8", b"utf-16", b"us-ascii"})


def _check_content_types(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    """The list of content types must name a workbook without macros, and the workbook must be there."""
    entry = next(entry for entry in entries if entry.orig_filename == _CONTENT_TYPES)
    if entry.file_size > MAX_CONTENT_TYPES:
        raise RefusedFile(RefusalCode.NOT_A_WORKBOOK)
    types = _content_types(b"".join(_unpacked(file, entry)))
    if any(word in kind.casefold() for _, kind in types for word in _MACRO_TYPES):
        raise RefusedFile(RefusalCode.MACROS)
    names = {entry.orig_filename.casefold() for entry in entries}
    mains = [part for part, kind in types if kind == _WORKBOOK_TYPE]
    if not mains or any(part and part.lstrip("/").casefold() not in names for part in mains):
        raise RefusedFile(RefusalCode.NOT_A_WORKBOOK)


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
        raise RefusedFile(RefusalCode.DAMAGED) from error
    return types


def _shown(name: str) -> str:
    """A name from the file, fit for a message."""
    return "".join(character if character.isprintable() else "?" for character in name[:80])
