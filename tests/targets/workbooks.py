"""Forms to try things on: a sample of every kind of row, and ways to fill a form in as people do."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

from targets.enums import Comparison, Nature, State
from targets.periods import PeriodKey
from targets.upload_problems import Problem
from targets.workbook.changes import SAME, Change
from targets.workbook.comparing import Bases, compare
from targets.workbook.content import (
    FigureContent,
    FigureItem,
    NodeItem,
    Stored,
    TaskItem,
    TextContent,
    UnitForm,
)
from targets.workbook.form import write_form
from targets.workbook.reading import read_form

SOFFICE = shutil.which("soffice")
FIRST_ROW = 5
VALUE, FORECAST, NATURE, NOTE, PROGRESS = "G", "H", "I", "J", "K"  # columns of the sheet 指标


def figure(code: str, value: str | None = None, **more: object) -> FigureItem:
    """A row of 指标; `content`, `state`, `version` and the item's own fields may be given."""
    content = FigureContent(Decimal(value) if value is not None else None, nature="FLASH" if value else "")
    content = replace(content, **more.pop("content", {}))  # type: ignore[arg-type]
    version = int(str(more.pop("version", 1 if value is not None else 0)))
    stored = Stored(content, version, version, str(more.pop("state", State.DRAFT)), by="李四")
    more.setdefault("text", Stored(TextContent()))
    number = int(re.sub(r"\D", "", code) or 0)
    fields = {"name": f"指标{code}", "unit": "亿元", "target_id": number, **more}
    return FigureItem(code=code, figure=stored, **fields)  # type: ignore[arg-type]


def sample_form(**more: object) -> UnitForm:
    """Numbers of every state, a part, a text, a task with nodes, a task to cooperate in."""
    texts = Stored(TextContent("已完成七成。", "订单下滑", "按月调度"), 2, 2, by="李四")
    nodes = (
        NodeItem("三/二是-1", 31, "发布指南", "一季度", done_before="一季度", what_before="指南已发布"),
        NodeItem("三/二是-2", 32, "立项", "二季度"),
        NodeItem("三/二是-3", 33, "中期检查", "四季度"),
    )
    told = Stored(TextContent("已立项。", nodes={32: "科发〔2014〕3号"}), 1, 1, by="李四")
    form = UnitForm(
        bureau_code="wuhan",
        bureau_name="武汉市科学技术局",
        unit_id=6,
        unit_name="高新技术处",
        period=PeriodKey(2014, 9),
        figures=(
            figure("W1", "20.1", unit="%", text=texts, annual=Decimal(20), previous=Decimal("20.3")),
            figure("W2", comparison=Comparison.MORE_THAN, annual=Decimal(6725), last_year=Decimal("3963.4")),
            figure("W3", content={"not_applicable": True}, version=1, unit="家", decimals=0),
            figure("W4", "1105", state=State.APPROVED, unit="家", content={"nature": Nature.VERIFIED}),
            figure("W5", "262.4", state=State.SUBMITTED, content={"note": "=1+1"}),
            figure("W7/江岸区", "5.2", unit="万平方米", allocation_id=71, text=None),
            figure(
                "W8", "28.9", unit="%", content={"numerator": Decimal("88.1"), "denominator": Decimal(305)}
            ),
        ),
        tasks=(
            TaskItem("三/二是", "二是推进产业链攻关", 21, "牵头", told, "二季度完成立项。", nodes),
            TaskItem("三/一是", "一是支持以企业为主体", 22, "配合", Stored(TextContent())),
        ),
        due=date(2014, 10, 10),
    )
    return replace(form, **more)  # type: ignore[arg-type]


def row_of(form: UnitForm, code: str) -> int:
    """The row of 指标 in which a code stands."""
    return FIRST_ROW + [item.code for item in form.figures].index(code)


def edited(
    path: Path,
    form: UnitForm,
    cells: Mapping[str, Mapping[str, object]] | None = None,
    change: Callable[[Workbook], object] | None = None,
) -> Path:
    """The form filled in (sheet → cell → value) and changed further, saved at `path` by openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(write_form(form)))
    for sheet, values in (cells or {}).items():
        for place, value in values.items():
            book[sheet][place] = value
    if change:
        change(book)
    book.save(path)
    return path


def told(path: Path, form: UnitForm, bases: Bases | None = None) -> tuple[list[Problem], list[Change]]:
    """All problems, and the changes that are changes."""
    read = read_form(path, form)
    problems, changes = compare(form, read, bases or {})
    return [*read.problems, *problems], [change for change in changes if change.kind != SAME]


def rezipped(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The same file with its parts changed; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def through_libreoffice(path: Path, folder: Path, kind: str = "xlsx") -> Path:
    """The file as LibreOffice opens and saves it."""
    assert SOFFICE
    folder.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [SOFFICE, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{kind}"
