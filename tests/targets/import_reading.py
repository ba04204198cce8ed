"""Readings for the tests of an import: a small one by hand, and one whose answers are a real plan's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SOURCE_FIELDS = ("start", "end", "quote", "sentence_start", "sentence_end", "wording")
TARGET_FIELDS = (
    *("name", "indicator", "decimals", "pace", "pace_shares", "due", "lead", "cooperating", "key"),
    *("cooperating_text", "data_source", "note", "wording", "baseline_source"),
)
TESTS = Path(__file__).resolve().parents[1]

TEXT = """测试局2015年工作要点
一、主要目标
1、技术合同成交额达到400亿元;
2、单位能耗下降3%。
二、重点工作
(一)发展技术市场。技术合同交易额力争达到400亿元。支持15条产业链。
(二)服务企业。牵头单位:企业处;配合单位:办公室。到2020年企业达到900家。
"""


def found(text: str, quote: str, *, nth: int = 0, **changes: Any) -> dict[str, Any]:
    """A target of a reading at the nth place of its quote."""
    at = -1
    for _time in range(nth + 1):
        at = text.index(quote, at + 1)
    begin = max(text.rfind(stop, 0, at) for stop in "。;\n") + 1
    end = min(place for stop in "。;\n" if (place := text.find(stop, at)) >= 0) + 1
    return {
        "id": "T1", "path": "一/1", "sentence": text[begin:end], "sentence_start": begin, "sentence_end": end,
        "start": at, "end": at + len(quote), "quote": quote, "indicator": "技术合同成交额",
        "comparison": ">=", "wording": "达到", "commitment": "PLAIN", "commitment_wording": "",
        "value": "400", "value_high": None,
        "unit": "亿元", "value_base": "40000000000", "base_unit": "元", "measure": "FLOW", "year": 2015,
        "baseline": None, "repeat_of": None, "rule": "named", "approximate": False, "group": None,
        "direction": "up",
    } | changes  # fmt: skip


def part(text: str, path: str, label: str, title: str, until: str = "") -> dict[str, Any]:
    start = text.index(label + title)
    end = text.index(until, start) if until else len(text)
    return {"path": path, "label": label, "title": title, "start": start, "end": end}


def number(text: str, quote: str, verdict: str, nth: int = 0) -> dict[str, Any]:
    entry = found(text, quote, nth=nth)
    return {
        "start": entry["start"],
        "end": entry["end"],
        "text": quote,
        "verdict": verdict,
        "rule": "by-hand",
    }


def small_reading() -> dict[str, Any]:
    """A goal that a task takes up again, a fall, a scope and a goal of another year."""
    return {
        "year": 2015,
        "sections": [
            part(TEXT, "一", "一、", "主要目标", "二、重点"),
            part(TEXT, "二", "二、", "重点工作"),
        ],
        "tasks": [
            part(TEXT, "二/(一)", "(一)", "发展技术市场", "(二)"),
            part(TEXT, "二/(二)", "(二)", "服务企业"),
        ],
        "targets": [
            found(TEXT, "400亿元"),
            found(
                TEXT, "3%", id="T2", path="一/2", indicator="单位能耗", comparison="=", wording="",
                value="3", unit="%", measure="GROWTH", direction="down",
            ),
            found(
                TEXT, "400亿元", nth=1, id="T3", path="二/(一)", indicator="技术合同交易额",
                commitment="STRIVE", commitment_wording="力争", repeat_of="T1",
            ),
            found(
                TEXT, "900家", id="T4", path="二/(二)", indicator="企业总数", value="900", unit="家",
                measure="STOCK", year=2020,
            ),
        ],
        "ledger": [
            number(TEXT, "2015年", "DATE"),
            number(TEXT, "400亿元", "TARGET"),
            number(TEXT, "3%", "TARGET"),
            number(TEXT, "400亿元", "REPEAT", nth=1),
            number(TEXT, "15条", "SCOPE"),
            number(TEXT, "900家", "OTHER_YEAR"),
        ],
    }  # fmt: skip


def expected_plan(code: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]], str, dict[str, Any]]:
    """A real plan as reading, decisions and text, with the plan that is expected of them."""
    data = json.loads((TESTS / "expected" / f"{code}-2014.json").read_text(encoding="utf-8"))
    document = TESTS.parent / "fixtures" / "documents" / f"{code}-2014.txt"
    reading: dict[str, Any] = {"year": 2014, "targets": [], "ledger": []}
    own = ("path", "label", "title", "start", "end")
    reading |= {
        kind: [{key: row[key] for key in own} for row in data[kind]] for kind in ("sections", "tasks")
    }
    groups = {row["key"]: row["name"] for row in data["groups"]}
    decisions: dict[str, dict[str, Any]] = {
        f"task:{row['path']}": {"lead": "办公室", "cooperating": ["政策法规处"]} for row in data["tasks"]
    }
    for row in data["targets"]:
        _add_target(reading, decisions, row, groups)
    reading["targets"].sort(key=lambda entry: entry["start"])
    return reading, decisions, document.read_bytes().decode("utf-8"), data


def _add_target(
    reading: dict[str, Any], decisions: dict[str, dict[str, Any]], row: dict[str, Any], groups: dict[str, str]
) -> None:
    for place, source in enumerate(row["sources"]):
        identity = row["key"] if not place else f"{row['key']}-{place}"
        reading["targets"].append(
            {key: source[key] for key in SOURCE_FIELDS}
            | {
                "id": identity, "path": source["task"] or source["section"], "sentence": "",
                "indicator": source["name_in_text"], "comparison": row["comparison"],
                "commitment": source["commitment"], "commitment_wording": row["commitment_wording"],
                "value": row["value"], "value_high": None, "unit": row["unit"], "measure": row["measure"],
                "year": row["year_due"], "baseline": row["baseline"], "rule": "fixture", "group": None,
                "repeat_of": row["key"] if place else None, "approximate": False, "direction": "up",
            }
        )  # fmt: skip
        if place:
            decisions[f"target:{identity}"] = {"repeat_of": row["key"]}
    decisions[f"target:{row['key']}"] = {key: row[key] for key in TARGET_FIELDS} | {
        "group": groups.get(row["group"] or "", "")
    }
