"""A candidate's fields: what the rules say about it, and what holds after people decided. Pure: no Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from targets.enums import Commitment, Comparison, Due, Measure, Pace
from targets.import_draft.contents import OTHER_YEAR, REPEAT, TARGET, DraftSource, DraftTarget
from targets.import_draft.outline import Outline
from targets.units import Dimension, UnknownUnit, parse_unit

Json = Mapping[str, Any]

BARE = "="  # the reading's comparison of a number without a comparing word
_NUMBER_AND_UNIT = re.compile(r"^([\d,]+(?:\.\d+)?)(.*)$", re.S)
_WHOLE = {
    Dimension.COUNT, Dimension.ORGANISATION, Dimension.PERSON, Dimension.PERSON_TIMES,
    Dimension.ITEM, Dimension.DEVICE, Dimension.OCCASION,
}  # fmt: skip
_STOPS = "。;;\n"


def default_pace(measure: Measure, baseline: Decimal | None) -> Pace:
    """Linear for what accumulates or grows from a baseline, else the full value every time (domain, 3)."""
    linear = measure == Measure.FLOW or (measure == Measure.STOCK and baseline is not None)
    return Pace.LINEAR if linear else Pace.CONSTANT


def default_decimals(value: Decimal | None, unit: str) -> int:
    """None for things that are counted one by one, else as many as the plan prints, at least one."""
    try:
        known = parse_unit(unit)
    except UnknownUnit:
        return 1
    if known.dimension in _WHOLE and known.factor == 1:
        return 0
    printed = -int(value.as_tuple().exponent) if value is not None else 0
    return min(6, max(1, printed))


def number_as_found(entry: Json, text: str, year: int | None) -> dict[str, Any]:
    """What the reading would say of a number of the ledger that a person calls a target."""
    start, end = entry["start"], entry["end"]
    begin = max((text.rfind(stop, 0, start) for stop in _STOPS), default=-1) + 1
    ends = [at + (stop != "\n") for stop in _STOPS if (at := text.find(stop, end)) >= 0]
    found = _NUMBER_AND_UNIT.match(unicodedata.normalize("NFKC", entry["text"]))
    value = found[1].replace(",", "") if found else None
    return {
        "id": f"N{start}", "verdict": entry["verdict"], "path": None, "start": start, "end": end,
        "quote": entry["text"],
        "sentence_start": begin, "sentence_end": max(end, min(ends, default=len(text))),
        "indicator": "", "comparison": BARE, "wording": "", "commitment": Commitment.PLAIN.value,
        "commitment_wording": "", "value": value, "value_high": None, "approximate": False,
        "unit": _known_unit(found[2]) if found else "", "measure": Measure.FLOW.value, "year": year,
        "baseline": None, "repeat_of": None, "rule": entry["rule"], "direction": "up", "group": None,
    }  # fmt: skip


def rules_of(found: Json, outline: Outline, year: int | None) -> dict[str, Any]:
    """The reading's answer for every field that people may decide, as a plan holds it."""
    measure, falls = Measure(found["measure"]), found.get("direction") == "down"
    value = found["value"]
    comparison = Comparison.AT_LEAST if found["comparison"] == BARE else Comparison(found["comparison"])
    if falls and measure == Measure.GROWTH:
        comparison = Comparison.AT_MOST
        value = value if value is None or value.startswith("-") else f"-{value}"
    due = found["year"] or year
    path = found["path"]
    own = outline.place(path, found["start"])
    return {
        "verdict": found.get("verdict") or (OTHER_YEAR if year and due and due != year else TARGET),
        "accepted": False, "repeat_of": found["repeat_of"] or "", "name": found["indicator"][:100],
        "indicator": "", "comparison": comparison.value, "wording": found["wording"][:40], "value": value,
        "unit": found["unit"], "measure": measure.value, "commitment": found["commitment"],
        "commitment_wording": found["commitment_wording"][:40], "year_due": due,
        "baseline": found["baseline"], "baseline_source": "", "pace_shares": None, "due": Due.EVERY.value,
        "lead": "", "cooperating": [], "cooperating_text": "", "data_source": "", "note": "", "key": "",
        "path": own, "group": "",
    }  # fmt: skip


def candidate(item: str, found: Json, decisions: Json, outline: Outline, year: int | None) -> DraftTarget:
    """The candidate with what people decided over what the rules say; repeats and numbers come later."""
    rules = rules_of(found, outline, year)
    held = {**rules, **{name: value for name, value in decisions.items() if name in rules or name in LATE}}
    measure, baseline = Measure(held["measure"]), _decimal(held["baseline"])
    rules["pace"] = default_pace(measure, baseline).value
    rules["decimals"] = default_decimals(_decimal(held["value"]), held["unit"])
    held = {**rules, **held}
    shares = held["pace_shares"] if held["pace"] == Pace.CUSTOM else None
    place = outline.known(held["path"]) or rules["path"]
    section, task = outline.section_of(place), outline.task_of(place)
    return DraftTarget(
        item=item,
        rules=rules,
        decided=frozenset(decisions),
        id=found["id"],
        verdict=_verdict(held, decisions),
        is_accepted=bool(held["accepted"]),
        asks_repeat=bool(found["repeat_of"]) and "repeat_of" not in decisions,
        root="",
        value=_decimal(held["value"]),
        value_high=_decimal(found["value_high"]),
        is_approximate=bool(found["approximate"]),
        comparison=Comparison(held["comparison"]),
        measure=measure,
        commitment=Commitment(held["commitment"]),
        baseline=baseline,
        pace=Pace(held["pace"]),
        pace_shares=tuple(Decimal(share) for share in shares) if shares else None,
        due=Due(held["due"]),
        cooperating=tuple(held["cooperating"]),
        section=section,
        task=task,
        rule=found["rule"],
        source=_source(found, outline),
        **{name: held[name] for name in PLAIN},
    )


LATE = ("pace", "decimals")
PLAIN = (
    *("repeat_of", "key", "name", "indicator", "wording", "unit", "decimals", "commitment_wording"),
    *("year_due", "baseline_source", "lead", "cooperating_text", "data_source", "note", "group"),
)


def _verdict(held: Json, decisions: Json) -> str:
    """A goal of another year that a person accepted is a target; a repeat by verdict alone is none."""
    if "verdict" in decisions:
        return str(held["verdict"])
    return TARGET if held["accepted"] and held["verdict"] in {OTHER_YEAR, REPEAT} else str(held["verdict"])


def _source(found: Json, outline: Outline) -> DraftSource:
    place = outline.place(found["path"], found["start"])
    return DraftSource(
        start=found["start"],
        end=found["end"],
        quote=found["quote"][:60],
        sentence_start=min(found["sentence_start"], found["start"]),
        sentence_end=max(found["sentence_end"], found["end"]),
        section=outline.section_of(place),
        task=outline.task_of(place),
        wording=found["wording"][:40],
        commitment=Commitment(found["commitment"]),
        name_in_text=found["indicator"][:100],
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None or text == "" else Decimal(text)


def _known_unit(text: str) -> str:
    try:
        return parse_unit(text).name
    except UnknownUnit:
        return ""


__all__ = ["candidate", "default_decimals", "default_pace", "number_as_found", "rules_of"]
