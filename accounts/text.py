"""Text that came from outside. Pure: no Django."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text without control characters: PostgreSQL takes no NUL, and log readers none of the others."""
    return "".join(character if character.isprintable() else "�" for character in text)
