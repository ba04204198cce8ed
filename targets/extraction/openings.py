"""Patterns that are quickly passed over where they cannot begin. Pure: no Django.

The engine of `re` tries every alternative at every character as soon as one of them begins with a look behind
or with a group. A look ahead at the characters with which the alternatives begin spares that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_GROUP = re.compile(r"\((?:\?:|\?P<\w+>)")
_LOOK_BEHIND = re.compile(r"\(\?<!(?:\[[^\]]*\]|[^()\[\]])*\)")
_CLASS = re.compile(r"\[([^\]^][^\]]*)\]")
_DIGIT = r"\d"
_SPECIAL = frozenset("\\.^$*+?{}()[]|")
_OPTIONAL = frozenset("?*{")


def quick(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled behind a look ahead at its first characters; it finds the same.

    Raises ValueError where its first characters cannot be told from how it is written.
    """
    return re.compile(f"(?=[{''.join(sorted(opening(pattern)))}])(?:{pattern})")


def opening(pattern: str) -> set[str]:
    """The characters, ranges and classes with which a match of the pattern may begin."""
    return {first for alternative in _alternatives(pattern) for first in _first(alternative)}


def _first(alternative: str) -> set[str]:
    at = 0
    while look := _LOOK_BEHIND.match(alternative, at):
        at = look.end()
    rest = alternative[at:]
    if group := _GROUP.match(rest):
        end = _closing(rest)
        found, behind = opening(rest[group.end() : end]), rest[end + 1 : end + 2]
    elif characters := _CLASS.match(rest):
        found, behind = {characters[1]}, rest[characters.end() : characters.end() + 1]
    elif rest.startswith(_DIGIT):
        found, behind = {_DIGIT}, rest[2:3]
    else:
        found, behind = {rest[:1]} - _SPECIAL, rest[1:2]
    if not found or "" in found or behind in _OPTIONAL:
        raise ValueError(f"how does this begin? {alternative}")
    return found


def _alternatives(pattern: str) -> list[str]:
    """The pattern cut at the bars that stand outside brackets."""
    bars = [at for at, character, depth in _signs(pattern) if character == "|" and not depth]
    return [pattern[left + 1 : right] for left, right in zip([-1, *bars], [*bars, len(pattern)], strict=True)]


def _closing(rest: str) -> int:
    """Where the group ends with which the text begins."""
    for at, character, depth in _signs(rest):
        if character == ")" and not depth:
            return at
    raise ValueError(f"an open group: {rest}")


def _signs(pattern: str) -> Iterator[tuple[int, str, int]]:
    """Each character outside escapes and classes: its place, itself, how many groups are open behind it."""
    depth, inside_class, escaped = 0, False, False
    for at, character in enumerate(pattern):
        if escaped or character == "\\":
            escaped = not escaped
        elif inside_class or character == "[":
            inside_class = character != "]"
        else:
            depth += (character == "(") - (character == ")")
            yield at, character, depth
