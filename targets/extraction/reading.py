"""From the document's text to its reading: outline, targets, a verdict for every numeral. Pure: no Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plans.numerals import fold
from plans.outline import Outline, read_outline
from targets.extraction.base_units import in_base_unit
from targets.extraction.finder import find_targets
from targets.extraction.findings import FoundTarget, Judgement, Part
from targets.extraction.parts import parts_of
from targets.extraction.plan_year import year_of


@dataclass(frozen=True)
class Reading:
    """Everything the rules found in one document."""

    text: str
    year: int
    outline: Outline
    sections: tuple[Part, ...]
    tasks: tuple[Part, ...]
    targets: tuple[FoundTarget, ...]
    ledger: tuple[Judgement, ...]

    def as_json(self) -> dict[str, Any]:
        """The machine-readable form that `extract_plan` prints and an import stores; numbers are strings."""
        return {
            "year": self.year,
            "sections": [part.as_json() for part in self.sections],
            "tasks": [part.as_json() for part in self.tasks],
            "targets": [_target_json(target, self.text) for target in self.targets],
            "ledger": [
                {
                    "start": entry.start,
                    "end": entry.end,
                    "text": self.text[entry.start : entry.end],
                    "verdict": entry.verdict.value,
                    "rule": entry.rule,
                }
                for entry in self.ledger
            ],
        }


def read_plan(text: str, year: int | None = None) -> Reading:
    """Read a published work plan. `year` is the plan's; without it the title and the text tell.

    Deterministic and linear in the length of the text; never raises for a text.
    """
    folded = fold(text)
    outline = read_outline(text, folded)
    plan_year = year or year_of(folded, outline)
    targets, ledger = find_targets(folded, outline, plan_year)
    sections, tasks = parts_of(outline, text)
    return Reading(text, plan_year, outline, sections, tasks, targets, ledger)


def _target_json(target: FoundTarget, text: str) -> dict[str, Any]:
    base, base_unit = in_base_unit(target.value, target.unit)
    return {
        "id": target.id,
        "path": target.path,
        "sentence": text[target.sentence_start : target.sentence_end].strip(),
        "sentence_start": target.sentence_start,
        "sentence_end": target.sentence_end,
        "start": target.start,
        "end": target.end,
        "quote": text[target.start : target.end],
        "indicator": target.indicator,
        "comparison": target.comparison,
        "wording": target.wording,
        "commitment": target.commitment.value,
        "commitment_wording": target.commitment_wording,
        "value": f"{target.value:f}",
        "value_high": None if target.high is None else f"{target.high:f}",
        "unit": "" if target.unit == "1" else target.unit,
        "value_base": f"{base:f}",
        "base_unit": base_unit,
        "measure": target.measure.value,
        "year": target.year,
        "baseline": None if target.baseline is None else f"{target.baseline:f}",
        "repeat_of": target.repeat_of,
        "rule": target.rule,
        "approximate": target.approximate,
        "direction": target.direction.value,
        "group": target.group,
    }
