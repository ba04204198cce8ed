"""A web page as a tree of elements, as browsers would build it. Pure: no Django."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from plans.readers.page_tokens import End, Start, tokens
from plans.readers.refusals import DocumentCode, RefusedDocument

MAX_ELEMENTS = 100_000  # a page of a site has some thousand, a long document saved by Word some ten thousand
MAX_DEPTH = 200  # what is nested deeper is put beside; a page with so many unclosed tags reads the same

VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"),
        *("track", "wbr"),
    }
)
BLOCKS = frozenset(
    {
        *(
            "html",
            "head",
            "body",
            "address",
            "article",
            "aside",
            "blockquote",
            "center",
            "dd",
            "details",
            "dir",
        ),
        *(
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
        ),
        *("h6", "header", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section"),
        *("summary", "ul", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "title"),
    }
)
_TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "html", "body"})
_CELLS = frozenset({"td", "th", "table", "caption"})
_ROWS = frozenset({"tr", "td", "th"})

# What a start tag ends: elements of these names, looked for up to the nearest of those.
_ENDED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir"}) | _CELLS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _CELLS),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _CELLS),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tr": (_ROWS, frozenset({"table"})),
    "tbody": (_ROWS | {"tbody", "thead", "tfoot"}, frozenset({"table"})),
    "thead": (_ROWS | {"tbody", "thead", "tfoot"}, frozenset({"table"})),
    "tfoot": (_ROWS | {"tbody", "thead", "tfoot"}, frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "a": (frozenset({"a"}), BLOCKS),
    "body": (frozenset({"head"}), frozenset()),
}
_PARAGRAPH = frozenset({"p"})


@dataclass(eq=False)
class Element:
    """An element with its attributes and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def elements(self) -> Iterator[Element]:
        """This element and all below it, in the order of the page."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += [child for child in reversed(element.children) if isinstance(child, Element)]

    def text(self) -> str:
        """All text below, as it is written."""
        parts: list[str] = []
        waiting: list[Element | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                parts.append(node)
            else:
                waiting += reversed(node.children)
        return "".join(parts)


def read_tree(page: str) -> Element:
    """The tree below a root without a tag. Raises RefusedDocument (TOO_COMPLEX)."""
    builder = _Builder()
    for token in tokens(page):
        if isinstance(token, Start):
            builder.start(token)
        elif isinstance(token, End):
            builder.end(token.tag)
        else:
            builder.open[-1].children.append(token)
    return builder.open[0]


class _Builder:
    """`open` are the open elements, the root first; how many there are of each tag saves looking in vain."""

    def __init__(self) -> None:
        self.open = [Element("")]
        self._open_tags: Counter[str] = Counter()
        self._count = 0

    def start(self, token: Start) -> None:
        """Begin an element, after ending those that cannot hold it."""
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise RefusedDocument(DocumentCode.TOO_COMPLEX, limit=f"{MAX_ELEMENTS:,}")
        if token.tag in BLOCKS:
            self._close(_PARAGRAPH, _CELLS)
        if token.tag in _ENDED_BY:
            self._close(*_ENDED_BY[token.tag])
        element = Element(token.tag, token.attributes)
        self._close_from(MAX_DEPTH)
        self.open[-1].children.append(element)
        if token.tag not in VOID:
            self.open.append(element)
            self._open_tags[token.tag] += 1

    def end(self, tag: str) -> None:
        """End the nearest element of this name. An inline one ends no block; only a table's end a cell."""
        if tag in _TABLE:
            self._close(frozenset({tag}), frozenset() if tag in {"table", "html", "body"} else {"table"})
        elif tag in BLOCKS:
            self._close(frozenset({tag}), _CELLS)
        elif tag == "br":
            self.open[-1].children.append(Element("br"))
        else:
            self._close(frozenset({tag}), BLOCKS)

    def _close(self, tags: frozenset[str], limits: frozenset[str] | set[str]) -> None:
        """End the outermost element of these names inside the nearest limit, with all that is in it."""
        if not any(self._open_tags[tag] for tag in tags):
            return
        found = None
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag in tags:
                found = place
                if len(tags) == 1:
                    break
            elif self.open[place].tag in limits:
                break
        if found is not None:
            self._close_from(found)

    def _close_from(self, place: int) -> None:
        self._open_tags.subtract(element.tag for element in self.open[place:])
        del self.open[place:]
