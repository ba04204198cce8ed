"""Whether a text can be a plan's published text at all. Pure: no Django."""

from __future__ import annotations

import re

from plans.readers.refusals import DocumentCode, RefusedDocument

MAX_CHARACTERS = 2_000_000

_MARK = "\ufeff"
# Line feeds, tabs, form feeds and the vertical tab by which Word writes a soft line break are text.
# Half of a surrogate pair cannot be stored; U+FFFE is a byte order mark that was read the wrong way round.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff]")
_NUMBER = re.compile(r"[\d〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟①-⒛Ⅰ-ⅿ㈠-㈩㊀-㊉]")


def check_text(text: str) -> str:
    """The text without a byte order mark, otherwise unchanged, if it may be a plan's text.

    Raises RefusedDocument: NO_TEXT, TOO_LONG, CONTROL_CHARACTER or NO_NUMBER.
    """
    text = text.removeprefix(_MARK)
    check_length(len(text))
    if not _VISIBLE.search(text):
        raise RefusedDocument(DocumentCode.NO_TEXT)
    if found := _CONTROL.search(text):
        line = str(text.count("\n", 0, found.start()) + 1)
        raise RefusedDocument(DocumentCode.CONTROL_CHARACTER, line=line, character=f"U+{ord(found[0]):04X}")
    if not _NUMBER.search(text):
        raise RefusedDocument(DocumentCode.NO_NUMBER)
    return text


def check_length(characters: int) -> None:
    """Return if a text of so many characters is allowed; raise RefusedDocument (TOO_LONG) if not."""
    if characters > MAX_CHARACTERS:
        raise RefusedDocument(DocumentCode.TOO_LONG, limit=f"{MAX_CHARACTERS:,}")
