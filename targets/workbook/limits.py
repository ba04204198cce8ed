"""How large a workbook may be inside, and what its cells are beside their values: asked after `file_checks`.

Pure: no Django. Elements are counted by a parser that keeps nothing, before a library makes objects of them:
calamine fills the whole rectangle up to a sheet's last filled cell, openpyxl a merged range cell by cell,
however large. What calamine does not tell is noted on the way: formulas, errors, percentages, merged ranges.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from string import digits
from xml.parsers import expat

from openpyxl.utils import column_index_from_string, get_column_letter

from targets.entry_text import is_percent_format
from targets.upload_problems import Problem, UploadCode
from targets.workbook.parts import BROKEN, feed, number_formats, parser_for, sheet_names

MAX_ROWS = 20_000
MAX_MERGES = 200  # more are not listed: the first ones tell
Place = tuple[int, str]  # row and column letters


@dataclass(frozen=True)
class Limits:
    """How much of a workbook is taken."""

    rows: int
    cells: int  # in the file, and in the rectangle that holds the filled ones
    elements: int  # of one part


READING = Limits(rows=MAX_ROWS, cells=400_000, elements=1_500_000)
MARKING = Limits(rows=MAX_ROWS, cells=300_000, elements=1_000_000)  # openpyxl makes an object of each


class WorkbookRefused(Exception):
    """The workbook as a whole cannot be read; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = list(problems)


@dataclass
class SheetFacts:
    """What was found in one sheet, beside the values of its cells."""

    name: str
    part: str = ""
    cells: int = 0
    merges: list[str] = field(default_factory=list)
    last_row: int = 0  # with something in it
    last_column: int = 0
    columns: set[str] = field(default_factory=set)  # with something in them
    shares_texts: bool = False
    formulas: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    percents: dict[Place, str] = field(default_factory=dict)  # with their number formats


def inspect_workbook(path: Path, limits: Limits = READING) -> dict[str, SheetFacts]:
    """The facts of each sheet by its name.

    Raises WorkbookRefused for a workbook beyond the limits, and for one whose parts cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names, percents = sheet_names(archive), _percent_styles(archive)
            facts = [
                _Inspection(part, names.get(part, ""), percents, limits).of(archive)
                for part in archive.namelist()
                if part in names or part.lower().endswith((".xml", ".rels"))
            ]
            if any(fact.shares_texts for fact in facts) and "xl/sharedStrings.xml" not in archive.namelist():
                raise KeyError("xl/sharedStrings.xml")  # calamine would read blanks
    except BROKEN as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error
    return {fact.name: fact for fact in facts if fact.name}


def cell_texts(path: Path, facts: SheetFacts, places: set[Place]) -> dict[Place, str]:
    """What the file holds in a few cells, letter by letter: a formula with its equals sign, or the value.

    Raises WorkbookRefused for a part that cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Texts(places).of(archive, facts.part)
    except BROKEN as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error


def _percent_styles(archive: zipfile.ZipFile) -> dict[str, str]:
    """The styles that show a percentage, as cells name them, with their number formats."""
    formats = number_formats(archive)
    return {str(place): text for place, text in enumerate(formats) if is_percent_format(text)}


class _Walk:
    """Where in a sheet the parser is: cells and rows without an address follow the one before."""

    def __init__(self) -> None:
        self.row, self.row_text, self.letters = 0, "0", ""

    def enter_row(self, attributes: dict[str, str]) -> None:
        self.row_text = attributes.get("r") or str(self.row + 1)
        self.row, self.letters = int(self.row_text), ""

    def enter_cell(self, attributes: dict[str, str]) -> None:
        """Raises ValueError for a cell that claims to stand in another row."""
        address = attributes.get("r")
        if address is None:
            last = column_index_from_string(self.letters) if self.letters else 0
            self.letters = get_column_letter(last + 1)
            return
        self.letters = address.rstrip(digits)
        if address[len(self.letters) :] != self.row_text:
            raise ValueError(address[:20])


class _Inspection(_Walk):
    """One part, element by element. Every part is asked: what pretends to be no sheet may be read as one."""

    def __init__(self, part: str, sheet: str, percents: dict[str, str], limits: Limits) -> None:
        super().__init__()
        self.facts, self.percents, self.limits = SheetFacts(sheet, part), percents, limits
        self.elements = 0
        self.in_cell = False

    def of(self, archive: zipfile.ZipFile) -> SheetFacts:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.before_rows
        feed(archive, self.facts.part, self.parser)
        return self.facts

    def before_rows(self, tag: str, attributes: dict[str, str]) -> None:
        """Charts and lists of other parts have cells and values too, which are none."""
        self.elements += 1
        if self.elements > self.limits.elements:
            raise self._too_many_elements()
        if tag.endswith("sheetData"):
            self.parser.StartElementHandler = self.element

    def element(self, tag: str, attributes: dict[str, str]) -> None:
        """Called up to a million times: the commonest stand first, with few calls below."""
        self.elements += 1
        if self.elements > self.limits.elements:
            raise self._too_many_elements()
        if tag == "c":
            address = attributes.get("r", "")
            letters = address.rstrip(digits)
            if address and address[len(letters) :] == self.row_text:
                self.letters = letters
            else:
                self.enter_cell(attributes)
            self.in_cell = True
            self.facts.cells += 1
            kind = attributes.get("t")
            if kind == "s":
                self.facts.shares_texts = True
            elif kind == "e":
                self.facts.errors.add((self.row, self.letters))
            elif (style := attributes.get("s", "")) in self.percents:
                self.facts.percents[self.row, self.letters] = self.percents[style]
        elif tag == "v" or tag == "is":
            if self.row > self.facts.last_row or self.letters not in self.facts.columns:
                self._reach()
        elif tag == "row":
            self.enter_row(attributes)
        elif tag == "f" and self.in_cell:
            self._reach()
            self.facts.formulas.add((self.row, self.letters))
        elif tag == "mergeCell" and len(self.facts.merges) < MAX_MERGES:
            self.facts.merges.append(attributes.get("ref", ""))
        elif ":" in tag:
            self.element(tag.rpartition(":")[2], attributes)
        else:
            self.in_cell = False  # conditions and choices below the rows have formulas too

    def _too_many_elements(self) -> WorkbookRefused:
        values = {"part": self.facts.part[-80:], "limit": f"{self.limits.elements:,}"}
        return WorkbookRefused(Problem(UploadCode.PART_TOO_BIG, values=values))

    def _reach(self) -> None:
        """Something stands in this cell: the rectangle reaches up to here."""
        facts = self.facts
        facts.last_row = max(facts.last_row, self.row)
        facts.columns.add(self.letters)
        facts.last_column = max(facts.last_column, column_index_from_string(self.letters))
        if facts.last_row > self.limits.rows:
            raise self._too_large(UploadCode.TOO_MANY_ROWS, self.limits.rows)
        if max(facts.cells, facts.last_row * facts.last_column) > self.limits.cells:
            raise self._too_large(UploadCode.TOO_MANY_CELLS, self.limits.cells)

    def _too_large(self, code: UploadCode, limit: int) -> WorkbookRefused:
        return WorkbookRefused(Problem(code, sheet=self.facts.name, values={"limit": f"{limit:,}"}))


class _Texts(_Walk):
    """The characters of the wanted cells of one sheet."""

    def __init__(self, wanted: set[Place]) -> None:
        super().__init__()
        self.wanted, self.found = set(wanted), dict[Place, str]()

    def of(self, archive: zipfile.ZipFile, part: str) -> dict[Place, str]:
        self.parser = parser_for(self.element)
        feed(archive, part, self.parser)
        return {place: text.strip() for place, text in self.found.items()}

    def element(self, tag: str, attributes: dict[str, str]) -> None:
        self.parser.CharacterDataHandler = None
        if tag == "row":
            self.enter_row(attributes)
        elif tag == "c":
            self.enter_cell(attributes)
        elif tag in {"f", "v"} and (place := (self.row, self.letters)) in self.wanted:
            self.wanted.discard(place)
            self.found[place] = "=" if tag == "f" else ""  # a formula stands before its value, and counts
            self.parser.CharacterDataHandler = self.characters

    def characters(self, text: str) -> None:
        place = (self.row, self.letters)
        self.found[place] = (self.found[place] + text)[:200]
