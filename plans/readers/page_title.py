"""The title of a page's article, where it stands outside of the article's block. Pure: no Django."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from plans.readers.page_chrome import looks_like_title
from plans.readers.page_measures import Measure
from plans.readers.page_text import folded, lines_of
from plans.readers.page_tree import BLOCKS, Element

SHORTEST, LONGEST = 4, 120
LINES_WITH_TITLE = 12  # at the beginning of an article, among which its title may stand already
LONGEST_WINDOW_TITLE = 500

_SEPARATORS = re.compile(r"[_|｜»>＞]|[—–]{1,2}|\s-+\s|(?<=[^\d\s-])-(?=[^\d\s-])")
_PLAN_TITLE = re.compile(r"\d{4}\s*年.{0,40}?(?:要点|计划|方案|安排|意见|规划|目标|任务)")
_TITLE_WORDS = re.compile(r"\d{4}\s*年|要点|计划|通知|方案|意见|报告|目标|任务|安排|规划")


@dataclass(frozen=True)
class _Place:
    """Where the search for headings is: in the block's own text, in the page's chrome, in a short block."""

    element: Element
    is_read: bool = False
    is_chrome: bool = False
    is_in_short: bool = False


def with_title(lines: list[str], titles: Sequence[str]) -> list[str]:
    """The lines with the first of the titles before them, unless one of them is among the first lines."""
    beginning = _compact("".join(lines[:LINES_WITH_TITLE]))
    if not lines or not titles or any(_compact(title) in beginning for title in titles):
        return lines
    return [titles[0], *lines]


def titles_of(
    root: Element, block: Element, chrome: Container[Element], measures: Mapping[Element, Measure]
) -> list[str]:
    """What may be the article's title, best first; `measures` are those of the whole page.

    The page may declare it; else it is a heading outside of the block, or a part of the window's title.
    """
    declared = next((title for title in map(_declared, root.elements()) if title), "")
    windows = (each.text() for each in root.elements() if each.tag == "title")
    window = folded(next(windows, ""))[:LONGEST_WINDOW_TITLE]
    headings = _headings(root, block, chrome, measures)
    titles = [declared, _best_heading(headings, window), _best_part(window), _other_heading(headings)]
    return [title for title in titles if title]


def _declared(element: Element) -> str:
    """The title in the meta element that government sites have to fill in."""
    if element.tag == "meta" and element.attributes.get("name", "").lower() == "articletitle":
        return folded(element.attributes.get("content", ""))
    return ""


def _best_heading(headings: Sequence[tuple[str, bool]], window: str) -> str:
    """One that agrees with the window's title or reads like a plan's title: with its words, then the longest.

    Sites put their own name and the names of their columns (通知公告) into headings, too.
    """
    window = _compact(window)
    good: list[tuple[bool, int, str]] = []
    for text, is_chrome in headings:
        has_words = bool(_TITLE_WORDS.search(text))
        agrees = (
            _compact(text) in window if has_words else window.startswith(_compact(text)) and not is_chrome
        )
        if agrees or (_PLAN_TITLE.search(text) and not is_chrome):
            good.append((has_words, len(text), text))
    return max(good)[2] if good else ""


def _other_heading(headings: Sequence[tuple[str, bool]]) -> str:
    """The first one outside of the page's chrome that has at least the words of a title."""
    return next((text for text, is_chrome in headings if not is_chrome and _TITLE_WORDS.search(text)), "")


def _best_part(window: str) -> str:
    """The first part of the window's title that has the words of a plan's title; others name the site."""
    parts = (part.strip() for part in _SEPARATORS.split(window))
    return next(
        (part for part in parts if _TITLE_WORDS.search(part) and SHORTEST <= len(part) <= LONGEST), ""
    )


def _headings(
    root: Element, block: Element, chrome: Container[Element], measures: Mapping[Element, Measure]
) -> list[tuple[str, bool]]:
    """Short headings outside of the block, without links, and whether each stands in the page's chrome.

    Old pages mark a heading by nothing but large letters: a line that reads like a plan's title is one, too.
    """
    found: list[tuple[str, bool]] = []
    waiting = [_Place(root, is_read=root is block)]
    while waiting:
        place = waiting.pop()
        element = place.element
        size = measures.get(element)
        if size is None:
            continue
        if element in chrome:  # an article's own <header> is left out of the block, but no part of the site
            place = replace(place, is_read=False, is_chrome=place.is_chrome or not place.is_read)
        is_short = not size.links and SHORTEST <= size.words <= LONGEST and not place.is_read
        if is_short and looks_like_title(element):
            found.append((folded(element.text()), place.is_chrome))
            continue
        if is_short and element.tag in BLOCKS and not place.is_in_short:
            lines = lines_of(element, ())
            found += [(line, place.is_chrome) for line in lines if _PLAN_TITLE.search(line)]
            place = replace(place, is_in_short=True)
        children = (child for child in element.children if isinstance(child, Element))
        waiting += [
            replace(place, element=child, is_read=place.is_read or child is block) for child in children
        ]
    return found


def _compact(text: str) -> str:
    return "".join(text.split())
