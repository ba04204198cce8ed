"""The article of a web page: which block holds it, its title, its lines. Pure: no Django.

From the whole page the choice goes down, block by block, as long as what is left behind is nothing that an
article would say. Names that sites give to their blocks help, but are not needed. Where in doubt, a line too
many is kept rather than a target lost.
"""

from __future__ import annotations

from itertools import islice

from plans.readers.page_chrome import (
    is_chrome_line,
    is_hidden,
    is_marked_as_article,
    looks_like_article,
    looks_like_chrome,
)
from plans.readers.page_measures import Measure, measure
from plans.readers.page_text import lines_of
from plans.readers.page_title import titles_of, with_title
from plans.readers.page_tree import BLOCKS, Element, read_tree

MOST_OF_CHROME = 0.5  # of the page's weight: what has more is no chrome, whatever its name says
LINKS_OF_LIST = 3
LINKED_SHARE = 0.7  # of the characters in a list of links
SHARE_OF_MARKED = 0.6  # of the page's weight in a block whose name marks the text
SHARE_OF_CHILD = 0.5

_WHOLE = frozenset({"", "html", "body"})
_BLOCKS_IN_LAYOUT = 3  # a cell of data seldom has as many paragraphs
_CONTAINERS = frozenset(
    {
        *(
            "html",
            "body",
            "div",
            "article",
            "section",
            "main",
            "center",
            "form",
            "fieldset",
            "table",
            "tbody",
        ),
        *("tr", "td", "th"),
    }
)
_CELLS = frozenset({"tr", "td", "th"})
_PARAGRAPHS = (BLOCKS - _CELLS - {"tbody", "thead", "tfoot"}) | {"br"}


def article_text(page: str) -> str:
    """The text of the page's article, its title first, one line for each paragraph and each row of a table.

    Empty if the page has no text. Raises RefusedDocument (TOO_COMPLEX).
    """
    root = read_tree(page)
    whole = measure(root)
    chrome = _chrome_of(root, whole)
    block = _article_in(root, measure(root, chrome))
    lines = [line for line in lines_of(block, chrome) if not is_chrome_line(line)]
    return "\n".join(with_title(lines, titles_of(root, block, chrome, whole)))


def _chrome_of(root: Element, measures: dict[Element, Measure]) -> set[Element]:
    """What is no part of the article: hidden, named as chrome, or only links; never most of the page."""
    limit = MOST_OF_CHROME * measures[root].weight
    return {
        element
        for element, found in measures.items()
        if element.tag not in _WHOLE
        and found.weight <= limit
        and (is_hidden(element) or _is_chrome(element, found))
    }


def _is_chrome(element: Element, found: Measure) -> bool:
    """Names are not believed where a block has numbered headings or figures: sites name blocks at random."""
    is_linked = found.links >= LINKS_OF_LIST and found.linked >= LINKED_SHARE * (found.linked + found.words)
    is_list_of_links = element.tag in BLOCKS and is_linked and not found.contents
    return is_list_of_links or (looks_like_chrome(element) and not found.promises)


def _article_in(root: Element, measures: dict[Element, Measure]) -> Element:
    """The smallest block that leaves nothing of the article behind."""
    whole = measures[root]
    for element, found in measures.items():
        if is_marked_as_article(element) and found.weight >= SHARE_OF_MARKED * whole.weight > 0:
            return element
    block = root
    while (child := _heaviest(block, measures)) and _may_go_down(block, child, measures):
        block = child
    return block


def _heaviest(block: Element, measures: dict[Element, Measure]) -> Element | None:
    children = [child for child in block.children if isinstance(child, Element) and child in measures]
    return max(children, key=lambda child: measures[child].weight, default=None)


def _may_go_down(block: Element, child: Element, measures: dict[Element, Measure]) -> bool:
    """Whether the child has all that counts; a table's row or cell only if it is part of a page's layout."""
    whole, part = measures[block], measures[child]
    if child.tag not in _CONTAINERS or not part.weight:
        return False
    if child.tag in _CELLS and not _is_layout(child):
        return False
    # Short lines beside it, without a link among them, are its title, its date and who signed it.
    is_beside_chrome = whole.links > part.links or whole.words == part.words
    lost = whole.contents - part.contents
    if looks_like_article(child):  # then sentences in a block with links are excerpts of other pages
        lost -= sum(_contents_of_site(each, child, measures) for each in block.children)
    return is_beside_chrome and not lost and part.weight >= SHARE_OF_CHILD * whole.weight


def _contents_of_site(node: Element | str, child: Element, measures: dict[Element, Measure]) -> int:
    """The contents of a block beside the child, if it has links and no promises."""
    if isinstance(node, str) or node is child or node not in measures:
        return 0
    found = measures[node]
    return found.contents if found.links and not found.promises else 0


def _is_layout(cell: Element) -> bool:
    """Whether a row or a cell has several paragraphs or a table in it; only so many are looked for."""
    blocks = (each for each in cell.elements() if each.tag in _PARAGRAPHS)
    return len(list(islice(blocks, _BLOCKS_IN_LAYOUT))) == _BLOCKS_IN_LAYOUT
