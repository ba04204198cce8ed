"""How far the rules carry over the samples."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from targets.periods import PeriodKey
from targets.spreadsheet.book import read_book
from targets.spreadsheet.reading import Reading, understand
from targets.workbook.content import FIGURE, FigureContent
from tests.targets.spreadsheets.plans import Sample, scope

Found = dict[str, tuple[str, str]]


def read(sample: Sample, path: Path) -> Reading:
    """The sample written as a file and read back."""
    wanted = scope(sample.city, sample.unit, PeriodKey(2014, sample.month))
    return understand(read_book(sample.write(path)), wanted, {})


def figures_of(reading: Reading) -> Found:
    """Code → value and basis, of every figure that was understood."""
    found: Found = {}
    for change in reading.changes:
        if change.item == FIGURE:
            assert isinstance(change.content, FigureContent)
            value = "不适用" if change.content.not_applicable else f"{change.content.value:f}"
            found[change.code] = (value, change.content.basis.lower())
    return found


def error_places(reading: Reading) -> set[str]:
    """The cells with an error; FILE for what concerns the sheet as a whole."""
    return {
        f"{problem.column}{problem.row}" if problem.column and problem.row else "FILE"
        for problem in reading.problems
    }


def shortcomings(sample: Sample, reading: Reading) -> list[str]:
    """What differs from what the sample wants."""
    found, wanted, said = figures_of(reading), sample.wanted, []
    for code in sorted({*found, *wanted}):
        if found.get(code) != wanted.get(code):
            said.append(f"{code}: wanted {wanted.get(code)}, found {found.get(code)}")
    errors = set(filter(None, sample.errors.split("、")))
    if error_places(reading) != errors:
        said.append(f"errors: wanted {errors or '-'}, found {error_places(reading) or '-'}")
    if sample.sheet and reading.sheet != sample.sheet:
        said.append(f"sheet: wanted {sample.sheet}, found {reading.sheet}")
    columns = dict(part.split(" ") for part in sample.columns.split("、") if part)
    if columns and not columns.items() <= reading.columns.items():
        said.append(f"columns: wanted {columns}, found {reading.columns}")
    return said


def rate(samples: Sequence[Sample]) -> tuple[int, int, int, int]:
    """Figures read as wanted, figures wanted, figures read that are not wanted, samples without a flaw."""
    right = wanted = wrong = whole = 0
    with tempfile.TemporaryDirectory() as folder:
        for sample in samples:
            reading = read(sample, Path(folder) / "表.xlsx")
            found = figures_of(reading)
            wanted += len(sample.wanted)
            right += sum(found.get(code) == value for code, value in sample.wanted.items())
            wrong += sum(sample.wanted.get(code) != value for code, value in found.items())
            whole += not shortcomings(sample, reading)
    return right, wanted, wrong, whole
