"""The demonstration's JSON against the two published texts, and against itself.

Plain data checks: no Django, no database. The expected tables below are copied from the description of the
demonstration, so that a slip in a fixture cannot hide behind the same slip in the code that loads it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
EXPECTED = Path(__file__).resolve().parent / "expected"
BUREAUS = ("wuhan", "xian")
QUARTERS = (3, 6, 9)
LAST_MONTH = 12
ADMINS = {"sysadmin", "secadmin", "auditor"}

# One symbol per quarter (first, half year, three quarters) for every task without a number.
LIGHTS = {
    "wuhan": {
        "三/(一)/一是": "●●●",
        "三/(一)/二是": "●▲■",
        "三/(一)/三是": "●●●",
        "三/(二)/二是": "●●●",
        "三/(二)/三是": "●●◆",
        "三/(三)/一是": "●▲●",
        "三/(三)/三是": "●●●",
        "三/(四)/三是": "●●●",
        "三/(五)/一是": "●▲●",
        "三/(五)/二是": "●●●",
        "三/(五)/三是": "––▲",
        "三/(六)/一是": "●●●",
        "三/(六)/二是": "●●●",
        "三/(六)/三是": "●●●",
        "三/(七)/一是": "●●●",
        "三/(七)/二是": "●▲●",
        "三/(七)/三是": "●●●",
        "三/(八)/一是": "●●○",
        "三/(八)/二是": "●●●",
        "三/(八)/三是": "●●●",
    },
    "xian": {
        "一/3": "●●●",
        "二/6": "●●▲",
        "三/10": "●●●",
        "四/11": "●▲■",
        "四/12": "●●●",
        "四/13": "●●●",
        "四/14": "––●",
        "五/16": "●●●",
        "五/17": "●●●",
        "六/19": "●●●",
        "六/20": "●●●",
        "六/21": "●●○",
    },
}

# Cumulative values of the first, second and third quarter; None: not reported, or not asked for.
FIGURES: dict[str, dict[str, tuple[str | None, str | None, str | None]]] = {
    "wuhan": {
        "W1": ("20.9", "20.3", "20.1"),
        "W2": ("1402.0", "2980.0", "4760.0"),
        "W3": ("19.2", "18.4", "17.7"),
        "W4": ("402.0", "863.0", "1378.0"),
        "W5": (None, None, None),
        "W6": ("58.3", "139.6", "262.4"),
        "W7": ("12.5", "41.8", "96.3"),
        "W8": ("3", "9", "20"),
        "W9": ("0", "1", None),
        "W10": ("0", "0", "0"),
        "W11": ("1113", "1108", "1105"),
    },
    "xian": {
        "X1": ("126.0", "301.0", "489.0"),
        "X2": ("0", "0", "46"),
        "X3": ("52.0", "168.0", "305.0"),
        "X4": ("27.5", "26.4", "28.9"),
        "X5": ("4380", "9996", "15240"),
        "X6": ("960", "2110", "3270"),
        "X7": ("0", "1.2", "2.0"),
        "X8": ("0", "46", "104"),
        "X9": ("212", "236", "288"),
        "X10": ("25", "27", "28"),
        "X11": (None, "455.0", None),
        "X12": ("52", "117", "176"),
        "X13": ("10.1", "12.4", "11.8"),
        "X14": ("0", "0", "0.6"),
        "X15": ("180", "520", "830"),
        "X16": ("12", "47", None),
        "X17": ("0", "3", "22"),
        "X18": ("0", "100", "100"),
        "X19": ("4", "14", "26"),
        "X20": ("2", "7", "16"),
    },
}

# The year's real numbers, and the one that is computed from two of them (W3).
YEAR_FIGURES = {
    "wuhan": {
        "W1": "20.0",
        "W2": "6725",
        "W3": "17.3",
        "W4": "1994.92",
        "W5": "2.91",
        "W6": "342.89",
        "W10": "163",
        "W11": "1321",
    },
    "xian": {"X6": "4379"},
}

# measure, comparison, commitment, value, unit, baseline, pace (with its shares), due
TARGETS = {
    "W1": "GROWTH >= PLAIN 20 % - CONSTANT EVERY",
    "W2": "FLOW > STRIVE 6725 亿元 5604.2 LINEAR EVERY",
    "W3": "GROWTH >= PLAIN 20 % - CONSTANT EVERY",
    "W4": "FLOW > PLAIN 2040 亿元 1700.19 LINEAR EVERY",
    "W5": "RATIO >= PLAIN 2.90 % 2.74 YEAR_END LAST",
    "W6": "FLOW >= PLAIN 320 亿元 273.07 LINEAR EVERY",
    "W7": "FLOW >= PLAIN 120 万平方米 - CUSTOM/10/35/70/100 EVERY",
    "W8": "FLOW >= PLAIN 20 个 - LINEAR EVERY",
    "W9": "FLOW >= PLAIN 5 个 - CUSTOM/0/20/60/100 EVERY",
    "W10": "FLOW >= STRIVE 200 家 - YEAR_END EVERY",
    "W11": "STOCK > STRIVE 1200 家 1113 YEAR_END EVERY",
    "X1": "FLOW >= STRIVE 700 亿元 - LINEAR EVERY",
    "X2": "FLOW >= PLAIN 100 家 - CUSTOM/0/0/40/100 EVERY",
    "X3": "FLOW > STRIVE 500 亿元 - CUSTOM/10/30/60/100 EVERY",
    "X4": "RATIO >= STRIVE 30 % - CONSTANT EVERY",
    "X5": "FLOW > PLAIN 20000 件 - LINEAR EVERY",
    "X6": "FLOW >= PLAIN 4000 件 - LINEAR EVERY",
    "X7": "FLOW >= PLAIN 2 亿元 - CUSTOM/0/50/100/100 EVERY",
    "X8": "FLOW >= PLAIN 100 家 - CUSTOM/0/40/100/100 EVERY",
    "X9": "STOCK > STRIVE 300 家 212 CUSTOM/0/30/80/100 EVERY",
    "X10": "STOCK >= STRIVE 30 家 24 LINEAR EVERY",
    "X11": "FLOW > STRIVE 1000 亿元 - LINEAR HALF",
    "X12": "FLOW >= STRIVE 300 家 - LINEAR EVERY",
    "X13": "STOCK >= STRIVE 15 亿元 9.6 LINEAR EVERY",
    "X14": "FLOW >= PLAIN 1 亿元 - CUSTOM/0/0/50/100 EVERY",
    "X15": "FLOW >= PLAIN 1000 名 - LINEAR EVERY",
    "X16": "FLOW >= PLAIN 100 户 - LINEAR EVERY",
    "X17": "FLOW >= STRIVE 50 家 - CUSTOM/0/10/50/100 EVERY",
    "X18": "FLOW >= PLAIN 100 家 - CUSTOM/0/100/100/100 EVERY",
    "X19": "FLOW >= PLAIN 30 项 - CUSTOM/10/50/80/100 EVERY",
    "X20": "FLOW >= PLAIN 20 个 - LINEAR EVERY",
}

# Weekends worked and holidays taken among the demonstration's dates.
WORKED_WEEKENDS = {date(2014, 5, 4), date(2014, 9, 28), date(2014, 10, 11), date(2015, 1, 4)}
HOLIDAYS = {
    date(2014, 4, 7),
    *(date(2014, 5, day) for day in (1, 2, 3)),
    date(2014, 6, 2),
    date(2014, 9, 8),
    *(date(2014, 10, day) for day in range(1, 8)),
    *(date(2015, 1, day) for day in (1, 2, 3)),
    *(date(2015, 10, day) for day in range(1, 8)),
}


def load(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def whole_plan(code: str) -> dict[str, Any]:
    """The fixture with the plan that must come of its document: outline, targets and their sentences."""
    fixture = load(f"{code}-2014.json")
    expected = json.loads((EXPECTED / f"{code}-2014.json").read_text(encoding="utf-8"))
    found = {task["path"]: task for task in expected["tasks"]}
    tasks = [{**found[task["path"]], **task} for task in fixture["tasks"]]
    return {**fixture, **expected, "tasks": tasks, "decided": fixture["targets"]}


PLANS: dict[str, dict[str, Any]] = {code: whole_plan(code) for code in BUREAUS}
ACCOUNTS: list[dict[str, Any]] = load("accounts.json")
BUREAU: dict[str, dict[str, Any]] = {bureau["code"]: bureau for bureau in load("bureaus.json")}
TEXTS = {code: (FIXTURES / plan["document"]).read_bytes().decode("utf-8") for code, plan in PLANS.items()}

each_bureau = pytest.mark.parametrize("code", BUREAUS)


def units(code: str) -> dict[str, dict[str, Any]]:
    return {unit["name"]: unit for unit in BUREAU[code]["units"]}


def tasks(code: str) -> dict[str, dict[str, Any]]:
    return {task["path"]: task for task in PLANS[code]["tasks"]}


def targets(code: str) -> dict[str, dict[str, Any]]:
    return {target["key"]: target for target in PLANS[code]["targets"]}


def sources(code: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(target, source) for target in PLANS[code]["targets"] for source in target["sources"]]


def approved_months(code: str, task: dict[str, Any]) -> dict[int, list[str]]:
    """The nodes that the lead unit's approved narratives report as done, by month."""
    return {
        narrative["month"]: narrative["nodes_done"]
        for narrative in PLANS[code]["narratives"]
        if narrative["subject"] == task["path"]
        and narrative["unit"] == task["lead"]
        and narrative["state"] == "APPROVED"
    }


def planned_months(code: str, task: dict[str, Any], month: int) -> list[tuple[str, int]]:
    """Each node with the month planned for it, as in force in the period that ends in `month`."""
    moved = {
        step["milestone"]: step["to_month"]
        for step in PLANS[code]["postponements"]
        if step["task"] == task["path"] and step["effective_month"] <= month
    }
    return [(node["text"], moved.get(node["text"], node["month"])) for node in task["milestones"]]


def milestone_light(code: str, task: dict[str, Any], month: int) -> str:
    """The first row that fits decides."""
    reported = approved_months(code, task)
    done = {node for at, nodes in reported.items() if at <= month for node in nodes}
    planned = planned_months(code, task, month)
    undone = [at for node, at in planned if node not in done]
    begun = any(at <= month for _, at in planned)
    if planned[-1][0] in done:
        return "◆"
    if any(at <= month - 3 for at in undone) or (month == LAST_MONTH and undone):
        return "■"
    if any(at <= month for at in undone):
        return "▲"
    if month not in reported:
        return "○" if begun else "–"
    return "●"


def is_spelled_from(name: str, sentence: str) -> bool:
    """Whether the name's characters stand in the sentence in this order: 发明专利(申请量…)授权量."""
    left = iter(sentence)
    return all(character in left for character in name)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def is_working_day(day: date) -> bool:
    return day in WORKED_WEEKENDS or (day.weekday() < 5 and day not in HOLIDAYS)


# --- the published text ---------------------------------------------------------------------------------


@each_bureau
def test_every_quote_is_the_documents_own_text(code: str) -> None:
    text = TEXTS[code]
    for target, source in sources(code):
        assert text[source["start"] : source["end"]] == source["quote"], target["key"]


@each_bureau
def test_every_quote_holds_the_targets_number_and_unit(code: str) -> None:
    written = {("X5", "2万件"), ("X15", "千名")}  # 20000件 and 1000名
    for target, source in sources(code):
        expected = target["value"] + target["unit"]
        assert source["quote"] == expected or (target["key"], source["quote"]) in written


@each_bureau
def test_every_quote_starts_a_number_and_is_no_tail_of_a_longer_one(code: str) -> None:
    for target, source in sources(code):
        before = TEXTS[code][source["start"] - 1]
        assert not (before.isdigit() or before in ".,"), target["key"]


@each_bureau
def test_every_sentence_holds_its_quote_and_the_words_around_it(code: str) -> None:
    text = TEXTS[code]
    for target, source in sources(code):
        start, end = source["sentence_start"], source["sentence_end"]
        sentence = text[start:end]
        assert start <= source["start"] < source["end"] <= end, target["key"]
        assert source["wording"] in sentence
        assert is_spelled_from(source["name_in_text"], sentence), target["key"]
        assert ("力争" in sentence) or source["commitment"] == "PLAIN"
        assert "\n" not in sentence
        assert not set("。;") & set(sentence[:-1]), sentence
        assert start == 0 or text[start - 1] in "。;\n"


@each_bureau
def test_every_source_names_the_section_and_task_that_hold_it(code: str) -> None:
    plan = PLANS[code]
    for target, source in sources(code):
        at = source["start"]
        holders = [task["path"] for task in plan["tasks"] if task["start"] <= at < task["end"]]
        around = [part for part in plan["sections"] if part["start"] <= at < part["end"]]
        innermost = min(around, key=lambda part: part["end"] - part["start"])
        assert holders == ([source["task"]] if source["task"] else []), target["key"]
        assert source["section"] == innermost["path"], target["key"]


@each_bureau
def test_a_target_hangs_where_its_sources_stand(code: str) -> None:
    for target in PLANS[code]["targets"]:
        kinds = [source["kind"] for source in target["sources"]]
        in_tasks = [source["task"] for source in target["sources"] if source["task"]]
        primary = target["sources"][0]
        assert kinds == ["PRIMARY", "REPEAT"][: len(kinds)]
        assert target["task"] == (in_tasks[0] if in_tasks else None), target["key"]
        for field in ("section", "wording", "commitment"):
            assert target[field] == primary[field], target["key"]
        strives = target["commitment"] == "STRIVE"
        assert target["commitment_wording"] == ("力争" if strives else "")


@each_bureau
def test_sections_start_at_their_label_and_nest(code: str) -> None:
    text, plan = TEXTS[code], PLANS[code]
    by_path = {section["path"]: section for section in plan["sections"]}
    for section in plan["sections"]:
        assert section["path"].split("/")[-1] == (section["label"].rstrip("、") or "前言")
        assert 0 <= section["start"] < section["end"] <= len(text)
        if section["label"]:
            heading = section["label"] + section["title"] + "\n"
            assert text[section["start"] : section["end"]].startswith(heading)
        if section["parent"]:
            parent = by_path[section["parent"]]
            assert parent["start"] < section["start"] and section["end"] <= parent["end"]
    for first, second in pairwise(part for part in plan["sections"] if not part["parent"]):
        assert first["end"] == second["start"]
    assert plan["sections"][-1]["end"] == len(text)


@each_bureau
def test_tasks_start_at_their_label_and_lie_in_their_section(code: str) -> None:
    text, plan = TEXTS[code], PLANS[code]
    by_path = {section["path"]: section for section in plan["sections"]}
    for task in plan["tasks"]:
        section, body = by_path[task["section"]], text[task["start"] : task["end"]]
        assert section["start"] < task["start"] and task["end"] <= section["end"]
        assert re.match(f"{re.escape(task['label'])} ?{re.escape(task['title'])}。", body)
        assert "\n" not in body and text[task["start"] - 1] == "\n"
        assert text[task["end"] : task["end"] + 1] in ("\n", "")
        assert task["path"] == f"{task['section']}/{task['label'].rstrip('.')}"
    for first, second in pairwise(plan["tasks"]):
        assert first["end"] < second["start"]


def test_page_chrome_belongs_to_no_section() -> None:
    chrome = TEXTS["wuhan"][: PLANS["wuhan"]["sections"][0]["start"]]
    assert "今天是:" in chrome and "浏览:9915" in chrome
    assert TEXTS["wuhan"][len(chrome) :].startswith("2014年是全面实施")


@pytest.mark.parametrize(
    ("code", "task_count", "with_nodes", "target_count", "repeats"),
    [("wuhan", 24, 20, 11, 3), ("xian", 21, 12, 20, 5)],
)
def test_counts(code: str, task_count: int, with_nodes: int, target_count: int, repeats: int) -> None:
    plan = PLANS[code]
    kinds = Counter(source["kind"] for _, source in sources(code))
    assert len(plan["tasks"]) == len(tasks(code)) == task_count
    assert len(plan["targets"]) == len(targets(code)) == target_count
    assert kinds == {"PRIMARY": target_count, "REPEAT": repeats}
    assert sum(bool(task["milestones"]) for task in plan["tasks"]) == with_nodes
    spans = [(source["start"], source["end"]) for _, source in sources(code)]
    assert len(set(spans)) == len(spans)


def test_xian_has_one_target_in_chinese_numerals() -> None:
    wordy = [t["key"] for t, source in sources("xian") if not re.search(r"\d", source["quote"])]
    assert wordy == ["X15"]


# --- targets --------------------------------------------------------------------------------------------


@each_bureau
def test_targets_are_those_of_the_published_plan(code: str) -> None:
    for order, (key, target) in enumerate(targets(code).items(), start=1):
        pace = "/".join([target["pace"], *(target["pace_shares"] or [])])
        row = [target[name] for name in ("measure", "comparison", "commitment", "value", "unit")]
        row += [target["baseline"] or "-", pace, target["due"]]
        assert " ".join(row) == TARGETS[key]
        assert target["order"] == order
        assert target["year_due"] == PLANS[code]["year"]
        assert bool(target["baseline"]) == bool(target["baseline_source"])


@each_bureau
def test_custom_shares_never_decrease_and_end_at_the_whole(code: str) -> None:
    for target in PLANS[code]["targets"]:
        assert (target["pace"] == "CUSTOM") == (target["pace_shares"] is not None)
        shares = [Decimal(share) for share in target["pace_shares"] or ["100"] * 4]
        assert len(shares) == 4 and shares == sorted(shares) and shares[-1] == 100


@each_bureau
def test_decimals_suffice_for_every_known_value(code: str) -> None:
    plan = PLANS[code]
    for figure in plan["figures"] + plan["year_figures"]:
        exponent = Decimal(figure["value"]).normalize().as_tuple().exponent
        assert isinstance(exponent, int)
        assert -exponent <= targets(code)[figure["target"]]["decimals"], figure


@each_bureau
def test_groups_and_targets_name_each_other(code: str) -> None:
    plan = PLANS[code]
    members = {group["key"]: group["targets"] for group in plan["groups"]}
    claimed: dict[str, list[str]] = {}
    for target in plan["targets"]:
        if target["group"]:
            claimed.setdefault(target["group"], []).append(target["key"])
    assert members == claimed
    assert ("产值" in members) == (code == "wuhan")


@each_bureau
def test_every_target_points_at_a_listed_indicator(code: str) -> None:
    plan = PLANS[code]
    names = [indicator["name"] for indicator in plan["indicators"]]
    aliases = [alias for indicator in plan["indicators"] for alias in indicator["aliases"]]
    assert len({*names, *aliases}) == len(names) + len(aliases)
    assert {target["indicator"] for target in plan["targets"]} == set(names)
    assert {row["indicator"] for row in plan["last_year"]} <= set(names)


def test_the_two_cities_share_the_contract_indicator() -> None:
    listed = [
        next(row for row in plan["indicators"] if row["name"] == "技术合同成交额") for plan in PLANS.values()
    ]
    assert listed[0] == listed[1]
    assert listed[0]["aliases"] == ["技术合同交易额", "技术成果交易额"]
    assert targets("wuhan")["W6"]["indicator"] == targets("xian")["X3"]["indicator"]


# --- units and names ------------------------------------------------------------------------------------


@each_bureau
def test_units_stand_in_the_official_order(code: str) -> None:
    listed = BUREAU[code]["units"]
    rank = ["DEPARTMENT", "AFFILIATE", "EXTERNAL", "DISTRICT"]
    ranks = [rank.index(unit["kind"]) for unit in listed]
    assert ranks == sorted(ranks)
    assert [unit["order"] for unit in listed] == list(range(1, len(listed) + 1))
    assert len(units(code)) == len(listed)
    counts = {"wuhan": (15, 2, 4, 15), "xian": (13, 2, 2, 20)}[code]
    assert tuple(Counter(ranks)[at] for at in range(4)) == counts


@each_bureau
def test_every_unit_named_anywhere_exists(code: str) -> None:
    plan, known = PLANS[code], set(units(code))
    named = {row["unit"] for row in plan["figures"] + plan["year_figures"] if row["unit"]}
    named |= {row["unit"] for row in plan["narratives"] + plan["allocations"]}
    named |= {event["unit"] for story in plan["stories"] for event in story["events"]}
    for row in plan["tasks"] + plan["targets"]:
        named |= {row["lead"], *row["cooperating"]}
    assert named <= known, named - known


@each_bureau
def test_a_lead_unit_never_cooperates_with_itself(code: str) -> None:
    for row in PLANS[code]["tasks"] + PLANS[code]["targets"]:
        assert row["lead"] not in row["cooperating"]
        assert len(set(row["cooperating"])) == len(row["cooperating"])
        assert not set(row["cooperating_text"].split("、")) & set(units(code))


@each_bureau
def test_every_task_has_the_leader_of_its_lead_unit(code: str) -> None:
    for task in PLANS[code]["tasks"]:
        assert task["leader"] == units(code)[task["lead"]]["leader"] != "", task["path"]


@each_bureau
def test_every_target_task_section_and_node_named_anywhere_exists(code: str) -> None:
    plan = PLANS[code]
    paths, keys = set(tasks(code)), set(targets(code))
    sections = {section["path"] for section in plan["sections"]}
    assert {t["section"] for t in plan["tasks"] + plan["targets"]} <= sections
    assert {t["task"] for t in plan["targets"] if t["task"]} <= paths
    rows = plan["figures"] + plan["year_figures"] + plan["allocations"]
    assert {row["target"] for row in rows} <= keys
    assert {row["subject"] for row in plan["narratives"]} <= paths | keys
    for row in plan["narratives"]:
        nodes = {node["text"] for node in tasks(code).get(row["subject"], {"milestones": []})["milestones"]}
        assert set(row["nodes_done"]) <= nodes, row["subject"]
    for step in plan["postponements"]:
        planned = {node["text"]: node["month"] for node in tasks(code)[step["task"]]["milestones"]}
        assert planned[step["milestone"]] == step["from_month"] < step["to_month"]


# --- milestone tasks ------------------------------------------------------------------------------------


@each_bureau
def test_exactly_the_tasks_without_a_target_have_nodes(code: str) -> None:
    with_nodes = {path for path, task in tasks(code).items() if task["milestones"]}
    with_targets = {target["task"] for target in PLANS[code]["targets"]}
    assert with_nodes == set(LIGHTS[code]) == set(tasks(code)) - with_targets


@each_bureau
def test_nodes_are_named_apart_and_run_through_the_year(code: str) -> None:
    for task in PLANS[code]["tasks"]:
        names = [node["text"] for node in task["milestones"]]
        months = [node["month"] for node in task["milestones"]]
        assert len(set(names)) == len(names)
        assert months == sorted(months) and set(months) <= {3, 6, 9, 12}


@each_bureau
def test_milestone_lights_are_those_of_the_demonstration(code: str) -> None:
    computed = {
        path: "".join(milestone_light(code, tasks(code)[path], month) for month in QUARTERS)
        for path in LIGHTS[code]
    }
    assert computed == LIGHTS[code]


# --- figures --------------------------------------------------------------------------------------------


@each_bureau
def test_figures_are_those_of_the_table(code: str) -> None:
    whole: dict[str, list[str | None]] = {key: [None] * 3 for key in targets(code)}
    city = [figure for figure in PLANS[code]["figures"] if figure["unit"] is None]
    for figure in city:
        whole[figure["target"]][QUARTERS.index(figure["month"])] = figure["value"]
    assert {key: tuple(values) for key, values in whole.items()} == FIGURES[code]
    assert len(city) == sum(v is not None for values in FIGURES[code].values() for v in values)


@each_bureau
def test_quarterly_figures_are_samples_and_say_how_final_they_are(code: str) -> None:
    from_statistics = {"W1", "W2", "W3", "W4", "X1"}
    for figure in PLANS[code]["figures"]:
        assert figure["is_sample"] is True
        flash = figure["target"] in from_statistics
        assert figure["nature"] == ("FLASH" if flash else "VERIFIED")


@each_bureau
def test_only_the_two_open_figures_are_not_approved(code: str) -> None:
    waiting = {
        (figure["target"], figure["month"]): figure["state"]
        for figure in PLANS[code]["figures"]
        if figure["state"] != "APPROVED"
    }
    expected = {("W10", 9): "REVIEWED", ("W11", 9): "RETURNED"}
    assert waiting == (expected if code == "wuhan" else {})
    for figure in PLANS[code]["figures"]:
        assert bool(figure.get("return_reason")) == (figure["state"] == "RETURNED")


@each_bureau
def test_the_year_holds_real_and_computed_numbers_only(code: str) -> None:
    rows = PLANS[code]["year_figures"]
    assert {row["target"]: row["value"] for row in rows} == YEAR_FIGURES[code]
    assert len(rows) == len(YEAR_FIGURES[code])
    for row in rows:
        assert row["month"] == LAST_MONTH and row["unit"] is None and row["state"] == "APPROVED"
        assert row["is_sample"] is False and row["source"] and row["nature"] == "VERIFIED"


def test_the_ratio_carries_numerator_and_denominator() -> None:
    carried = {
        (row["target"], row["month"]): (row["numerator"], row["denominator"], row["value"])
        for code in BUREAUS
        for row in PLANS[code]["figures"] + PLANS[code]["year_figures"]
        if row["numerator"] or row["denominator"]
    }
    assert set(carried) == {("X4", 3), ("X4", 6), ("X4", 9)}
    for numerator, denominator, value in carried.values():
        rate = Decimal(numerator) / Decimal(denominator) * 100
        assert rate.quantize(Decimal("0.1")) == Decimal(value)


def test_districts_add_up_to_the_printed_sums() -> None:
    plan = PLANS["wuhan"]
    allocated = {row["unit"]: row["value"] for row in plan["allocations"]}
    reported = {row["unit"]: row["value"] for row in plan["figures"] if row["unit"]}
    assert sum(Decimal(value) for value in allocated.values() if value) == 129
    assert sum(map(Decimal, reported.values())) == Decimal("97.8")
    districts = [unit["name"] for unit in BUREAU["wuhan"]["units"] if unit["kind"] == "DISTRICT"]
    assert list(allocated) == districts
    assert [row["order"] for row in plan["allocations"]] == list(range(1, len(districts) + 1))
    assert [name for name, value in allocated.items() if value is None] == ["东湖风景区"]
    assert set(districts) - set(reported) == {"新洲区", "东湖风景区"}


def test_last_year_is_known_for_three_indicators() -> None:
    rows = PLANS["wuhan"]["last_year"]
    assert {row["indicator"]: row["value"] for row in rows if row["month"] == LAST_MONTH} == {
        "高新技术产业产值": "5604.2",
        "高新技术产业增加值": "1700.19",
        "技术合同成交额": "273.07",
    }
    half_years = {row["indicator"]: row["value"] for row in rows if row["month"] == 6}
    assert list(half_years.values()) == ["2477.1", "728.9", "121.0"]
    by_indicator = {target["indicator"]: target["baseline"] for target in PLANS["wuhan"]["targets"]}
    for row in rows:
        is_year = row["month"] == LAST_MONTH
        assert row["is_sample"] is not is_year and row["source"] and row["year"] == 2013
        assert not is_year or by_indicator[row["indicator"]] == row["value"]
    assert len(rows) == 12
    assert PLANS["xian"]["last_year"] == []


def test_every_number_is_a_string_that_decimal_reads() -> None:
    names = {"value", "old_value", "baseline", "numerator", "denominator", "forecast"}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, item in node.items():
                assert not isinstance(item, float), (key, item)
                if key in names and item is not None:
                    assert isinstance(item, str) and re.fullmatch(r"-?\d+(\.\d+)?", item), (key, item)
                walk(item)
        elif isinstance(node, list):
            for item in node:
                walk(item)

    walk(PLANS)


# --- narratives and open work ---------------------------------------------------------------------------


@each_bureau
def test_narratives_come_from_units_that_have_to_do_with_the_subject(code: str) -> None:
    for row in PLANS[code]["narratives"]:
        subject = {**tasks(code), **targets(code)}[row["subject"]]
        assert row["unit"] in [subject["lead"], *subject["cooperating"]], row["subject"]
        assert not row["nodes_done"] or row["unit"] == subject["lead"]
        assert units(code)[row["unit"]]["kind"] in ("DEPARTMENT", "AFFILIATE")


@each_bureau
def test_one_narrative_per_subject_unit_and_period(code: str) -> None:
    keys = Counter((row["subject"], row["unit"], row["month"]) for row in PLANS[code]["narratives"])
    assert keys.most_common(1)[0][1] == 1


@each_bureau
def test_only_the_current_period_has_narratives_that_are_not_approved(code: str) -> None:
    for row in PLANS[code]["narratives"]:
        assert row["month"] in QUARTERS
        assert row["state"] == "APPROVED" or row["month"] == QUARTERS[-1]
        assert bool(row["return_reason"]) == (row["state"] == "RETURNED")
        assert row["progress"] and (row["next"] or row["state"] == "DRAFT")


@each_bureau
def test_no_node_is_reported_as_done_twice(code: str) -> None:
    done = Counter((row["subject"], node) for row in PLANS[code]["narratives"] for node in row["nodes_done"])
    assert done.most_common(1)[0][1] == 1


@each_bureau
def test_narratives_are_not_one_sentence_over_and_over(code: str) -> None:
    written = [row for row in PLANS[code]["narratives"] if row["subject"] != "W4"]  # W3 and W4 share one
    texts = Counter(row["progress"] for row in written)
    assert texts.most_common(1)[0][1] == 1
    nexts = Counter(row["next"] for row in written if row["next"])
    assert nexts.most_common(1)[0][1] == 1


@each_bureau
def test_an_early_node_says_so(code: str) -> None:
    early = [
        row
        for row in PLANS[code]["narratives"]
        for node in tasks(code).get(row["subject"], {"milestones": []})["milestones"]
        if node["text"] in row["nodes_done"] and node["month"] > row["month"]
    ]
    assert {"wuhan": "三/(八)/一是", "xian": "六/21"}[code] in [row["subject"] for row in early]
    assert all("提前完成" in row["progress"] for row in early)


@each_bureau
def test_reviewers_and_the_office_find_something_waiting(code: str) -> None:
    plan = PLANS[code]
    unit = {"wuhan": "高新技术处", "xian": "高新技术产业处"}[code]
    submitted = [row for row in plan["narratives"] if row["state"] == "SUBMITTED"]
    assert sum(row["unit"] == unit for row in submitted) >= 1
    assert any(row["unit"] != unit for row in submitted)
    assert sum(row["state"] == "REVIEWED" for row in plan["figures"] + plan["narratives"]) >= 2


@each_bureau
def test_every_unit_with_work_has_some_of_it_open(code: str) -> None:
    plan = PLANS[code]
    told = {
        (row["subject"], row["unit"])
        for row in plan["narratives"]
        if row["month"] == QUARTERS[-1] and row["state"] == "APPROVED"
    }
    busy: set[str] = set()
    waiting: set[str] = set()
    for key, subject in {**tasks(code), **targets(code)}.items():
        is_task = "milestones" in subject
        if is_task and not subject["milestones"]:
            writers = subject["cooperating"]  # the lead reports on the task's targets instead
        else:
            writers = [subject["lead"], *(subject["cooperating"] if is_task else [])]
        for unit in writers:
            busy.add(unit)
            if (key, unit) not in told:
                waiting.add(unit)
    assert busy == waiting, busy - waiting
    assert {unit["name"] for unit in plan_units(code)} - busy == set()


def plan_units(code: str) -> list[dict[str, Any]]:
    """The bureau's own units: those that have reporters."""
    return [u for u in BUREAU[code]["units"] if u["kind"] in ("DEPARTMENT", "AFFILIATE")]


# --- periods and stories --------------------------------------------------------------------------------


def test_both_bureaus_keep_the_same_calendar() -> None:
    assert PLANS["wuhan"]["periods"] == PLANS["xian"]["periods"]
    third = next(period for period in PLANS["wuhan"]["periods"] if period["month"] == 9)
    assert third == {
        "month": 9,
        "started_on": "2014-09-25",
        "report_due": "2014-10-10",
        "review_due": "2014-10-13",
        "signoff_due": "2014-10-14",
        "approve_due": "2014-10-16",
        "statistics_due": "2014-10-24",
        "bulletin_on": "2014-10-28",
        "locked_on": None,
    }


@each_bureau
def test_period_dates_are_working_days_in_order(code: str) -> None:
    periods = PLANS[code]["periods"]
    assert [period["month"] for period in periods] == [3, 6, 9, 12]
    assert [bool(period["locked_on"]) for period in periods] == [True, True, False, False]
    assert [bool(period.get("only_through_year")) for period in periods] == [False, False, False, True]
    current = date.fromisoformat(BUREAU[code]["demo_date"])
    for period in periods:
        dates = [date.fromisoformat(v) for v in period.values() if isinstance(v, str)]
        assert dates == sorted(dates) and all(map(is_working_day, dates)), period
        assert (dates[0] <= current) == (period["month"] in QUARTERS)


def test_all_nineteen_stories_are_told_once() -> None:
    told = [story for code in BUREAUS for story in PLANS[code]["stories"]]
    assert sorted(story["number"] for story in told) == list(range(1, 20))
    for story in told:
        assert story["title"] and story["what"].endswith("。")
        assert story["events"] or story.get("shown_by"), story["number"]
        for key in re.findall(r"[WX]\d+", story.get("shown_by", "")):
            assert key in TARGETS


@each_bureau
def test_stories_end_at_the_figures_of_the_table(code: str) -> None:
    plan = PLANS[code]
    final = {
        (row["target"], row["month"]): row["value"]
        for row in plan["figures"] + plan["year_figures"]
        if row["unit"] is None
    }
    for story in plan["stories"]:
        entered = {
            (event["target"], event["month"]): event["value"]
            for event in story["events"]
            if event["act"] in ("enter", "correct")
        }
        for key, value in entered.items():
            assert final[key] == value, (story["number"], key)


@each_bureau
def test_story_events_are_in_order_on_working_days_within_their_period(code: str) -> None:
    starts = {period["month"]: period["started_on"] for period in PLANS[code]["periods"]}
    end = date.fromisoformat(BUREAU[code]["demo_date_through_year"])
    acts = {"enter", "submit", "review", "approve", "return", "correct", "hand_over", "remind"}
    acts |= {"warn_answer", "postpone", "adjust", "supervise", "remark"}
    for story in PLANS[code]["stories"]:
        days = [date.fromisoformat(event["on"]) for event in story["events"]]
        assert days == sorted(days) and all(map(is_working_day, days)), story["number"]
        assert all(day <= end for day in days)
        for event in story["events"]:
            assert event["act"] in acts
            assert event["on"] >= starts[event.get("month", 3)], (story["number"], event)


@each_bureau
def test_stories_tell_of_the_unit_that_leads_the_target(code: str) -> None:
    for story in PLANS[code]["stories"]:
        for event in story["events"]:
            assert "target" not in event or event["unit"] == targets(code)[event["target"]]["lead"]


# --- accounts -------------------------------------------------------------------------------------------


def holders(role: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Active accounts with a membership of that role."""
    return [
        (account, membership)
        for account in ACCOUNTS
        for membership in account["memberships"]
        if membership["role"] == role and account.get("is_active", True)
    ]


def test_user_names_are_unique_after_case_folding() -> None:
    names = [account["username"].casefold() for account in ACCOUNTS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in names)


def test_telephones_and_mail_addresses_are_obviously_invented() -> None:
    for account in ACCOUNTS:
        assert re.fullmatch(r"(000-0000-[12][0-9]{3})?", account.get("phone", "")), account
        assert account.get("email", "@demo.invalid").endswith("@demo.invalid"), account
    assert all("phone" in account for account, _membership in holders("reporter"))


def test_required_accounts_exist_with_their_role() -> None:
    roles = {a["username"]: [m["role"] for m in a["memberships"]] for a in ACCOUNTS}
    for code in BUREAUS:
        for role in ("reporter", "reviewer", "office", "leader"):
            assert roles[f"{code}_{role}"] == [role]
    for role in ("observer", *ADMINS):
        assert roles[role] == [role]
    main = {"wuhan": "高新技术处", "xian": "高新技术产业处"}
    for account in ACCOUNTS:
        if account["username"] in {f"{c}_{r}" for c in BUREAUS for r in ("reporter", "reviewer")}:
            membership = account["memberships"][0]
            assert membership["unit"] == main[membership["bureau"]]


@pytest.mark.parametrize("role", ["reporter", "reviewer"])
@each_bureau
def test_every_own_unit_has_one_reporter_and_one_reviewer(code: str, role: str) -> None:
    found = Counter(row["unit"] for _, row in holders(role) if row["bureau"] == code)
    assert found == Counter(unit["name"] for unit in plan_units(code))
    for account, membership in holders(role):
        number = account["username"].rpartition("_")[2]
        if number.isdigit():
            assert int(number) == units(membership["bureau"])[membership["unit"]]["order"]


def test_memberships_name_known_roles_bureaus_and_units() -> None:
    city_wide = {"observer", *ADMINS}
    for account in ACCOUNTS:
        assert account["display_name"]
        for row in account["memberships"]:
            assert (row["bureau"] is None) == (row["role"] in city_wide)
            assert (row["unit"] is not None) == (row["role"] in {"reporter", "reviewer"})
            assert row["unit"] is None or row["unit"] in units(row["bureau"])
        roles = {row["role"] for row in account["memberships"]}
        assert not roles & ADMINS or len(roles) == 1


def test_the_former_reporter_is_inactive_and_has_a_successor() -> None:
    former = next(a for a in ACCOUNTS if a["username"] == "xian_reporter_07_old")
    assert [a["username"] for a in ACCOUNTS if not a.get("is_active", True)] == [former["username"]]
    successor = next(a for a in ACCOUNTS if a["username"] == "xian_reporter_07")
    assert former["memberships"] == successor["memberships"]
    told = [event for story in PLANS["xian"]["stories"] for event in story["events"]]
    handed = next(event for event in told if event["act"] == "hand_over")
    assert (handed["from"], handed["to"]) == (former["username"], successor["username"])
    usernames = {account["username"] for account in ACCOUNTS}
    assert {event["username"] for event in told if "username" in event} <= usernames


# --- demonstration data say so --------------------------------------------------------------------------


@each_bureau
def test_the_bureau_and_its_plan_are_marked_as_a_demonstration(code: str) -> None:
    assert BUREAU[code]["is_demo"] is True and "(演示)" in BUREAU[code]["name"]
    assert PLANS[code]["bureau"] == code and PLANS[code]["notice"].startswith("演示数据:")
    assert PLANS[code]["document_title"] in TEXTS[code]
    assert PLANS[code]["published_on"] == {"wuhan": "2014-12-05", "xian": None}[code]


def test_leaders_are_the_three_sample_leaders() -> None:
    leaders = {unit["leader"] for bureau in BUREAU.values() for unit in bureau["units"]} - {""}
    assert leaders == {"分管领导甲", "分管领导乙", "分管领导丙"}


def test_no_text_has_stray_blanks() -> None:
    for text in strings([PLANS, ACCOUNTS, list(BUREAU.values())]):
        assert text == text.strip() and "\n" not in text and "  " not in text
