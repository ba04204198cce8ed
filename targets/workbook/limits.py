"""How large a workbook may be inside: asked before openpyxl opens it, after `file_checks`. Pure: no Django.

openpyxl turns each element into an object, so elements are counted first, with a parser that keeps nothing; a
sheet of 10,000 rows is refused after its 2,000th. Merged cells are found on the way: openpyxl would fill a
merged range cell by cell, however large it says it is.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from targets.upload_problems import Problem, UploadCode

MAX_ROWS = 2000
MAX_CELLS = 100_000
MAX_ELEMENTS = 300_000
MAX_MERGES = 200  # more are not listed: the first ones tell
CHUNK = 64 * 1024
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


class WorkbookRefused(Exception):
    """The workbook as a whole cannot be read; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = list(problems)


@dataclass
class SheetFacts:
    """What was counted in one sheet."""

    name: str
    rows: int = 0
    cells: int = 0
    merges: list[str] = field(default_factory=list)


def inspect_workbook(path: Path) -> dict[str, SheetFacts]:
    """Rows, cells and merged ranges of each sheet by its name.

    Raises WorkbookRefused for too many of them, and for a file whose parts cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = _sheet_names(archive)
            facts = [
                _count(archive, part, names.get(part, ""))
                for part in archive.namelist()
                if part in names or part.endswith((".xml", ".rels"))
            ]
    except BROKEN as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error
    return {fact.name: fact for fact in facts if fact.name}


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
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
            key = next((value for name, value in attributes.items() if _local(name) == "id"), "")
            sheets[key] = attributes.get("name", "")

    _parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"), relation)
    _parse(archive, main, sheet)
    return {targets[key]: name for key, name in sheets.items() if key in targets}


def _main_part(archive: zipfile.ZipFile) -> str:
    """The workbook part, which `_rels/.rels` names."""
    found: list[str] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", "").lstrip("/"))

    _parse(archive, "_rels/.rels", relation)
    return found[0] if found else "xl/workbook.xml"


def _count(archive: zipfile.ZipFile, part: str, sheet: str) -> SheetFacts:
    facts = SheetFacts(sheet)

    def element(tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            facts.rows += 1
        elif tag == "c":
            facts.cells += 1
        elif tag == "mergeCell" and len(facts.merges) < MAX_MERGES:
            facts.merges.append(attributes.get("ref", ""))
        if sheet and (facts.rows > MAX_ROWS or facts.cells > MAX_CELLS):
            code = UploadCode.TOO_MANY_ROWS if facts.rows > MAX_ROWS else UploadCode.TOO_MANY_CELLS
            limit = MAX_ROWS if code == UploadCode.TOO_MANY_ROWS else MAX_CELLS
            raise WorkbookRefused(Problem(code, sheet=sheet, values={"limit": f"{limit:,}"}))

    _parse(archive, part, element)
    return facts


def _parse(archive: zipfile.ZipFile, part: str, element: Callable[[str, dict[str, str]], None]) -> None:
    """Tell each element's local name and attributes; raises WorkbookRefused for too many of them."""
    count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS:
            values = {"part": part[-80:], "limit": f"{MAX_ELEMENTS:,}"}
            raise WorkbookRefused(Problem(UploadCode.PART_TOO_BIG, values=values))
        element(_local(tag), attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with archive.open(part) as source:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
