"""The tags and texts of a web page, in time that grows with its length alone. Pure: no Django.

Not the standard library's HTMLParser: in Python 3.11.7 it takes 31 seconds for 60 KB of "<a <a <a …", because
it looks for the end of each unclosed tag up to the end of the page. Here nothing that was not found is looked
for again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Their content is no mark-up: it goes on to their own end tag.
RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})

_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?:([^\s/>=][^\s/>=]*|=)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?)?""",
)
_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}
# Longer numbers than any character has; `html.unescape` would try to compute them.
_LONG_NUMBER = re.compile(r"&#(?:[0-9]{12,}|[xX][0-9a-fA-F]{12,});?")


@dataclass(frozen=True)
class Start:
    """A start tag; the first of several attributes of one name counts."""

    tag: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class End:
    """An end tag."""

    tag: str


def tokens(page: str) -> Iterator[Start | End | str]:
    """Start tags, end tags and texts in their order, entities decoded; comments and declarations are dropped.

    Nothing is an error. What is open at the end of the page ends there.
    """
    place = 0
    while place < len(page):
        begin = _next_tag(page, place)
        if begin > place:
            yield decoded(page[place:begin])
        if begin == len(page):
            return
        if page[begin + 1] in "!?":
            place = _after_declaration(page, begin)
        elif page[begin + 1] == "/":
            place = _after(page, ">", begin)
            if match := _NAME.match(page, begin + 2):
                yield End(match[0].lower())
        else:
            start, place = _start_tag(page, begin)
            yield start
            if start.tag in RAW:
                end = _ENDS[start.tag].search(page, place)
                content = page[place : end.start() if end else len(page)]
                place += len(content)
                yield decoded(content) if start.tag in {"textarea", "title"} else content


def decoded(text: str) -> str:
    """The text with its entities as characters."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text


def _next_tag(page: str, place: int) -> int:
    """Where the next tag, comment or declaration begins; a lone `<` is text."""
    while (place := page.find("<", place)) >= 0:
        following = page[place + 1 : place + 2]
        if following in {"!", "?", "/"} or (following.isascii() and following.isalpha()):
            return place
        place += 1
    return len(page)


def _after(page: str, end: str, place: int) -> int:
    """Behind the next occurrence of `end`, or the page's end."""
    found = page.find(end, place)
    return len(page) if found < 0 else found + len(end)


def _after_declaration(page: str, begin: int) -> int:
    if page.startswith("<!--", begin):
        is_short = page.startswith((">", "->"), begin + 4)  # <!--> and <!---> are whole comments
        return _after(page, ">" if is_short else "-->", begin + 4)
    return _after(page, ">", begin)


def _start_tag(page: str, begin: int) -> tuple[Start, int]:
    """The tag that begins here, and the place behind it."""
    match = _NAME.match(page, begin + 1)
    name = match[0] if match else ""
    place = begin + 1 + len(name)
    attributes: dict[str, str] = {}
    while place < len(page) and page[place] != ">":
        found = _ATTRIBUTE.match(page, place)
        if not found or found.end() == place:
            break
        place = found.end()
        if found[1]:
            value = next((group for group in found.groups()[1:] if group is not None), "")
            attributes.setdefault(found[1].lower(), decoded(value))
    return Start(name.lower(), attributes), _after(page, ">", place)
