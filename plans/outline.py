"""The outline of a published plan: text → a tree of numbered passages, nothing left out. Pure: no Django.

The numbering styles of such documents are known (第一部分, 一、, (一), 1., 1、, (1), ①, 一是, 首先, ——) and
are ranked; which of them a document uses, and how deep, is read from the document. What carries no number
belongs to the passage above it. `Outline.pieces` cut the whole text: joined, they give it back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from plans.numerals import chinese_number, fold

PREAMBLE = "前言"
MOST_TITLE = 60  # characters; what runs on without a full stop is cut at a comma


class Kind(StrEnum):
    """What a passage is in the plan."""

    FRONT = "FRONT"  # page chrome, title, document number, addressees
    PREAMBLE = "PREAMBLE"  # text before the first number
    PASSAGE = "PASSAGE"  # numbered, at the beginning of a line
    POINT = "POINT"  # numbered inside a line (…。一是…；二是…)
    BACK = "BACK"  # signature, date, page chrome after the plan


@dataclass
class Passage:
    """A stretch `[start, end)` of the text with its number as printed; `head_end` is where its title ends."""

    kind: Kind
    start: int
    end: int
    label: str = ""
    title: str = ""
    path: str = ""
    level: int = 0
    number: int | None = None
    head_end: int = 0
    parent: Passage | None = field(default=None, repr=False)
    children: list[Passage] = field(default_factory=list, repr=False)

    @property
    def body_start(self) -> int:
        """Where the text behind the printed number begins."""
        return self.start + len(self.label)


@dataclass(frozen=True)
class Outline:
    """All passages in the order of the text. `pieces` cut it without a gap."""

    text: str
    passages: tuple[Passage, ...]

    @property
    def pieces(self) -> list[str]:
        """The text cut where a passage begins; joining the pieces gives the text back."""
        cuts = sorted({0, *(passage.start for passage in self.passages), len(self.text)})
        return [self.text[left:right] for left, right in pairwise(cuts)]

    @property
    def numbered(self) -> list[Passage]:
        """The passages that carry a number, points inside a paragraph among them."""
        return [passage for passage in self.passages if passage.kind in {Kind.PASSAGE, Kind.POINT}]

    def labels(self) -> dict[int, int]:
        """Where the numerals of printed labels stand: start → end, in characters."""
        found = ((p.start, _NUMERAL.search(fold(p.label))) for p in self.numbered)
        return {start + hit.start(): start + hit.end() for start, hit in found if hit is not None}


_NUMERAL = re.compile(r"\d+(?:\.\d+)*|[一二三四五六七八九十百零〇]+|[①-⑳]|[Ⅰ-Ⅹ]+")
_C = "[一二三四五六七八九十百零〇]"
_NO_UNIT = "(?![万亿千百元个家项米公平吨户人名件倍%])"  # 3.5亿元 begins no passage
# (style, pattern at the beginning of a line); the lower the rank the higher it stands by custom
_STYLES: list[tuple[str, int, re.Pattern[str]]] = [
    ("part", 0, re.compile(rf"第({_C}{{1,3}})(?:部分|章|篇|编)[、.:]? ?")),
    ("roman", 1, re.compile(r"([ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]{1,3})[、.:]? ?")),
    ("clause", 1, re.compile(rf"第({_C}{{1,3}})[节条][、.:]? ?")),
    ("chinese", 2, re.compile(rf"({_C}{{1,3}})(?:[、.,:] ?| +(?=[\u4e00-\u9fff]))")),
    ("chinese-bracket", 3, re.compile(rf"\(({_C}{{1,3}})\)[、.,:]? ?")),
    ("arabic", 4, re.compile(r"(\d{1,3})(?:[、:] ?|\. ?(?!\d)|,(?=[\u4e00-\u9fff]) ?)")),
    (
        "arabic-deep",
        5,
        re.compile(rf"(\d{{1,2}}(?:\.\d{{1,2}}){{1,2}})[、.]? ?(?={_NO_UNIT}[\u4e00-\u9fff])"),
    ),
    ("arabic-bracket", 6, re.compile(r"(?:\((\d{1,2})\)|(\d{1,2})\))[、.]? ?")),
    ("circled", 7, re.compile(r"([①-⑳])[、.]? ?")),
    ("ordinal-is", 8, re.compile(rf"({_C}{{1,2}})(?:是|要(?=[\u4e00-\u9fff]))")),
    (
        "ordinal-words",
        8,
        re.compile(r"(首先|其次|再次|再者|最后|其一|其二|其三|其四|第[一二三四五六],)[,:]? ?"),
    ),
    ("dash", 9, re.compile(r"(-{1,2}|[•●◆■▪·])(?=[\u4e00-\u9fff“]) ?")),
]
_BARE_NUMBER = re.compile(r"(\d{1,2})(?=[\u4e00-\u9fff“])")
_POINT = re.compile(rf"(?:^|[。;:,!?])\s*({_C})(?:是)(?=[\u4e00-\u9fff“])")
_INDENT = re.compile(r"[ \t\u200b\ufeff]*")
_SENTENCE = re.compile(r"[。;!?]")
_TITLE_END = re.compile(r"[。;:!?\n]")
_CLOSING = re.compile(
    r"(?:打印|关闭|分享|上一篇|下一篇|版权|主办|承办|网站地图|联系我们|扫一扫|责任编辑|编辑:|相关链接|附件)"
    r"|(?:抄送|印发|共印)|(?:20\d{2}|二[〇○零]..)年(?:\d|[一二三四五六七八九十]).{0,6}日\s*$"
)
_META = re.compile(
    "(?:发布时间|发布日期|浏览|点击|来源|作者|索引号|发文字号|主题词|字号|今天是|当前位置|成文日期"
    "|发布机构|有效性)"
)
_GOALS = re.compile(r"主要(?:工作)?目标|工作目标|目标任务|奋斗目标|总体目标|预期目标|目标是")


def read_outline(text: str, folded: str | None = None) -> Outline:
    """The outline of a published plan. Always covers the whole text; a text without numbers is one preamble.

    `folded` is `fold(text)` where the caller has it already. Source: the domain description, section 2.
    """
    folded = fold(text) if folded is None else folded
    passages: list[Passage] = []
    stack: list[tuple[str, int, Passage]] = []
    for start, end in _lines(folded):
        found = _numbered(folded, text, start, end, stack)
        if found:
            style, rank, passage = found
            _enter(stack, style, rank)
            passage.parent = stack[-1][2] if stack else None
            passage.level = len(stack)
            stack.append((style, rank, passage))
            passages.append(passage)
            _title(folded, text, passage, end)
        passages.extend(_points(folded, text, start, end, stack))
    return _assembled(text, folded, passages)


def _lines(folded: str) -> Iterator[tuple[int, int]]:
    """`[start, end)` of each line without its indentation and line end."""
    at = 0
    while at < len(folded):
        stop = folded.find("\n", at)
        stop = len(folded) if stop < 0 else stop
        indent = _INDENT.match(folded, at, stop)
        start = indent.end() if indent else at
        end = stop - 1 if stop > start and folded[stop - 1] == "\r" else stop
        if end > start:
            yield start, end
        at = stop + 1


def _numbered(
    folded: str, text: str, start: int, end: int, stack: list[tuple[str, int, Passage]]
) -> tuple[str, int, Passage] | None:
    for style, rank, pattern in _STYLES:
        found = pattern.match(folded, start, end)
        if found and found.end() < end and not _is_false_start(style, found, folded):
            label = text[start : found.end()].rstrip()
            number = _number_of(next(group for group in found.groups() if group))
            passage = Passage(Kind.PASSAGE, start, end, label=label, number=number)
            return style, rank, passage
    return _without_separator(folded, start, end, stack)


def _without_separator(
    folded: str, start: int, end: int, stack: list[tuple[str, int, Passage]]
) -> tuple[str, int, Passage] | None:
    """`5新增…`: a number without separator, recognised because it is the next one of its row."""
    found = _BARE_NUMBER.match(folded, start, end)
    if not found:
        return None
    for style, rank, passage in reversed(stack):
        if style == "arabic" and passage.number is not None:
            if int(found[1]) == passage.number + 1:
                return style, rank, Passage(Kind.PASSAGE, start, end, label=found[1], number=int(found[1]))
            return None
    return None


def _is_false_start(style: str, found: re.Match[str], folded: str) -> bool:
    rest = folded[found.end() : found.end() + 2]
    if style == "arabic" and found[0].rstrip()[-1] == "," and len(found[1]) == 3:
        return True
    return style == "ordinal-is" and found[0].endswith("要") and rest[:1] in "求素点"


def _number_of(label: str) -> int | None:
    if label.isascii():
        return int(label) if label.isdigit() else None
    if "Ⅰ" <= label[0] <= "Ⅹ":
        return ord(label[0]) - ord("Ⅰ") + 1
    if "①" <= label <= "⑳":
        return ord(label) - ord("①") + 1
    return chinese_number(label)


def _enter(stack: list[tuple[str, int, Passage]], style: str, rank: int) -> None:
    """Leave what does not contain the new passage: back to its own style, or to a higher one."""
    styles = [entry[0] for entry in stack]
    if style in styles:
        del stack[styles.index(style) :]
        return
    while stack and stack[-1][1] >= rank:
        stack.pop()


def _title(folded: str, text: str, passage: Passage, line_end: int) -> None:
    """The heading: to the first full stop, else the whole line; a long one ends at a comma."""
    start = passage.body_start
    while start < line_end and folded[start] == " ":
        start += 1
    found = _TITLE_END.search(folded, start, line_end)
    end = found.start() if found else line_end
    if end - start > MOST_TITLE:
        comma = folded.find(",", start + 4, start + MOST_TITLE)
        end = comma if comma > 0 else start + MOST_TITLE
    passage.title = text[start:end].strip()
    passage.head_end = end


def _points(
    folded: str, text: str, start: int, end: int, stack: list[tuple[str, int, Passage]]
) -> Iterator[Passage]:
    """一是…；二是… inside a line: points of the passage, when at least two follow each other."""
    if folded.find("是", start, end) < 0:
        return
    found = [hit for hit in _POINT.finditer(folded, start, end) if hit.start(1) > start]
    numbers = [chinese_number(hit[1]) or 0 for hit in found]
    parent = stack[-1][2] if stack else None
    begun = parent is not None and parent.label in {"一是"}
    run = [hit for hit, number in zip(found, numbers, strict=True) if number in {1, 2, 3, 4, 5, 6, 7, 8, 9}]
    if len(run) < 2 and not begun:
        return
    for hit in run:
        label = text[hit.start(1) : hit.end()]
        holder = parent.parent if begun and parent is not None else parent
        point = Passage(Kind.POINT, hit.start(1), end, label=label, number=chinese_number(hit[1]))
        point.parent = holder
        point.level = (holder.level + 1) if holder else 0
        _title(folded, text, point, end)
        yield point


def _assembled(text: str, folded: str, numbered: list[Passage]) -> Outline:
    """Add what stands before and after, and give every passage its end and its path."""
    body_end = _back_start(folded, numbered[-1].start if numbered else 0)
    first = next((p.start for p in numbered), body_end)
    passages = [*_before(folded, text, first), *numbered]
    if body_end < len(text):
        passages.append(Passage(Kind.BACK, body_end, len(text)))
    _set_ends(passages, body_end)
    _set_paths(passages)
    return Outline(text, tuple(passages))


def _before(folded: str, text: str, first: int) -> list[Passage]:
    """Title and page chrome, then the preamble, which begins with the first line of running text."""
    lines = [(start, min(end, first)) for start, end in _lines(folded[:first])]
    begin = next((start for start, end in lines if _is_running_text(folded[start:end])), None)
    if begin is None and first == len(folded) and lines:  # a few short lines, and nothing else: the plan
        begin = lines[min(1, len(lines) - 1)][0]
    found = []
    if begin is None or begin > 0:
        found.append(Passage(Kind.FRONT, 0, first if begin is None else begin))
    if begin is not None:
        preamble = Passage(Kind.PREAMBLE, begin, first, head_end=begin)
        preamble.title = "主要目标" if _GOALS.search(folded, begin, first) else PREAMBLE
        found.append(preamble)
    return found


def _is_running_text(line: str) -> bool:
    return not _META.search(line) and (len(line) > 40 or (bool(_SENTENCE.search(line)) and len(line) > 12))


def _is_signature(line: str) -> bool:
    return len(line) < 20 and not _SENTENCE.search(line) and not any("0" <= sign <= "9" for sign in line)


def _back_start(folded: str, after: int) -> int:
    """Where signature, date and page chrome begin: the short last lines that say such things."""
    lines = [(start, end) for start, end in _lines(folded) if start > after]
    begin = len(folded)
    for start, end in reversed(lines[-12:]):
        line = folded[start:end]
        if len(line) < 60 and (_CLOSING.search(line) or _is_signature(line)):
            begin = start
        else:
            break
    return begin


def _set_ends(passages: list[Passage], body_end: int) -> None:
    """A passage ends where the next one of its level or a higher one begins."""
    open_ones: list[Passage] = []
    for passage in passages:
        if passage.kind in {Kind.FRONT, Kind.BACK}:
            continue
        while open_ones and not _contains(open_ones[-1], passage):
            open_ones.pop().end = passage.start
        open_ones.append(passage)
    for passage in open_ones:
        passage.end = body_end


def _contains(outer: Passage, inner: Passage) -> bool:
    parent = inner.parent
    while parent is not None:
        if parent is outer:
            return True
        parent = parent.parent
    return False


def _set_paths(passages: list[Passage]) -> None:
    """Labels joined with "/"; a path that comes a second time gets a number, so that paths stay unique."""
    seen: dict[str, int] = {}
    for passage in passages:
        if passage.kind == Kind.PREAMBLE:
            passage.path = PREAMBLE
        elif passage.label:
            name = _bare_label(passage.label)
            passage.path = f"{passage.parent.path}/{name}" if passage.parent else name
            if passage.parent:
                passage.parent.children.append(passage)
        times = seen.get(passage.path, 0)
        seen[passage.path] = times + 1
        if times and passage.path:
            passage.path = f"{passage.path}~{times + 1}"


def _bare_label(label: str) -> str:
    return label.rstrip("、.,:; ．，：；\u3000").strip() or label
