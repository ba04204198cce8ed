"""The light explains itself, in the page's language: the steps of `targets.explanation` put into words."""

from __future__ import annotations

from functools import reduce

from django.utils.translation import gettext as _

from targets.enums import Commitment, Comparison, Light, Measure, Word
from targets.explanation import SENTENCES, Arithmetic, Step, StepKey, explain
from targets.labels import LABELS
from targets.models import Progress, Target
from targets.selectors.board import StatusRow
from targets.words import single_period_name

_LABELLED = {str(member): member for vocabulary in (Word, Comparison) for member in vocabulary}


def arithmetic_of(row: Progress, target: Target) -> Arithmetic:
    """The stored row (with its rule) and its target, as the explanation wants them."""
    stored = {
        name: getattr(row, name)
        for name in (
            *("rule_case", "target_value", "actual", "baseline", "rate", "share", "gap", "gap_shown"),
            *("gap_is_points", "expected", "is_last", "missing_baseline", "incomplete", "not_applicable"),
        )
    }
    return Arithmetic(
        **stored,
        measure=Measure(target.measure),
        comparison=Comparison(target.comparison),
        commitment=Commitment(target.commitment),
        unit=target.unit,
        decimals=target.decimals,
        light=Light(row.light),
        word=Word(row.word),
        rule_number=row.rule.number,
        yellow_floor=row.rule.yellow_floor,
    )


def told_steps(row: Progress, target: Target) -> list[str]:
    """The arithmetic behind a light, a sentence per step; the last one is the verdict."""
    return [_told(step) for step in explain(arithmetic_of(row, target))]


def told(row: Progress, target: Target) -> str:
    """The arithmetic behind a light as one sentence."""
    steps = explain(arithmetic_of(row, target))
    reasons = [_told(step) for step in steps if step.key != StepKey.VERDICT]
    joined = reduce(
        lambda before, step: _("%(before)s; %(step)s") % {"before": before, "step": step}, reasons
    )
    return f"{joined} {_told(steps[-1])}"


def told_nodes(row: StatusRow) -> str:
    """Why a milestone task has its light: what is overdue, else how many nodes are done."""
    stored = row.task_progress
    if stored is None:
        return ""
    if row.overdue:
        overdue = [
            _("“%(node)s” was planned for %(period)s and is not done")
            % {"node": node.text, "period": single_period_name(node.planned)}
            for node in row.overdue
        ]
        return reduce(
            lambda before, step: _("%(before)s; %(step)s") % {"before": before, "step": step}, overdue
        )
    done = {"done": stored.done_nodes, "total": stored.total_nodes, "due": stored.due_nodes}
    if row.light == Light.GREY:
        return _("%(due)s of %(total)s nodes are due, and no report of the lead unit is approved") % done
    return _("%(done)s of %(total)s nodes are done, %(due)s were due by now") % done


def _told(step: Step) -> str:
    values = {
        name: str(LABELS[_LABELLED[value]]) if value in _LABELLED else value
        for name, value in step.values.items()
    }
    return _(SENTENCES[step.key]) % values
