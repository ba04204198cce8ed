"""Reading XML as a stream of elements, so that memory grows with the text and not with the mark-up.

Pure: no Django. The archive's checks have refused document types already; they are refused here again,
because this is where they would do harm. Names come in a short form: `w:p` for both namespaces of
WordprocessingML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol
from xml.parsers import expat

from plans.readers.refusals import DocumentCode, RefusedDocument

MAX_ELEMENTS = 500_000  # a plan of two hundred pages, each run with its look, has less than a third
MAX_DEPTH = 2_000

_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w:",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}


class Reader(Protocol):
    """What wants to hear of elements. `path` are the names of the open elements, the outermost first."""

    path: list[str]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; it is not in the path yet."""

    def end(self, name: str) -> None:
        """An element ends; it is no longer in the path."""

    def text(self, data: str) -> None:
        """Characters inside the innermost element of the path."""


def read_xml(xml: bytes, reader: Reader, part: str) -> None:
    """Tell the reader of every element. Raises RefusedDocument: DAMAGED, DOCUMENT_TYPE or TOO_COMPLEX."""
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS or len(reader.path) >= MAX_DEPTH:
            raise RefusedDocument(DocumentCode.TOO_COMPLEX, limit=f"{MAX_ELEMENTS:,}")
        short = _short(name)
        reader.start(short, {_short(key): value for key, value in attributes.items()})
        reader.path.append(short)

    def end(_name: str) -> None:
        reader.end(reader.path.pop())

    def refuse(*_declared: object) -> NoReturn:
        raise RefusedDocument(DocumentCode.DOCUMENT_TYPE, part=part)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except RefusedDocument:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise RefusedDocument(DocumentCode.DAMAGED) from error


def integer(value: str | None) -> int | None:
    """A whole number of an attribute; None for anything else, and for what no list counts to."""
    digits = (value or "").removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        return None
    return int(value or "")


def is_on(attributes: Mapping[str, str]) -> bool:
    """The value of a property that is on where its element stands without a value."""
    return attributes.get("w:val", "1").lower() not in {"0", "false", "off"}


def _short(name: str) -> str:
    namespace, _blank, local = name.rpartition(" ")
    return _PREFIXES.get(namespace, "?" if namespace else "") + local
