"""Reads of plans: what stands where in the published text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from plans.models import Plan


@dataclass(frozen=True)
class Piece:
    """A stretch of text and the marks that lie on it."""

    text: str
    mark: object | None = None


def marked_pieces(text: str, start: int, end: int, marks: list[tuple[int, int, object]]) -> list[Piece]:
    """Cut `text[start:end]` at the marks `(start, end, mark)`; joining the pieces gives the text back.

    Marks that overlap an earlier one or reach outside are left out.
    """
    pieces: list[Piece] = []
    at = start
    for mark_start, mark_end, mark in sorted(marks, key=lambda item: item[:2]):
        if mark_start < at or mark_end > end:
            continue
        if mark_start > at:
            pieces.append(Piece(text[at:mark_start]))
        pieces.append(Piece(text[mark_start:mark_end], mark))
        at = mark_end
    if at < end:
        pieces.append(Piece(text[at:end]))
    return pieces


def plan_of(user: object, bureau_code: str, year: int) -> Plan | None:
    """The bureau's plan of that year if this person may read it, with bureau and document."""
    plans = Plan.objects.visible_to(user).select_related("bureau", "document")  # type: ignore[arg-type]
    return plans.filter(bureau__code=bureau_code, year=year).first()


def text_hash(text: str) -> str:
    """By which a bureau's document is known."""
    return hashlib.sha256(text.encode()).hexdigest()
