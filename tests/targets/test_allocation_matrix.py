"""The matrix of allocations: written prefilled, read from whatever workbook a bureau has."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from targets.upload_problems import message_of
from targets.workbook.limits import WorkbookRefused
from targets.workbook.matrix import MatrixTarget, MatrixUnit, ReadMatrix, read_matrix, write_matrix

TARGETS = [
    MatrixTarget(7, "W7", "新增科技企业孵化器面积", "万平方米", ("孵化器面积",)),
    MatrixTarget(6, "W6", "技术合同成交额", "亿元"),
    MatrixTarget(1, "W1", "高新技术产业产值增幅", "%"),
]
UNITS = [
    MatrixUnit(1, "江岸区"),
    MatrixUnit(2, "江汉区"),
    MatrixUnit(3, "武汉经开区(汉南区)"),
    MatrixUnit(4, "创业服务处"),
]


def book(tmp_path: Path, *rows: list[object]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    path = tmp_path / "分解.xlsx"
    made.save(path)
    return path


def said(found: ReadMatrix) -> dict[tuple[int, int], Decimal | None]:
    return {(cell.target, cell.unit): cell.value for cell in found.cells}


def codes(found: ReadMatrix) -> list[tuple[str, str]]:
    assert all(message_of(problem.code) % problem.values for problem in found.problems)
    return [(problem.code, f"{problem.column}{problem.row}") for problem in found.problems]


def test_the_form_read_back_says_what_was_written(tmp_path: Path) -> None:
    values = {(7, 1): Decimal("6"), (7, 2): None, (6, 4): Decimal("0"), (1, 3): Decimal("20.5")}
    path = tmp_path / "分解.xlsx"
    path.write_bytes(write_matrix(TARGETS, UNITS, values, "武汉2014年指标分解表"))
    found = read_matrix(path, TARGETS, UNITS)
    assert found.problems == []
    assert said(found) == values
    assert found.totals == {}, "the sums of the form are formulas"


def test_a_bureaus_own_workbook_with_title_rows_other_names_and_units(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ["2014年目标分解表"],
        ["序号", "行政区", "孵化器面积(平方米)", "技术合同成交额(单位:万元)"],
        [1, "江岸", 60000, 12000],
        [2, "江 汉 区", "–", None],
        [3, "武汉经开区", 0, "5亿元"],
        [None, "合计", 60000, 12000],
        [None, "注:数据为年初分解数"],
    )
    found = read_matrix(path, TARGETS, UNITS)
    assert codes(found) == []
    assert said(found) == {(7, 1): 6, (6, 1): Decimal("1.2"), (7, 2): None, (7, 3): 0, (6, 3): 5}
    assert found.totals == {7: 6, 6: Decimal("1.2")}


def test_every_problem_is_found_at_once_with_its_cell(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ["区", "W7", "新增孵化器", "技术合同成交额(家)", "W7", "W1"],
        ["江岸区", "待定", 1, 1, 1, 0.2],
        ["火星区", 1, 1, 1, 1, 20],
        ["江岸区", 2, 1, 1, 1, 20],
    )
    assert codes(read_matrix(path, TARGETS, UNITS)) == [
        ("TARGET_UNKNOWN", "C1"),
        ("HEADER_UNIT", "D1"),
        ("HEADER_TWICE", "E1"),
        ("PART_NOT_A_NUMBER", "B2"),
        ("UNIT_UNKNOWN", "A3"),
        ("ROW_TWICE", "A4"),
    ]


def test_a_percentage_cell_is_understood(tmp_path: Path) -> None:
    path = book(tmp_path, ["区", "W1"], ["江岸区", 0.2])
    made = openpyxl.load_workbook(path)
    made.active["B2"].number_format = "0%"  # type: ignore[index,union-attr]
    made.save(path)
    assert said(read_matrix(path, TARGETS, UNITS)) == {(1, 1): 20}


@pytest.mark.parametrize("rows", [[], [["甲", "乙"], [1, 2]], [["区", "没有这个指标"], ["江岸区", 1]]])
def test_without_a_header_the_whole_is_refused(tmp_path: Path, rows: list[list[object]]) -> None:
    with pytest.raises(WorkbookRefused) as refusal:
        read_matrix(book(tmp_path, *rows), TARGETS, UNITS)
    assert refusal.value.problems[0].code == "MATRIX_HEADER_LOST"


def test_a_later_sheet_may_hold_the_matrix(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.append(["说明"])  # type: ignore[union-attr]
    sheet = made.create_sheet("分解")
    sheet.append(["单位", "W6"])
    sheet.append(["创业服务处", 3])
    made.save(tmp_path / "分解.xlsx")
    found = read_matrix(tmp_path / "分解.xlsx", TARGETS, UNITS)
    assert (found.sheet, said(found)) == ("分解", {(6, 4): 3})


def test_no_name_becomes_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "分解.xlsx"
    path.write_bytes(write_matrix([MatrixTarget(1, "W1", "=1+1", "家")], [MatrixUnit(1, "+A1")], {}, "=2"))
    sheet = openpyxl.load_workbook(path).active
    assert {sheet["A1"].data_type, sheet["B3"].data_type, sheet["A4"].data_type} == {"s"}  # type: ignore[index]
