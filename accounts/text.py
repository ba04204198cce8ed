"""Text that came from outside, and text that goes to the catalogues. Pure: no Django."""

from __future__ import annotations

from pathlib import PurePath

MAX_FILE_NAME = 200


def gettext_noop(message: str) -> str:
    """Mark an English message for the catalogues; whoever shows it translates and formats it."""
    return message


def printable(text: str) -> str:
    """The text without control characters: PostgreSQL takes no NUL, and log readers none of the others."""
    return "".join(character if character.isprintable() else "�" for character in text)


def file_name(name: str) -> str:
    """An uploaded file's name as people know it, without a path, at most 200 characters, its ending kept."""
    clean = printable(PurePath(name.replace("\\", "/")).name) or "?"
    ending = PurePath(clean).suffix
    return clean if len(clean) <= MAX_FILE_NAME else clean[: MAX_FILE_NAME - len(ending)] + ending


def whole_number(text: str | None) -> int:
    """The number that an address or form names an object by; 0, which nothing has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
