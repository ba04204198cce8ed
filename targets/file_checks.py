"""Whether an uploaded file is a workbook that may be opened, asked before any library opens it.

Pure: no Django. Source of the rules: security items A-08 and A-09. Size, signature and name are judged here;
what holds for every zip of Office parts is judged in `accounts.archives`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from os import PathLike
from pathlib import Path, PurePath
from typing import BinaryIO

from accounts.archives import (
    CHUNK,
    COMPOUND_SIGNATURE,
    MAX_FILE,
    MEGABYTE,
    ZIP_SIGNATURE,
    ArchiveCode,
    RefusedArchive,
    checked_archive,
    shown,
)
from accounts.text import gettext_noop

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
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


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
        try:
            archive = checked_archive(file, length)
        except RefusedArchive as refused:
            raise RefusedFile(_code_of(refused.code), **refused.values) from refused
        if not archive.has_main(_WORKBOOK_TYPE):
            raise RefusedFile(RefusalCode.NOT_A_WORKBOOK)


def _code_of(code: ArchiveCode) -> RefusalCode:
    """The workbook's code of the same name."""
    return RefusalCode.NOT_A_WORKBOOK if code is ArchiveCode.NOT_OFFICE else RefusalCode(code.value)


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
    if head.startswith(COMPOUND_SIGNATURE):
        raise RefusedFile(_code_of_compound_file(file, extension))
    if not head.startswith(ZIP_SIGNATURE):
        if ZIP_SIGNATURE.startswith(head[: len(ZIP_SIGNATURE)]):
            raise RefusedFile(RefusalCode.DAMAGED)
        raise RefusedFile(RefusalCode.TEXT_FILE if is_text(head) else RefusalCode.NOT_A_WORKBOOK)
    if extension in _MACRO_EXTENSIONS:
        raise RefusedFile(RefusalCode.MACROS)
    if extension != ".xlsx":
        raise RefusedFile(RefusalCode.WRONG_EXTENSION, extension=shown(extension or name[-20:]))


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


def is_text(head: bytes) -> bool:
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
