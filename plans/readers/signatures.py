"""What kind of file the first bytes and the name tell of. Pure: no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from accounts.archives import COMPOUND_SIGNATURE, shown
from plans.readers.refusals import DocumentCode, RefusedDocument

PAGE_EXTENSIONS = frozenset({".html", ".htm"})

_HEAD = 1024
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_OTHERS = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"PK\x05\x06", b"\x7fELF", b"SQLite format 3\0")
_WEB_ARCHIVE = re.compile(rb"(?:From: <Saved by|MIME-Version:)", re.IGNORECASE)
_PAGE = re.compile(rb"(?:<!doctype\s+html|<\?xml[^>]*>\s*<(?:!doctype\s+)?html|<html)\b", re.IGNORECASE)
_TAG = re.compile(rb"<[a-zA-Z!/]")
_MACRO_EXTENSIONS = frozenset({".docm", ".dotm"})
_SHEET_EXTENSIONS = frozenset({".xls", ".xlsx", ".xlsm", ".et"})


def extension_of(name: str) -> str:
    """The ending of the file's name in lower case, with its dot; empty if there is none."""
    return PurePath(name.strip()).suffix.lower()


def shown_ending(name: str) -> str:
    """The ending of a name for a message: the extension, or the last characters of a name without one."""
    return shown(extension_of(name) or name.strip()[-20:])


def refuse_other_kinds(data: bytes, extension: str) -> None:
    """Return if the bytes may be a .docx, a page or a text; raise RefusedDocument with the kind if not."""
    if data.startswith(COMPOUND_SIGNATURE):
        raise RefusedDocument(_code_of_compound_file(data, extension))
    if b"%PDF-" in data[:_HEAD]:
        raise RefusedDocument(DocumentCode.FIXED_PAGES, kind="PDF")
    if data.startswith(_PICTURES) or _is_bitmap_or_web_picture(data):
        raise RefusedDocument(DocumentCode.PICTURE)
    if data.startswith(b"{\\rtf"):
        raise RefusedDocument(DocumentCode.RICH_TEXT)
    if _WEB_ARCHIVE.match(data):
        raise RefusedDocument(DocumentCode.WEB_ARCHIVE)
    if data.startswith(_OTHERS):
        raise RefusedDocument(DocumentCode.OTHER_KIND)


def refuse_other_archives(types: Iterable[tuple[str, str]], names: Iterable[str], extension: str) -> None:
    """Raise the refusal for a zip that holds no .docx, by its content types and the names of its parts."""
    if any("spreadsheetml" in kind for _part, kind in types) or extension in _SHEET_EXTENSIONS:
        raise RefusedDocument(DocumentCode.SPREADSHEET)
    if extension in _MACRO_EXTENSIONS:
        raise RefusedDocument(DocumentCode.MACROS)
    if extension == ".ofd" or any(name.casefold() == "ofd.xml" for name in names):
        raise RefusedDocument(DocumentCode.FIXED_PAGES, kind="OFD")
    raise RefusedDocument(DocumentCode.OTHER_KIND)


def looks_like_page(data: bytes) -> bool:
    """Whether the bytes begin as a web page does, in UTF-16 too."""
    head = data[:_HEAD].translate(None, b"\0").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return bool(_PAGE.match(head))


def has_tags(data: bytes) -> bool:
    """Whether there is a tag at all, in UTF-16 too."""
    return bool(_TAG.search(data.translate(None, b"\0")))


def _code_of_compound_file(data: bytes, extension: str) -> DocumentCode:
    """Old documents, old workbooks and encrypted new documents differ in the names of their streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return DocumentCode.ENCRYPTED
    if "WordDocument".encode("utf-16-le") in data:
        return DocumentCode.OLD_FORMAT
    if "Workbook".encode("utf-16-le") in data or extension in _SHEET_EXTENSIONS:
        return DocumentCode.SPREADSHEET
    if "PowerPoint Document".encode("utf-16-le") in data:
        return DocumentCode.OTHER_KIND
    return DocumentCode.OLD_FORMAT


def _is_bitmap_or_web_picture(data: bytes) -> bool:
    is_bitmap = data.startswith(b"BM") and data[6:10] == bytes(4)
    return is_bitmap or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
