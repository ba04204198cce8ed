"""What a service answers when it will not act; views show the message, nothing was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Refused(Exception):
    """An act that the rules do not allow now. The message is translated and says what to do."""


@dataclass(frozen=True)
class Conflict:
    """One item that somebody else saved meanwhile: what stands there now, and who wrote it when."""

    item: Any  # the Figure or Narrative as stored
    mine: Any  # the input that was not saved


class StaleForm(Refused):
    """Somebody else saved meanwhile; nothing of this form was written."""

    def __init__(self, message: str, conflicts: list[Conflict]) -> None:
        super().__init__(message)
        self.conflicts = conflicts
