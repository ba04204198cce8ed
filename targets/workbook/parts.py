"""The parts of a workbook as XML, told element by element to a parser that keeps nothing. Pure: no Django."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS

CHUNK = 64 * 1024
Element = Callable[[str, dict[str, str]], None]
BROKEN = (
    zipfile.BadZipFile,
    expat.ExpatError,
    SyntaxError,  # ElementTree's ParseError is one
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,  # defusedxml's refusals are such
)


def parse(archive: zipfile.ZipFile, part: str, element: Element) -> None:
    """Tell the local name and the attributes of each element of a part. Raises what `BROKEN` lists."""
    feed(archive, part, parser_for(element))


def parser_for(element: Element) -> expat.XMLParserType:
    """A parser that tells the local name and the attributes of each element."""
    names: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = names.get(tag)
        if name is None:
            name = names[tag] = tag.rpartition(":")[2]
        element(name, attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    return parser


def feed(archive: zipfile.ZipFile, part: str, parser: expat.XMLParserType) -> None:
    """The whole part through the parser."""
    with archive.open(part) as source:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part name → sheet name, as the workbook lists them."""
    main = _main_part(archive)
    folder, name = posixpath.split(main)
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            sheets[key] = attributes.get("name", "")

    parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"), relation)
    parse(archive, main, sheet)
    return {targets[key]: name for key, name in sheets.items() if key in targets}


def number_formats(archive: zipfile.ZipFile) -> list[str]:
    """The number format of each style that cells name by its place; "" where it is not known."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside = False

    def element(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "xf":
            if inside:
                styles.append(int(attributes.get("numFmtId", "0")))
        elif tag == "numFmt":
            own[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag not in {"alignment", "protection"}:
            inside = tag == "cellXfs"

    parse(archive, "xl/styles.xml", element)
    return [own.get(number, BUILTIN_FORMATS.get(number, "")) for number in styles]


def _main_part(archive: zipfile.ZipFile) -> str:
    """The workbook part, which `_rels/.rels` names."""
    found: list[str] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", "").lstrip("/"))

    parse(archive, "_rels/.rels", relation)
    return found[0] if found else "xl/workbook.xml"
