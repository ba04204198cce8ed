"""How much text each part of a page holds, and how much of it is links. Pure: no Django."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from plans.readers.page_chrome import is_chrome_line, is_unread
from plans.readers.page_tree import Element

SENTENCE_FROM = 15  # characters; shorter texts with a comma are dates and addresses
PUNCTUATION_WEIGHT = 10  # articles have many, menus none

_PUNCTUATION = re.compile("[，。；、]")
_SENTENCE = re.compile("[，。；]")
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[、.．）)]|第[一二三四五六七八九十]{1,3}[章节条部]")
_FIGURE = re.compile(r"\d\s*(?:%|％|[万亿个家项件户亩元吨])|[万亿]元")


@dataclass
class Measure:
    """Of one element and all below it: characters that are not blanks, and what they tell."""

    words: int = 0  # outside of links
    linked: int = 0
    links: int = 0
    weight: int = 0  # characters outside of links, more for punctuation; nothing for the site's notices
    contents: int = 0  # characters that no article may lose: sentences, headings, figures
    promises: int = 0  # of those, characters of numbered headings and of figures, which no menu has

    def add(self, other: Measure) -> None:
        """Add what a part of this element has."""
        self.words += other.words
        self.linked += other.linked
        self.links += other.links
        self.weight += other.weight
        self.contents += other.contents
        self.promises += other.promises


def measure(root: Element, left_out: Container[Element] = ()) -> dict[Element, Measure]:
    """The measure of every element that is read; one that is not, or is in `left_out`, has none."""
    order: list[tuple[Element, Element | None, bool]] = []
    waiting: list[tuple[Element, Element | None, bool]] = [(root, None, False)]
    while waiting:
        element, parent, is_linked = waiting.pop()
        if is_unread(element) or element in left_out:
            continue
        is_linked = is_linked or (element.tag == "a" and "href" in element.attributes)
        order.append((element, parent, is_linked))
        waiting += [(child, element, is_linked) for child in element.children if isinstance(child, Element)]
    found = {element: Measure() for element, _parent, _linked in order}
    for element, parent, is_linked in reversed(order):
        own = found[element]
        for child in element.children:
            if isinstance(child, str):
                own.add(_of_text(child, is_linked))
        own.links += element.tag == "a" and "href" in element.attributes
        if parent is not None:
            found[parent].add(own)
    return found


def _of_text(text: str, is_linked: bool) -> Measure:
    text = "".join(text.split())
    if is_linked or not text:
        return Measure(linked=len(text))
    if is_chrome_line(text):
        return Measure(words=len(text))
    size = len(text)
    weight = size + PUNCTUATION_WEIGHT * len(_PUNCTUATION.findall(text))
    is_promise = bool(_NUMBERED.match(text) or _FIGURE.search(text))
    is_sentence = size >= SENTENCE_FROM and bool(_SENTENCE.search(text))
    return Measure(
        words=size,
        weight=weight,
        contents=size if is_promise or is_sentence else 0,
        promises=size if is_promise else 0,
    )
