"""The command `import_figures`: one object on stdout, and written only when nothing is wrong."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from accounts.models import AuditEvent, Bureau, Unit
from targets.models import Figure, FigureVersion, Origin, Period
from targets.selectors.unit_form import unit_form
from targets.workbook.form import write_form
from tests.targets.spreadsheets.plans import Sample

pytestmark = pytest.mark.django_db
CUM = "cumulative"
KEYS = {"file", "sheet", "columns", "changes", "errors", "warnings"}


def answer(path: Path, *arguments: str, code: int = 0, bureau: str = "wuhan") -> dict[str, Any]:
    """The one object that the command prints, with the exit code it ends with."""
    out = io.StringIO()
    given = [str(path), "--bureau", bureau, "--period", "2014-09", "--json", *arguments]
    if code:
        with pytest.raises(SystemExit) as end:
            call_command("import_figures", *given, stdout=out)
        assert end.value.code == code
    else:
        call_command("import_figures", *given, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    assert found.keys() >= KEYS
    return found


def sheet(path: Path, text: str) -> Path:
    return Sample("表", "wuhan", {"表": text}).write(path / "表.xlsx")


PLATFORMS = (
    "指标|单位|年度目标|累计\n新增省级以上科技创新平台|个|5|2\n"
    "高新技术企业总数|家|1200|1106\n技术合同成交额|亿元|320|262.4"
)


def test_it_says_what_is_new_changed_and_the_same_and_writes_nothing(tmp_path: Path) -> None:
    before = FigureVersion.objects.count()
    found = answer(sheet(tmp_path, PLATFORMS))
    assert found["columns"] == {"indicator": "A", "unit": "B", "annual": "C", "cumulative": "D"}
    assert found["changes"] == [
        {
            "row": 2,
            "target": "W9",
            "unit": None,
            "kind": "new",
            "old": None,
            "new": "2",
            "basis": CUM,
        },
        {
            "row": 3,
            "target": "W11",
            "unit": None,
            "kind": "changed",
            "old": "1105",
            "new": "1106",
            "basis": CUM,
        },
        {
            "row": 4,
            "target": "W6",
            "unit": None,
            "kind": "same",
            "old": "262.4",
            "new": "262.4",
            "basis": "cumulative",
        },
    ]
    assert found["errors"] == [] and FigureVersion.objects.count() == before


def test_applying_writes_drafts_of_several_units_with_versions_and_audit(
    tmp_path: Path, september: Period
) -> None:
    found = answer(sheet(tmp_path, PLATFORMS), "--apply", "--as", "wuhan_office")
    assert found["errors"] == [] and found["applied"] == 2
    figure = Figure.objects.get(target__key="W9", period=september)
    assert figure.value == Decimal(2) and figure.state == "DRAFT"
    assert figure.versions.get().origin == Origin.WORKBOOK
    event = AuditEvent.objects.filter(kind="figures.imported").latest("pk")
    assert event.user is not None and event.user.username == "wuhan_office" and event.after["changed"] == 2
    again = answer(sheet(tmp_path, PLATFORMS), "--apply", "--as", "wuhan_office")
    assert {change["kind"] for change in again["changes"]} == {"same"} and again["applied"] == 0


def test_a_reporter_writes_only_what_the_own_unit_reports(tmp_path: Path, september: Period) -> None:
    own = answer(sheet(tmp_path, PLATFORMS), "--unit", "高新技术处", "--apply", "--as", "wuhan_reporter")
    assert [change["target"] for change in own["changes"]] == ["W11"] and own["applied"] == 1
    assert [note["reason"] for note in own["skipped"]] == ["由条件财务处报送", "由成果与市场处报送"]
    assert not Figure.objects.filter(target__key="W9", period=september).exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--apply"], 1),
        (["--apply", "--as", "nobody"], 1),
        (["--apply", "--as", "xian_reporter"], 1),
        (["--unit", "成果与市场处", "--apply", "--as", "wuhan_reporter"], 1),
        (["--apply", "--as", "wuhan_reporter"], 0),
        (["--apply", "--as", "xian_office"], 1),
        (["--apply", "--as", "wuhan_leader"], 1),
        (["--unit", "没有的处"], 1),
        (["--apply", "--as", "wuhan_office"], 0),
    ],
)
def test_who_may_apply(tmp_path: Path, arguments: list[str], code: int) -> None:
    before = FigureVersion.objects.count()
    found = answer(sheet(tmp_path, PLATFORMS), *arguments, code=code)
    assert bool(found["errors"]) == bool(code)
    assert (FigureVersion.objects.count() == before) == bool(code)


def test_with_one_error_nothing_is_applied_and_all_are_said(tmp_path: Path) -> None:
    text = PLATFORMS.replace("|2\n", "|约2\n").replace("1106", "-")
    before = FigureVersion.objects.count()
    found = answer(sheet(tmp_path, text), "--apply", "--as", "wuhan_office", code=1)
    places = [(error["sheet"], error["row"], error["column"], error["value"]) for error in found["errors"]]
    assert places == [("表", 2, "D", "约2"), ("表", 3, "D", "-")]
    assert all(error["reason"] for error in found["errors"]) and FigureVersion.objects.count() == before


def test_an_approved_figure_stops_applying_and_is_only_a_warning_for_reading(tmp_path: Path) -> None:
    path = sheet(tmp_path, "指标|累计\n技术合同成交额|263")
    read = answer(path)
    assert read["errors"] == [] and read["warnings"][0]["row"] == 2
    assert "发起订正" in read["warnings"][0]["reason"] and "--apply" in read["warnings"][0]["reason"]
    assert read["changes"][0]["new"] == "263" and read["changes"][0]["kind"] == "changed"
    before = FigureVersion.objects.count()
    refused = answer(path, "--apply", "--as", "wuhan_office", code=1)
    assert refused["errors"] and refused["applied"] is None and FigureVersion.objects.count() == before


def test_the_own_form_tells_an_approved_figure_that_differs_alike(
    tmp_path: Path, wuhan: Bureau, september: Period
) -> None:
    unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="成果与市场处")
    path = tmp_path / "填报表.xlsx"
    path.write_bytes(write_form(unit_form(unit, september)))
    book = openpyxl.load_workbook(path)
    column = answer(path)["columns"]["cumulative"]
    (row,) = [one["row"] for one in answer(path)["changes"] if one["target"] == "W6"]
    book["指标"][f"{column}{row}"] = 263
    book.save(path)
    read = answer(path)
    assert [(one["kind"], one["new"]) for one in read["changes"] if one["target"] == "W6"] == [
        ("changed", "263")
    ]
    assert read["errors"] == [] and "--apply" in read["warnings"][0]["reason"]
    before = FigureVersion.objects.count()
    assert answer(path, "--apply", "--as", "wuhan_office", code=1)["errors"]
    assert FigureVersion.objects.count() == before


def test_a_single_quarter_becomes_a_cumulative_figure(tmp_path: Path) -> None:
    found = answer(sheet(tmp_path, "指标|单位|三季度\n新增省级以上科技创新平台|个|3"))
    assert found["changes"] == [
        {"row": 2, "target": "W9", "unit": None, "kind": "new", "old": None, "new": "4", "basis": "single"}
    ]


def test_the_own_form_is_read_too_and_names_its_unit(
    tmp_path: Path, wuhan: Bureau, september: Period
) -> None:
    unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")
    path = tmp_path / "填报表.xlsx"
    path.write_bytes(write_form(unit_form(unit, september)))
    found = answer(path)
    assert found["sheet"] == "指标" and found["columns"]["cumulative"] == "G"
    assert {change["target"]: change["kind"] for change in found["changes"]} == dict.fromkeys(
        ["W1", "W2", "W3", "W4", "W10", "W11"], "same"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("a.xlsx", b"a,b\n1,2"), ("a.xlsx", b"")],
)
def test_what_is_no_workbook_is_refused_unopened(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (error,) = answer(tmp_path / name, code=1)["errors"]
    assert error["row"] is None and error["reason"]


def test_a_file_that_is_not_there_and_a_bureau_that_is_not_there(tmp_path: Path) -> None:
    assert answer(tmp_path / "没有.xlsx", code=1)["errors"]
    assert answer(sheet(tmp_path, PLATFORMS), code=1, bureau="nowhere")["errors"]


def test_without_json_people_get_a_summary_in_chinese(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command(
        "import_figures",
        str(sheet(tmp_path, PLATFORMS)),
        "--bureau",
        "wuhan",
        "--period",
        "2014-09",
        stdout=out,
    )
    assert "新增 1 项，改动 1 项，无变动 1 项" in out.getvalue()


def test_rows_that_are_no_indicator_of_the_plan_may_be_left_out(tmp_path: Path) -> None:
    path = sheet(tmp_path, PLATFORMS + "\n植树|亩|10|5")
    assert [error["row"] for error in answer(path, code=1)["errors"]] == [5]
    found = answer(path, "--leave-out-unknown")
    assert found["errors"] == [] and found["skipped"][-1]["row"] == 5


def test_what_looks_odd_is_a_warning(tmp_path: Path) -> None:
    found = answer(sheet(tmp_path, "指标|累计\n高新技术企业总数|11060000"))
    assert found["errors"] == [] and [warning["row"] for warning in found["warnings"]]
