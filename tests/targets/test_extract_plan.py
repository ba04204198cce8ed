"""`manage.py extract_plan`: what it prints for people and for machines, and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.plans.documents import by_python_docx

DOCUMENTS = Path(__file__).resolve().parents[2] / "fixtures" / "documents"
TEXT = "某市2016年工作要点\r\n一、重点工作\r\n新增企业100家,成交额达到2亿元。\r\n"


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("extract_plan", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_one_object_per_file_and_line(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes(TEXT.encode("gb18030"))
    out, _err = run(str(DOCUMENTS / "wuhan-2014.txt"), str(other), "--json")
    first, second = [json.loads(line) for line in out.splitlines()]
    assert (first["year"], len(first["targets"]), len(first["tasks"])) == (2014, 14, 24)
    assert second["file"] == str(other)
    assert "text" not in second
    for target in second["targets"]:
        assert TEXT[target["start"] : target["end"]] == target["quote"]
    assert [target["value_base"] for target in second["targets"]] == ["100", "200000000"]


def test_the_year_can_be_given(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("重点工作\n新增企业100家。\n", encoding="utf-8")
    out, _err = run(str(path), "--year", "2019", "--json")
    assert json.loads(out)["targets"][0]["year"] == 2019


def test_a_word_document_carries_its_text(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(by_python_docx("某市2016年工作要点", "新增企业100家。"))
    out, _err = run(str(path), "--json")
    found = json.loads(out)
    target = found["targets"][0]
    assert found["text"][target["start"] : target["end"]] == "100家"


def test_a_table_for_people_names_every_rule(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(TEXT, encoding="utf-8")
    out, _err = run(str(path))
    assert "新增企业" in out
    assert "work-and-count" in out


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    broken, good = tmp_path / "scan.txt", tmp_path / "good.txt"
    broken.write_bytes(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3")
    good.write_text(TEXT, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "extract_plan",
            str(broken),
            str(tmp_path / "none.txt"),
            str(good),
            "--json",
            stdout=out,
            stderr=err,
        )
    assert ended.value.code == 1
    first, second, third = [json.loads(line) for line in out.getvalue().splitlines()]
    assert first["error"]["code"] == "FIXED_PAGES"
    assert second["error"]["code"] == "NOT_READABLE"
    assert len(third["targets"]) == 2
    assert "scan.txt" in err.getvalue()
