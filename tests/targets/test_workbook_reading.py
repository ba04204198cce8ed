"""What calamine does not tell of a cell, and what it must not be asked: found before it opens the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from targets.workbook import reading
from targets.workbook.limits import WorkbookRefused, inspect_workbook
from targets.workbook.reading import read_form
from tests.targets.workbooks import NOTE, VALUE, edited, rezipped, row_of, sample_form, told

FORM = sample_form()
PART = "xl/worksheets/sheet1.xml"
W2 = row_of(FORM, "W2")


def value_of(path: Path) -> object:
    """The new value of W2, which is the only change of the file."""
    problems, [change] = told(path, FORM)
    assert problems == []
    return change.content.value


def codes(path: Path) -> list[str]:
    try:
        return [problem.code for problem in told(path, FORM)[0]]
    except WorkbookRefused as refused:
        return [problem.code for problem in refused.problems]


def changed(path: Path, change: Callable[[bytes], bytes], part: str = PART) -> Path:
    """The file with the bytes of one part changed."""
    target = path.with_name(f"changed-{path.name}")
    return rezipped(path, target, lambda name, old: change(old) if name == part else old)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    return edited(tmp_path / "f.xlsx", FORM, {"指标": {f"{VALUE}{W2}": 512.5}})


class TestCells:
    def test_the_computed_result_of_a_formula_does_not_pass_for_a_number(self, filled: Path) -> None:
        computed = changed(filled, lambda xml: xml.replace(b"<v>512.5</v>", b"<f>500+12.5</f><v>512.5</v>"))
        problems, changes = told(computed, FORM)
        assert [(p.code, p.row, p.column, p.value) for p in problems] == [("FORMULA", W2, VALUE, "=500+12.5")]
        assert changes == [] and value_of(filled) == Decimal("512.5")

    def test_a_formula_without_a_result_is_no_blank_cell(self, filled: Path) -> None:
        assert codes(changed(filled, lambda xml: xml.replace(b"<v>512.5</v>", b"<f>A1</f><v/>"))) == [
            "FORMULA"
        ]

    def test_a_formula_that_shares_another_ones_text_is_one_too(self, filled: Path) -> None:
        shared = b'<f t="shared" si="0"/><v>512.5</v>'
        assert codes(changed(filled, lambda xml: xml.replace(b"<v>512.5</v>", shared))) == ["FORMULA"]

    def test_an_error_is_no_blank_cell_and_is_shown_as_it_stands(self, filled: Path) -> None:
        cell = re.compile(rb'(<c r="%s%d"[^>]*?)(?: t="n")?><v>512.5</v>' % (VALUE.encode(), W2))
        path = changed(filled, lambda xml: cell.sub(rb'\1 t="e"><v>#DIV/0!</v>', xml))
        [problem] = told(path, FORM)[0]
        assert (problem.code, problem.value, problem.values["text"]) == ("CELL_ERROR", "#DIV/0!", "#DIV/0!")

    @pytest.mark.parametrize(
        ("number_format", "code"),
        [
            ("0%", "PERCENT_SIGN"),
            ("0.00%", "PERCENT_SIGN"),
            ('#,##0.0"%"', None),
            ("[Red]0.0%", "PERCENT_SIGN"),
        ],
    )
    def test_a_percentage_in_another_unit_is_told_from_a_number(
        self, tmp_path: Path, number_format: str, code: str | None
    ) -> None:
        def show(book: Workbook) -> None:
            cell = book["指标"][f"{VALUE}{W2}"]
            cell.value, cell.number_format = 0.3, number_format

        assert codes(edited(tmp_path / "f.xlsx", FORM, change=show)) == ([code] if code else [])

    def test_a_percentage_is_a_hundred_times_the_number_in_a_column_of_percent(self, tmp_path: Path) -> None:
        place = f"{VALUE}{row_of(FORM, 'W1')}"

        def show(book: Workbook) -> None:
            book["指标"][place].value, book["指标"][place].number_format = 0.225, "0.0%"

        assert value_of(edited(tmp_path / "f.xlsx", FORM, change=show)) == Decimal("22.5")

    @pytest.mark.parametrize("digits", ["123456789012345678", "9007199254740993", "100000000000000001"])
    def test_a_number_of_more_digits_than_a_float_holds_keeps_them_all(
        self, filled: Path, digits: str
    ) -> None:
        long = changed(filled, lambda xml: xml.replace(b"<v>512.5</v>", f"<v>{digits}</v>".encode()))
        assert value_of(long) == Decimal(digits)

    @pytest.mark.parametrize(
        ("stored", "value"),
        [("17.699999999999999", "17.7"), ("1E-3", "0.001"), ("0.30000000000000004", "0.3")],
    )
    def test_the_noise_of_a_float_is_no_digit(self, filled: Path, stored: str, value: str) -> None:
        noisy = changed(filled, lambda xml: xml.replace(b"<v>512.5</v>", f"<v>{stored}</v>".encode()))
        assert value_of(noisy) == Decimal(value)

    def test_text_in_pieces_of_different_fonts_is_read_as_one(self, tmp_path: Path) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {f"{NOTE}{W2}": "MARK", f"{VALUE}{W2}": 5}})
        pieces = "<is><r><t>口径</t></r><r><t>调整</t></r></is>".encode()
        rich = changed(path, lambda xml: xml.replace(b"<is><t>MARK</t></is>", pieces))
        [change] = told(rich, FORM)[1]
        assert change.content.note == "口径调整"

    def test_cells_and_rows_without_an_address_follow_the_one_before(self, filled: Path) -> None:
        bare = changed(filled, lambda xml: re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", xml))
        assert value_of(bare) == Decimal("512.5")


class TestBeforeItIsOpened:
    def refused(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        """The code of a file that is refused without being opened by calamine."""
        monkeypatch.setattr(reading, "CalamineWorkbook", None)
        with pytest.raises(WorkbookRefused) as refusal:
            read_form(path, FORM)
        return refusal.value.problems[0].code

    def test_two_cells_that_span_a_rectangle_of_millions(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {"XFD19999": 1}})
        assert self.refused(path, monkeypatch) == "TOO_MANY_CELLS"

    def test_a_part_that_only_pretends_to_be_no_sheet(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = edited(tmp_path / "f.xlsx", FORM)
        bomb = b'<x><sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></x>'
        odd = rezipped(
            path, tmp_path / "g.xlsx", lambda name, old: bomb if name == "docProps/app.xml" else old
        )
        assert self.refused(odd, monkeypatch) == "TOO_MANY_ROWS"

    @pytest.mark.parametrize("address", [b"G99", b"G0", b"G", b"7", b"ZZZZ6"])
    def test_a_cell_that_claims_to_stand_elsewhere(
        self, filled: Path, monkeypatch: pytest.MonkeyPatch, address: bytes
    ) -> None:
        place = f"{VALUE}{W2}".encode()
        odd = changed(filled, lambda xml: xml.replace(b'r="%s"' % place, b'r="%s"' % address))
        assert self.refused(odd, monkeypatch) == "UNREADABLE"

    def test_formatted_cells_far_below_hold_nothing_and_do_no_harm(self, tmp_path: Path) -> None:
        def format_far_below(book: Workbook) -> None:
            book["指标"]["XFD1048576"].font = Font(bold=True)
            book["指标"][f"{VALUE}{W2}"] = 512.5

        path = edited(tmp_path / "f.xlsx", FORM, change=format_far_below)
        assert inspect_workbook(path)["指标"].last_row < 40
        assert value_of(path) == Decimal("512.5")


@pytest.mark.parametrize(
    "below",
    [
        b"<extLst><ext><conditionalFormatting><f>G6&gt;1</f></conditionalFormatting></ext></extLst>",
        b'<extLst xmlns:m="m"><ext><m:formula1><m:f>A1</m:f></m:formula1></ext></extLst>',
    ],
)
def test_formulas_of_choices_and_conditions_are_none_of_a_cell(filled: Path, below: bytes) -> None:
    path = changed(filled, lambda xml: xml.replace(b"</worksheet>", below + b"</worksheet>"))
    assert value_of(path) == Decimal("512.5")
    assert not inspect_workbook(path)["指标"].formulas


def test_the_list_of_computed_cells_and_a_chart_are_no_rows(tmp_path: Path) -> None:
    def draw(book: Workbook) -> None:
        sheet = book.create_sheet("图")
        sheet.append([1, 2, 3])
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=1, max_col=3, min_row=1))
        sheet.add_chart(chart)
        book["指标"][f"{VALUE}{W2}"] = 512.5

    path = edited(tmp_path / "f.xlsx", FORM, change=draw)
    chain = b'<calcChain><c r="A1" i="1"/><c r="G9"/></calcChain>'
    listed = rezipped(
        path, tmp_path / "g.xlsx", lambda name, old: chain if name == "docProps/app.xml" else old
    )
    assert value_of(listed) == Decimal("512.5")


def test_progress_counts_up_to_the_rows_that_are_filled(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        for number in range(1200):
            book["指标"].append([f"Q{number}", "x", "%"])

    told_counts: list[tuple[int, int]] = []
    path = edited(tmp_path / "f.xlsx", FORM, change=fill)
    read_form(path, FORM, lambda done, total: told_counts.append((done, total)))
    dones = [done for done, _total in told_counts]
    (total,) = {total for _done, total in told_counts}
    assert dones == sorted(dones) and dones[0] == 500 and dones[-1] == total > 1200
