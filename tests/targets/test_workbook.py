"""The quarterly workbook as a file: what is written, how it comes back, and what is refused and why."""

from __future__ import annotations

import datetime
import io
import re
import tempfile
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook

from targets.enums import Basis, State
from targets.figure_columns import (
    FIGURES,
    HOW_TO_FILL,
    MARKS_SHEET,
    MAX_NARRATIVE,
    MAX_NOTE,
    MAX_WHAT,
    NODES,
    SHEETS,
    TASKS,
    tidy_text,
)
from targets.inputs import MAX_NOTE as STORED_NOTE
from targets.inputs import MAX_TEXT as STORED_TEXT
from targets.inputs import MAX_WHAT as STORED_WHAT
from targets.periods import PeriodKey
from targets.units import figure_text
from targets.upload_problems import UploadCode, message_of
from targets.workbook import reading
from targets.workbook.content import FigureContent, Stored, TextContent, UnitForm
from targets.workbook.form import write_form
from targets.workbook.limits import MAX_ROWS, WorkbookRefused
from targets.workbook.marking import LIST_SHEET, ErrorLine, mark_errors
from targets.workbook.reading import read_form
from tests.targets.workbooks import (
    FORECAST,
    NATURE,
    NOTE,
    PROGRESS,
    SOFFICE,
    VALUE,
    edited,
    figure,
    rezipped,
    row_of,
    sample_form,
    through_libreoffice,
    told,
)

FORM = sample_form()


def opened(form: UnitForm = FORM) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_form(form)))


def codes(path: Path, form: UnitForm = FORM) -> list[str]:
    """The problems' codes, those that refuse the whole file included."""
    try:
        return [str(problem.code) for problem in told(path, form)[0]]
    except WorkbookRefused as refusal:
        return [str(problem.code) for problem in refusal.problems]


def written(path: Path) -> Path:
    """The form as it is downloaded (openpyxl would write no shared strings)."""
    path.write_bytes(write_form(FORM))
    return path


def at(letter: str, code: str) -> str:
    return f"{letter}{row_of(FORM, code)}"


class TestTheFormAsItIsWritten:
    def test_it_has_three_sheets_and_hidden_marks(self) -> None:
        book = opened()
        assert book.sheetnames == ["指标", "节点任务", "任务进展", MARKS_SHEET]
        assert [book[name].sheet_state for name in book.sheetnames] == ["visible"] * 3 + ["hidden"]

    def test_title_unit_period_cut_off_and_help_stand_above_the_header(self) -> None:
        sheet = opened()["指标"]
        assert sheet["A1"].value == "武汉市科学技术局 2014年前三季度目标任务填报表"
        assert "填报单位:高新技术处" in sheet["A2"].value
        assert "数据截至:2014年9月30日" in sheet["A2"].value
        assert "报送截止:2014年10月10日" in sheet["A2"].value
        assert sheet["A3"].value == HOW_TO_FILL

    @pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
    def test_headers_are_the_column_list(self, sheet) -> None:
        written = [cell.value for cell in opened()[sheet.name][4]]
        assert written == [column.header for column in sheet.columns]

    @pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
    def test_only_input_cells_can_be_changed_and_notes_say_how(self, sheet) -> None:
        written = opened()[sheet.name]
        assert written.protection.sheet and not written.protection.password
        free = FORM.figures[0] if sheet is FIGURES else FORM.tasks[0].nodes[1]
        row = 5 if sheet is not NODES else 6
        assert free
        for column, cell in zip(sheet.columns, written[row], strict=True):
            assert cell.protection.locked is column.locked, column.header
        noted = [
            column.header for column, cell in zip(sheet.columns, written[4], strict=True) if cell.comment
        ]
        assert noted == [column.header for column in sheet.columns if column.note]

    @pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
    def test_it_is_ready_for_print(self, sheet) -> None:
        written = opened()[sheet.name]
        assert written.page_setup.orientation == "landscape"
        assert int(written.page_setup.paperSize) == 9
        assert (written.page_setup.fitToWidth or 1, written.page_setup.fitToHeight) == (1, 0)
        assert written.sheet_properties.pageSetUpPr.fitToPage
        assert written.print_title_rows == "$4:$4"
        assert "第 &P 页 共 &N 页" in written.oddFooter.center.text
        assert written.freeze_panes == f"{'ABCD'[sheet.frozen]}5"
        widths = {letter: written.column_dimensions[letter].width for letter in "AB"}
        assert widths["A"] == pytest.approx(2 * sheet.columns[0].width + 1, abs=0.8)

    def test_fonts_are_those_of_official_tables(self) -> None:
        sheet = opened()["指标"]
        assert {cell.font.name for cell in sheet[4]} == {"黑体"}
        assert {cell.font.name for cell in sheet[5]} == {"仿宋"}

    def test_numbers_are_numbers_with_formats(self) -> None:
        sheet = opened()["指标"]
        assert sheet[at("G", "W1")].value == 20.1
        annual = sheet[at("D", "W2")]
        assert (annual.value, annual.number_format) == (6725, '">"#,##0.0')
        assert sheet[at("E", "W2")].number_format == "#,##0.0"
        assert sheet[at("G", "W3")].value == "不适用"
        assert sheet[at("G", "W2")].value is None

    def test_an_input_of_numbers_keeps_the_general_format_so_that_a_typed_percent_shows(self) -> None:
        assert opened()["指标"][at("G", "W1")].number_format == "General"

    def test_what_was_submitted_or_approved_is_locked_and_says_so(self) -> None:
        sheet = opened()["指标"]
        for code in ("W4", "W5"):
            assert sheet[at(VALUE, code)].protection.locked
            assert not sheet[at(PROGRESS, code)].protection.locked
        assert "已核定" in sheet[at("A", "W4")].comment.text
        assert sheet[at(PROGRESS, "W7/江岸区")].protection.locked

    def test_drop_downs_read_a_hidden_range(self) -> None:
        book = opened()
        lists = {
            v.formula1 for name in ("指标", "节点任务") for v in book[name].data_validations.dataValidation
        }
        assert lists == {f"{MARKS_SHEET}!$I$1:$I$3", f"{MARKS_SHEET}!$J$1:$J$2"}
        hidden = book[MARKS_SHEET]
        assert [hidden[f"I{row}"].value for row in (1, 2, 3)] == ["预计", "快报", "核定"]
        assert [hidden[f"J{row}"].value for row in (1, 2)] == ["是", "否"]

    @pytest.mark.parametrize(
        "text", ["=1+1", "+86", "-一是", "@SUM(A1)", '=HYPERLINK("http://x","y")', "=cmd|'/c'!A0"]
    )
    def test_text_never_becomes_a_formula(self, text: str) -> None:
        item = figure("W1", "1", content={"note": text}, text=Stored(TextContent(progress=text), 1, 1))
        sheet = opened(replace(FORM, figures=(item,)))["指标"]
        for place in ("J5", "K5"):
            cell = sheet[place]
            assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)

    def test_control_characters_are_left_out(self) -> None:
        item = figure("W1", "1", content={"note": "甲\x00\x07乙\r\n丙"})
        assert opened(replace(FORM, figures=(item,)))["指标"]["J5"].value == "甲乙\n丙"

    def test_demonstration_data_is_marked_and_other_data_is_not(self) -> None:
        marked, plain = opened(replace(FORM, is_demo=True))["指标"], opened()["指标"]
        assert "演示数据" in marked["A1"].value
        assert "演示数据" in marked.oddHeader.right.text
        assert "演示数据" not in plain["A1"].value
        assert "演示数据" not in str(plain.oddHeader.right.text)

    def test_the_marks_name_bureau_unit_period_and_each_row(self) -> None:
        rows = [[cell.value for cell in row[:5]] for row in opened()[MARKS_SHEET].iter_rows()]
        head = {row[0]: row[1] for row in rows[:7]}
        assert head["bureau"] == "wuhan"
        assert head["unit"] == "6"
        assert head["period"] == "2014-09"
        assert ["figure", "W1", "1", "1", "1"] in rows
        assert ["text", "W1", "1", "2", "2"] in rows
        assert ["figure", "W7/江岸区", "71", "1", "1"] in rows
        assert ["task", "三/二是", "21", "1", "1"] in rows

    def test_a_unit_without_anything_to_report_still_gets_a_form(self, tmp_path: Path) -> None:
        form = replace(FORM, figures=(), tasks=())
        path = edited(tmp_path / "f.xlsx", form)
        assert "本期没有需要填报的指标" in openpyxl.load_workbook(path)["指标"]["A2"].value
        assert told(path, form) == ([], [])

    def test_limits_are_those_of_the_database(self) -> None:
        assert (MAX_NARRATIVE, MAX_NOTE, MAX_WHAT) == (STORED_TEXT, STORED_NOTE, STORED_WHAT)


class TestUnchanged:
    def test_the_form_as_downloaded_changes_nothing(self, tmp_path: Path) -> None:
        assert told(written(tmp_path / "f.xlsx"), FORM) == ([], [])

    def test_saved_again_by_openpyxl_it_changes_nothing(self, tmp_path: Path) -> None:
        assert told(edited(tmp_path / "f.xlsx", FORM), FORM) == ([], [])

    @pytest.mark.skipif(not SOFFICE, reason="LibreOffice (soffice) is not installed")
    def test_saved_again_by_libreoffice_it_changes_nothing(self, tmp_path: Path) -> None:
        again = through_libreoffice(written(tmp_path / "f.xlsx"), tmp_path / "saved")
        assert told(again, FORM) == ([], [])
        typed = openpyxl.load_workbook(again)
        typed["指标"][at(VALUE, "W2")] = 4760.5
        typed.save(again)
        [change] = told(again, FORM)[1]  # the same file does carry a change
        assert change.content.value == Decimal("4760.5")

    @given(
        value=st.none()
        | st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**17, min_value=-(10**17)),
        note=st.text(max_size=60),
        text=st.text(max_size=120),
    )
    @settings(max_examples=60, deadline=None)
    def test_whatever_is_stored_comes_back_as_it_is(
        self, value: Decimal | None, note: str, text: str
    ) -> None:
        content = FigureContent(value=value, note=tidy_text(note), nature="FLASH", forecast=value)
        item = figure("W1", text=Stored(TextContent(progress=tidy_text(text)), 1, 1))
        item = replace(item, figure=Stored(content, 1, 1))
        form = replace(FORM, figures=(item,))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "f.xlsx"
            path.write_bytes(write_form(form))
            assert told(path, form) == ([], [])


class TestFilledIn:
    def test_a_number_a_nature_a_note_and_a_text(self, tmp_path: Path) -> None:
        cells = {
            at(VALUE, "W2"): 4760.5,
            at(FORECAST, "W2"): "6,730",
            at(NATURE, "W2"): "预计",
            at(NOTE, "W2"): " 口径不变 ",
            at(PROGRESS, "W2"): "抓投产。",
        }
        problems, changes = told(edited(tmp_path / "f.xlsx", FORM, {"指标": cells}), FORM)
        assert problems == []
        number, text = changes
        assert (number.item, number.code, number.kind, number.target) == ("figure", "W2", "new", 2)
        assert number.content == FigureContent(
            Decimal("4760.5"), forecast=Decimal(6730), nature="ESTIMATE", note="口径不变"
        )
        assert text.content == TextContent(progress="抓投产。")
        first = number.fields[0]
        assert (first.header, first.old, first.new, first.column + str(first.row)) == (
            "本期累计",
            "",
            "4,760.5",
            at(VALUE, "W2"),
        )

    def test_a_float_keeps_the_digits_that_were_typed(self, tmp_path: Path) -> None:
        [change] = told(
            edited(tmp_path / "f.xlsx", FORM, {"指标": {at(VALUE, "W2"): 17.699999999999999}}), FORM
        )[1]
        assert change.content.value == Decimal("17.7")

    @pytest.mark.parametrize(
        ("typed", "value", "echo"),
        [
            ("12000万元", "1.2", "1.2亿元"),
            ("１，２００．５", "1200.5", ""),
            ("(3)", "-3", "−3亿元"),
            (0, "0", ""),
            ("1.2", "1.2", ""),
        ],
    )
    def test_what_people_paste_is_understood_and_echoed(
        self, tmp_path: Path, typed: object, value: str, echo: str
    ) -> None:
        [change] = told(edited(tmp_path / "f.xlsx", FORM, {"指标": {at(VALUE, "W2"): typed}}), FORM)[1]
        assert change.content.value == Decimal(value)
        assert change.fields[0].echo == echo

    def test_a_percent_typed_into_a_percent_column_is_that_many_percent(self, tmp_path: Path) -> None:
        def percent(book: Workbook) -> None:
            cell = book["指标"][at(VALUE, "W1")]
            cell.value, cell.number_format = 0.305, "0.0%"

        [change] = told(edited(tmp_path / "f.xlsx", FORM, change=percent), FORM)[1]
        assert change.content.value == Decimal("30.5")

    def test_zero_blank_and_not_applicable_are_three_things(self, tmp_path: Path) -> None:
        cells = {at(VALUE, "W1"): None, at(VALUE, "W2"): 0, at(VALUE, "W7/江岸区"): "不适用"}
        problems, changes = told(edited(tmp_path / "f.xlsx", FORM, {"指标": cells}), FORM)
        assert problems == []
        assert {change.code: (change.content.value, change.content.not_applicable) for change in changes} == {
            "W2": (Decimal(0), False),
            "W7/江岸区": (None, True),
        }

    def test_blank_cells_never_delete_what_is_stored(self, tmp_path: Path) -> None:
        def wipe(book: Workbook) -> None:
            for sheet in SHEETS:
                for row in book[sheet.name].iter_rows(min_row=5):
                    for column, cell in zip(sheet.columns, row, strict=True):
                        if not column.locked:
                            cell.value = None

        assert told(edited(tmp_path / "f.xlsx", FORM, change=wipe), FORM) == ([], [])

    def test_a_nature_alone_says_nothing(self, tmp_path: Path) -> None:
        assert told(edited(tmp_path / "f.xlsx", FORM, {"指标": {at(NATURE, "W2"): "核定"}}), FORM) == ([], [])

    def test_a_new_value_takes_numerator_and_denominator_with_it(self, tmp_path: Path) -> None:
        content = FORM.figures[-1].figure.content
        form = replace(
            FORM,
            figures=(replace(FORM.figures[-1], figure=Stored(replace(content, basis=Basis.SINGLE), 1, 1)),),
        )
        note, value = {"指标": {"J5": "口径"}}, {"指标": {"G5": 30}}
        [noted] = told(edited(tmp_path / "a.xlsx", form, note), form)[1]
        assert (noted.content.numerator, noted.content.basis) == (Decimal("88.1"), Basis.SINGLE)
        [changed] = told(edited(tmp_path / "b.xlsx", form, value), form)[1]
        assert (changed.content.numerator, changed.content.denominator) == (None, None)
        assert changed.content.basis == Basis.CUMULATIVE
        assert [(f.header, f.old, f.new) for f in changed.fields[1:]] == [
            ("分子", "88.1", ""),
            ("分母", "305", ""),
        ]

    def test_columns_and_rows_may_be_moved(self, tmp_path: Path) -> None:
        def turn_around(book: Workbook) -> None:
            sheet = book["指标"]
            sheet[at(VALUE, "W2")] = 99
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
            body = [rows[0], *reversed(rows[1:])]
            for number, row in enumerate(body, 4):
                for place, value in enumerate(reversed(row), 1):
                    cell = sheet.cell(number, place)
                    cell.value = value
                    cell.data_type = "s" if value == "=1+1" else cell.data_type

        problems, [change] = told(edited(tmp_path / "f.xlsx", FORM, change=turn_around), FORM)
        assert problems == []
        assert (change.code, change.content.value) == ("W2", Decimal(99))

    def test_headers_may_be_written_with_blanks_and_line_breaks(self, tmp_path: Path) -> None:
        cells = {"G4": "本期 \n 累计", at(VALUE, "W2"): 5}
        problems, [change] = told(edited(tmp_path / "f.xlsx", FORM, {"指标": cells}), FORM)
        assert problems == [] and change.content.value == 5

    def test_rows_may_be_left_out_and_other_sheets_added(self, tmp_path: Path) -> None:
        def trim(book: Workbook) -> None:
            book["指标"].delete_rows(row_of(FORM, "W1"))
            book.create_sheet("底稿")["A1"] = "=1/0"

        assert told(edited(tmp_path / "f.xlsx", FORM, change=trim), FORM) == ([], [])

    def test_a_number_in_a_text_cell_is_text(self, tmp_path: Path) -> None:
        cells = {at(NOTE, "W1"): 2014.0, at(PROGRESS, "W2"): datetime.date(2014, 9, 30)}
        changes = told(edited(tmp_path / "f.xlsx", FORM, {"指标": cells}), FORM)[1]
        assert changes[0].content.note == "2014"
        assert changes[1].content.progress == "2014年9月30日"


class TestNodes:
    """Rows of 节点任务: 5 was done in an earlier quarter, 6 is ticked, 7 is not."""

    def test_marking_a_node_as_done(self, tmp_path: Path) -> None:
        cells = {"节点任务": {"E7": "是", "F7": "检查组已成立"}, "任务进展": {"E5": "推进顺利"}}
        problems, [change] = told(edited(tmp_path / "f.xlsx", FORM, cells), FORM)
        assert problems == []
        assert (change.item, change.code, change.task) == ("task", "三/二是", 21)
        assert change.content.nodes == {32: "科发〔2014〕3号", 33: "检查组已成立"}
        assert change.content.progress == "推进顺利"
        assert [(f.header, f.old, f.new) for f in change.fields] == [
            ("进展情况", "已立项。", "推进顺利"),
            ("节点:中期检查", "否", "是:检查组已成立"),
        ]

    def test_taking_a_tick_back(self, tmp_path: Path) -> None:
        problems, [change] = told(edited(tmp_path / "f.xlsx", FORM, {"节点任务": {"E6": "否"}}), FORM)
        assert problems == [] and change.content.nodes == {}

    def test_a_blank_tick_says_nothing(self, tmp_path: Path) -> None:
        assert told(edited(tmp_path / "f.xlsx", FORM, {"节点任务": {"E6": None, "F6": None}}), FORM) == (
            [],
            [],
        )

    def test_only_what_was_done_changes(self, tmp_path: Path) -> None:
        [change] = told(edited(tmp_path / "f.xlsx", FORM, {"节点任务": {"F6": "科发〔2014〕4号"}}), FORM)[1]
        assert change.content.nodes == {32: "科发〔2014〕4号"}

    @pytest.mark.parametrize("done", [None, "否"])
    def test_a_text_without_a_tick_is_not_lost_silently(self, tmp_path: Path, done: str | None) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"节点任务": {"E7": done, "F7": "差不多了"}})
        assert codes(path) == ["NODE_TEXT_ONLY"]

    def test_what_was_approved_earlier_is_not_taken_back_here(self, tmp_path: Path) -> None:
        problems, changes = told(edited(tmp_path / "f.xlsx", FORM, {"节点任务": {"E5": "否"}}), FORM)
        assert [(p.code, p.column, p.row, p.values["period"]) for p in problems] == [
            ("NODE_DONE_BEFORE", "E", 5, "一季度")
        ]
        assert changes == []

    def test_another_word_than_yes_or_no(self, tmp_path: Path) -> None:
        assert codes(edited(tmp_path / "f.xlsx", FORM, {"节点任务": {"E7": "快了"}})) == ["NOT_A_CHOICE"]


class TestSomebodyElseMeanwhile:
    """The form was downloaded with the base; the database holds something else now."""

    def now(self, **content: object) -> UnitForm:
        item = FORM.figures[0]
        later = Stored(replace(item.figure.content, **content), 2, 2, by="王五")
        return replace(FORM, figures=(replace(item, figure=later), *FORM.figures[1:]))

    BASES = {("figure", "W1"): FORM.figures[0].figure.content}

    def test_a_cell_that_was_not_touched_does_not_undo_their_work(self, tmp_path: Path) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {at(NOTE, "W1"): "我的说明"}})
        problems, [change] = told(path, self.now(value=Decimal(21)), self.BASES)
        assert problems == []
        assert (change.content.value, change.content.note) == (Decimal(21), "我的说明")
        assert (change.others_by, change.revision) == ("", 2)

    def test_a_cell_that_both_changed_shows_both_values(self, tmp_path: Path) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {at(VALUE, "W1"): 22}})
        [change] = told(path, self.now(value=Decimal(21)), self.BASES)[1]
        assert (change.others_by, change.fields[0].conflict) == ("王五", True)
        assert (change.fields[0].old, change.fields[0].new) == ("21", "22")

    def test_both_wrote_the_same(self, tmp_path: Path) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {at(VALUE, "W1"): 21}})
        assert told(path, self.now(value=Decimal(21)), self.BASES) == ([], [])

    @pytest.mark.parametrize(
        ("state", "code"),
        [
            (State.SUBMITTED, "UNDER_REVIEW"),
            (State.REVIEWED, "UNDER_REVIEW"),
            (State.APPROVED, "ALREADY_APPROVED"),
        ],
    )
    def test_what_was_submitted_or_approved_meanwhile_is_an_error_where_it_differs(
        self, tmp_path: Path, state: str, code: str
    ) -> None:
        item = FORM.figures[0]
        form = replace(
            FORM, figures=(replace(item, figure=replace(item.figure, state=state)), *FORM.figures[1:])
        )
        differs = edited(tmp_path / "a.xlsx", FORM, {"指标": {at(VALUE, "W1"): 22}})
        [problem] = told(differs, form)[0]
        assert (problem.code, problem.column, problem.values["stored"]) == (code, VALUE, "20.1")
        assert told(edited(tmp_path / "b.xlsx", FORM), form) == ([], [])


class TestEveryErrorAtOnce:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("约五百", "NOT_A_NUMBER"),
            ("=SUM(A1:A3)", "FORMULA"),
            ("#REF!", "CELL_ERROR"),
            (datetime.date(2014, 9, 30), "DATE"),
            ("1.2345678", "TOO_MANY_DECIMALS"),
            (True, "BOOLEAN"),
            ("1234567890123456789", "TOO_LARGE"),
            ("—", "AMBIGUOUS_EMPTY"),
            ("30%", "PERCENT_SIGN"),
            ("5家", "OTHER_DIMENSION"),
        ],
    )
    def test_a_wrong_number_names_sheet_row_column_value_and_reason(
        self, tmp_path: Path, typed: object, code: str
    ) -> None:
        problems, changes = told(edited(tmp_path / "f.xlsx", FORM, {"指标": {at(VALUE, "W2"): typed}}), FORM)
        [problem] = problems
        assert (problem.code, problem.sheet, problem.row, problem.column, problem.header) == (
            code,
            "指标",
            row_of(FORM, "W2"),
            VALUE,
            "本期累计",
        )
        assert problem.value
        assert message_of(problem.code) % problem.values
        assert changes == []

    def test_errors_of_all_sheets_come_together(self, tmp_path: Path) -> None:
        cells = {
            "指标": {
                at(VALUE, "W1"): "多",
                at(FORECAST, "W1"): "不适用",
                at(NATURE, "W1"): "大概",
                at(NOTE, "W2"): "字" * 501,
            },
            "节点任务": {"F7": "=A1"},
            "任务进展": {"E5": "字" * 5001},
        }
        assert codes(edited(tmp_path / "f.xlsx", FORM, cells)) == [
            "NOT_A_NUMBER",
            "FORECAST_NOT_APPLICABLE",
            "NOT_A_CHOICE",
            "TEXT_TOO_LONG",
            "TEXT_TOO_LONG",
            "TEXT_FORMULA",
        ]

    def test_a_formula_is_refused_even_with_a_right_result(self, tmp_path: Path) -> None:
        assert codes(edited(tmp_path / "f.xlsx", FORM, {"指标": {at(VALUE, "W1"): "=20.1"}})) == ["FORMULA"]

    def test_an_error_in_a_text_cell(self, tmp_path: Path) -> None:
        def error(book: Workbook) -> None:
            cell = book["指标"][at(NOTE, "W1")]
            cell.value, cell.data_type = "#NAME?", "e"

        assert codes(edited(tmp_path / "f.xlsx", FORM, change=error)) == ["TEXT_ERROR"]

    def test_rows_that_are_unknown_repeated_or_nameless(self, tmp_path: Path) -> None:
        cells = {"A13": "W99", "G13": 5, "A14": "W1", "B14": "指标W1", "C14": "%", "G14": 5, "G15": 7}
        problems, _ = told(edited(tmp_path / "f.xlsx", FORM, {"指标": cells}), FORM)
        assert [(p.code, p.row, p.value) for p in problems] == [
            ("ROW_UNKNOWN", 13, "W99"),
            ("ROW_TWICE", 14, "W1"),
            ("ROW_WITHOUT_CODE", 15, ""),
        ]
        assert problems[1].values == {"first": "5"}

    def test_a_code_that_was_moved_to_another_indicator(self, tmp_path: Path) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {"A5": "W2", "A6": "W1"}})
        assert codes(path)[:2] == ["LOCKED_CHANGED", "UNIT_CHANGED"]
        assert told(path, FORM)[1] == []

    def test_a_changed_unit_of_measure_is_never_taken_for_granted(self, tmp_path: Path) -> None:
        [problem] = told(edited(tmp_path / "f.xlsx", FORM, {"指标": {"C6": "万元", "G6": 12000}}), FORM)[0]
        assert (problem.code, problem.value, problem.values["expected"]) == ("UNIT_CHANGED", "万元", "亿元")

    def test_a_text_in_the_row_of_a_part(self, tmp_path: Path) -> None:
        assert codes(edited(tmp_path / "f.xlsx", FORM, {"指标": {at(PROGRESS, "W7/江岸区"): "竣工"}})) == [
            "TEXT_OF_PART"
        ]

    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            ({"G4": "本期数"}, [("HEADER_UNKNOWN", "G", "本期数"), ("HEADER_MISSING", "", "本期累计")]),
            ({"J4": None}, [("HEADER_MISSING", "", "备注")]),
            ({"N4": "本期累计"}, [("HEADER_TWICE", "N", "本期累计")]),
            ({"N4": "我的列"}, [("HEADER_UNKNOWN", "N", "我的列")]),
        ],
    )
    def test_headers_that_were_changed(
        self, tmp_path: Path, cells: dict[str, object], expected: list[object]
    ) -> None:
        problems, changes = told(edited(tmp_path / "f.xlsx", FORM, {"指标": cells}), FORM)
        assert [(p.code, p.column, p.header) for p in problems] == expected
        assert changes == []

    def test_a_header_row_that_is_gone(self, tmp_path: Path) -> None:
        def clear(book: Workbook) -> None:
            book["指标"].delete_rows(4)

        assert codes(edited(tmp_path / "f.xlsx", FORM, change=clear)) == ["HEADER_LOST"]

    @pytest.mark.parametrize("area", ["G4:H4", "G3:G4", "G6:G7", "A8:M8"])
    def test_merged_cells_in_header_or_input(self, tmp_path: Path, area: str) -> None:
        def merge(book: Workbook) -> None:
            if area == "G3:G4":
                book["指标"].unmerge_cells("A3:M3")
            book["指标"].merge_cells(area)

        problems = told(edited(tmp_path / "f.xlsx", FORM, change=merge), FORM)[0]
        assert problems[0].code == "MERGED"
        assert problems[0].values == {"range": area}

    def test_every_message_has_what_it_needs(self) -> None:
        for code in UploadCode:
            assert message_of(code) != code  # it has one
            assert message_of(code).count("%(") == message_of(code).count("%")


class TestTheWholeFile:
    @pytest.mark.parametrize(
        ("other", "code", "found", "expected"),
        [
            ({"unit_id": 7, "unit_name": "成果与市场处"}, "OTHER_UNIT", "成果与市场处", "高新技术处"),
            ({"period": PeriodKey(2014, 6)}, "OTHER_PERIOD", "2014年上半年", "2014年前三季度"),
            (
                {"bureau_code": "xian", "bureau_name": "西安市科学技术局"},
                "OTHER_BUREAU",
                "西安市科学技术局",
                "武汉市科学技术局",
            ),
        ],
    )
    def test_a_form_of_another_place_or_time(
        self, tmp_path: Path, other: dict[str, object], code: str, found: str, expected: str
    ) -> None:
        path = edited(tmp_path / "f.xlsx", replace(FORM, **other))  # type: ignore[arg-type]
        with pytest.raises(WorkbookRefused) as refused:
            read_form(path, FORM)
        [problem] = refused.value.problems
        assert (problem.code, problem.values) == (code, {"found": found, "expected": expected})

    def test_a_form_of_another_version(self, tmp_path: Path) -> None:
        assert codes(edited(tmp_path / "f.xlsx", FORM, {MARKS_SHEET: {"B2": "0"}})) == ["OTHER_VERSION"]

    def test_a_workbook_that_is_not_ours(self, tmp_path: Path) -> None:
        def strip(book: Workbook) -> None:
            del book[MARKS_SHEET]

        assert codes(edited(tmp_path / "f.xlsx", FORM, change=strip)) == ["NOT_OURS"]
        assert codes(edited(tmp_path / "g.xlsx", FORM, {MARKS_SHEET: {"B1": "other"}})) == ["NOT_OURS"]

    def test_a_sheet_that_was_renamed(self, tmp_path: Path) -> None:
        def rename(book: Workbook) -> None:
            book["节点任务"].title = "节点"

        problems = told(edited(tmp_path / "f.xlsx", FORM, change=rename), FORM)[0]
        assert [(p.code, p.sheet) for p in problems] == [("SHEET_MISSING", "节点任务")]

    def test_too_many_rows_are_refused_before_a_cell_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fill(book: Workbook) -> None:
            for number in range(MAX_ROWS):
                book["指标"].append(["W1", number])

        path = edited(tmp_path / "f.xlsx", FORM, change=fill)
        monkeypatch.setattr(reading, "CalamineWorkbook", None)  # opening it would fail
        with pytest.raises(WorkbookRefused) as refused:
            read_form(path, FORM)
        [problem] = refused.value.problems
        assert (problem.code, problem.sheet, problem.values) == ("TOO_MANY_ROWS", "指标", {"limit": "20,000"})

    def test_ten_thousand_rows_are_read(self, tmp_path: Path) -> None:
        def fill(book: Workbook) -> None:
            for _ in range(10_000 - book["指标"].max_row):
                book["指标"].append(["W98", "x", "%", 1, 2, 3, 4])

        path = edited(tmp_path / "f.xlsx", FORM, change=fill)
        problems = told(path, FORM)[0]
        assert {p.code for p in problems} == {"ROW_UNKNOWN"}
        assert max(p.row for p in problems) == 10_000
        marked = mark_errors(path, [ErrorLine("指标", 10_000, "A", "编号", "W98", "没有这个编号")])
        assert openpyxl.load_workbook(io.BytesIO(marked))["指标"]["A10000"].comment.text == "没有这个编号"

    def test_a_row_far_below_is_refused_as_too_many(self, tmp_path: Path) -> None:
        assert codes(edited(tmp_path / "f.xlsx", FORM, {"指标": {"G1000000": 5}})) == ["TOO_MANY_ROWS"]

    def test_a_wrong_size_in_the_file_hides_no_rows(self, tmp_path: Path) -> None:
        def shrink(name: str, content: bytes) -> bytes:
            return re.sub(rb'<dimension ref="[^"]+"', b'<dimension ref="A1"', content)

        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {at(VALUE, "W2"): 5}})
        [change] = told(rezipped(path, tmp_path / "g.xlsx", shrink), FORM)[1]
        assert change.content.value == 5

    def test_too_many_cells_in_few_rows(self, tmp_path: Path) -> None:
        def widen(book: Workbook) -> None:
            for row in range(20, 50):
                for column in range(1, 16_000):
                    book["指标"].cell(row, column).value = 1

        assert codes(edited(tmp_path / "f.xlsx", FORM, change=widen)) == ["TOO_MANY_CELLS"]

    def test_a_part_with_too_many_elements(self, tmp_path: Path) -> None:
        many = b"<x/>" * 1_500_000

        def bloat(name: str, content: bytes) -> bytes:
            return (
                content.replace(b"</sst>", many + b"</sst>")
                if name.endswith("sharedStrings.xml")
                else content
            )

        path = rezipped(written(tmp_path / "f.xlsx"), tmp_path / "g.xlsx", bloat)
        assert codes(path) == ["PART_TOO_BIG"]

    def test_a_merge_over_the_whole_sheet_costs_nothing(self, tmp_path: Path) -> None:
        def merge(name: str, content: bytes) -> bytes:
            cells = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            if not name.endswith("sheet1.xml"):
                return content
            start, end = content.index(b"<mergeCells"), content.index(b"</mergeCells>") + 13
            return content[:start] + cells + content[end:]

        path = rezipped(edited(tmp_path / "f.xlsx", FORM), tmp_path / "g.xlsx", merge)
        start = time.perf_counter()
        assert codes(path) == ["MERGED"]
        with pytest.raises(WorkbookRefused):
            mark_errors(path, [])
        assert time.perf_counter() - start < 2

    @pytest.mark.parametrize(
        "part",
        [
            "xl/workbook.xml",
            "xl/styles.xml",
            "xl/sharedStrings.xml",
            "xl/worksheets/sheet1.xml",
            "_rels/.rels",
        ],
    )
    @pytest.mark.parametrize("damage", ["gone", "cut", "garbage"])
    def test_a_damaged_part_is_a_clear_refusal(self, tmp_path: Path, part: str, damage: str) -> None:
        def break_it(name: str, content: bytes) -> bytes | None:
            return (
                content
                if name != part
                else {"gone": None, "cut": content[: len(content) // 2], "garbage": b"\x00\xff" * 50}[damage]
            )

        path = rezipped(written(tmp_path / "f.xlsx"), tmp_path / "g.xlsx", break_it)
        sheet_is_gone = damage == "gone" and "sheet1" in part
        assert codes(path) == ["SHEET_MISSING" if sheet_is_gone else "UNREADABLE"]

    @given(st.data())
    @settings(max_examples=80, deadline=None)
    def test_whatever_stands_in_the_sheet_there_is_an_answer_and_no_crash(self, data: st.DataObject) -> None:
        content = FUZZ["content"]
        start = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 40))
        junk = data.draw(
            st.binary(max_size=30)
            | st.sampled_from([b"1e999", b'r="ZZZ9"', b'<c t="s"><v>99999</v></c>', b't="d"', b's="9999"'])
        )
        with tempfile.TemporaryDirectory() as folder:
            path = rezipped(
                FUZZ["path"],
                Path(folder) / "g.xlsx",
                lambda name, old: (
                    content[:start] + junk + content[start + length :] if name == FUZZ["part"] else old
                ),
            )
            assert set(codes(path)) <= KNOWN


KNOWN = {code.value for code in UploadCode} | {
    "NOT_A_NUMBER",
    "AMBIGUOUS_EMPTY",
    "TWO_NUMBERS",
    "BAD_GROUPING",
    "SIGN_TWICE",
    "APPROXIMATE",
    "UNKNOWN_UNIT",
    "OTHER_DIMENSION",
    "PERCENT_SIGN",
    "TOO_LARGE",
    "TOO_MANY_DECIMALS",
    "FORMULA",
    "CELL_ERROR",
    "DATE",
    "BOOLEAN",
}
FUZZ: dict[str, object] = {}


@pytest.fixture(autouse=True, scope="module")
def fuzz_base(tmp_path_factory: pytest.TempPathFactory) -> None:
    import zipfile

    path = written(tmp_path_factory.mktemp("fuzz") / "f.xlsx")
    part = "xl/worksheets/sheet1.xml"
    FUZZ.update(path=path, part=part, content=zipfile.ZipFile(path).read(part))


class TestMarkedWorkbook:
    ERRORS = [
        ErrorLine("指标", 6, "G", "本期累计", "约五百", "“约五百”不是数字"),
        ErrorLine("指标", 4, "", "备注", "", "缺列"),
        ErrorLine("", 0, "", "", "=1+1", "整表错误"),
    ]

    def test_cells_are_red_with_a_note_and_all_errors_are_listed(self, tmp_path: Path) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {"G6": "约五百"}})
        book = openpyxl.load_workbook(io.BytesIO(mark_errors(path, self.ERRORS)))
        cell = book["指标"]["G6"]
        assert cell.value == "约五百"
        assert cell.fill.fgColor.rgb.endswith("FFC7CE") and isinstance(PatternFill(), PatternFill)
        assert cell.comment.text == "“约五百”不是数字"
        rows = [[c.value for c in row] for row in book[LIST_SHEET].iter_rows(min_row=2)]
        assert [row[5] for row in rows] == ["“约五百”不是数字", "缺列", "整表错误"]
        assert book[LIST_SHEET]["E4"].data_type == "s"

    def test_the_marked_file_can_be_corrected_and_uploaded(self, tmp_path: Path) -> None:
        path = edited(tmp_path / "f.xlsx", FORM, {"指标": {"G6": "约五百"}})
        path.write_bytes(mark_errors(path, self.ERRORS))
        assert codes(path) == ["APPROXIMATE"] or codes(path) == ["NOT_A_NUMBER"]
        book = openpyxl.load_workbook(path)
        book["指标"]["G6"] = 500
        book.save(path)
        problems, [change] = told(path, FORM)
        assert problems == [] and figure_text(change.content.value) == "500"
        assert book["指标"].protection.sheet and TASKS.name in book.sheetnames
