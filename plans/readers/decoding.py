"""Bytes of Chinese texts as characters: UTF-8, UTF-16 with a mark, GB 18030. Pure: no Django.

GB 18030 can decode nearly everything: UTF-8 with one broken byte comes out as characters that nobody writes.
So a decoding is believed only if its characters are common ones: punctuation and the 3,755 characters of
GB 2312's first level make up 99 of 100 characters of the two plans of 2014; of the same plans' UTF-8, read as
GB 18030, they make up 12, and of GB 18030 read from the second half of a character on, 45.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass

from plans.readers.refusals import DocumentCode, RefusedDocument
from plans.readers.text_checks import check_length

UTF_8 = "utf-8"
GB_18030 = "gb18030"
LEAST_SHARE = 0.5  # of common ones among the characters that are not ASCII
JUDGED_FROM = 6  # fewer such characters in a line say too little
WINDOW = 24  # such characters are judged together: a byte lost in a long line spoils its end only
LEAST_SHARE_IN_WINDOW = 0.6
DECLARED_WITHIN = 16 * 1024  # bytes of a page in which its encoding is declared

_MARKS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UTF_32_MARK = codecs.BOM_UTF32_LE  # begins like the mark of UTF-16
_DECLARATION = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?([\w-]{1,20})""", re.I
)
_SAME = {"gb2312": GB_18030, "gbk": GB_18030, "gb18030": GB_18030, "utf-8": UTF_8, "utf8": UTF_8}
_SHOWN = {UTF_8: "UTF-8", GB_18030: "GB 18030", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


def _common_characters() -> str:
    """Punctuation, full width forms, Greek, box drawings and the characters of the first level of GB 2312."""
    rows = (0xA1, 0xA2, 0xA3, 0xA6, 0xA9, *range(0xB0, 0xD8))
    pairs = bytes(byte for row in rows for cell in range(0xA1, 0xFF) for byte in (row, cell))
    return pairs.decode("gb2312", "ignore") + "—–·•…“”‘’€\xa0"


_COMMON = re.compile(f"[{re.escape(_common_characters())}]+")
_ASCII = re.compile("[\x00-\x7f]+")


@dataclass(frozen=True)
class Decoded:
    """A decoded text; `flaw` is the refusal that a place in another encoding deserves, if there is one."""

    text: str
    encoding: str
    flaw: RefusedDocument | None = None


def decode_text(data: bytes) -> Decoded:
    """The whole text with its newlines unchanged, without a byte order mark.

    Raises RefusedDocument: MIXED_ENCODING with line and byte (both counted from 1), or UNKNOWN_ENCODING.
    """
    decoded = _by_mark(data) or _by_content(data, declared="")
    if decoded.flaw:
        raise decoded.flaw
    return decoded


def decode_page(data: bytes) -> Decoded:
    """A web page, by its mark, or by its bytes and the encoding it declares.

    Its flaw is left to the caller: sites cut titles in the middle of a character, mostly in lists of other
    pages, and what counts is the article. Raises RefusedDocument (UNKNOWN_ENCODING).
    """
    match = _DECLARATION.search(data, 0, DECLARED_WITHIN)
    declared = _SAME.get(match[1].decode("ascii", "replace").lower(), "") if match else ""
    return _by_mark(data) or _by_content(data, declared)


def is_marred(text: str) -> bool:
    """Whether a decoded text shows replaced or implausible characters."""
    return "\ufffd" in text or any(_is_implausible(line) for line in text.split("\n"))


def _by_mark(data: bytes) -> Decoded | None:
    """The text decoded as its byte order mark says; None without a mark."""
    if data.startswith(_UTF_32_MARK):
        raise RefusedDocument(DocumentCode.UNKNOWN_ENCODING)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, _first_error(data, encoding, len(mark)))
    return None


def _by_content(data: bytes, declared: str) -> Decoded:
    """The text in the encoding that yields the more common characters; what is valid UTF-8 is UTF-8."""
    flaw = _first_error(data, UTF_8)
    if flaw is None:
        return Decoded(data.decode(UTF_8), UTF_8)
    texts = {encoding: data.decode(encoding, "replace") for encoding in (UTF_8, GB_18030)}
    shares = {encoding: _share_of_common(text) for encoding, text in texts.items()}
    best = max(shares, key=lambda encoding: (shares[encoding], encoding == declared))
    if declared and _not_ascii(texts[declared]) < JUDGED_FROM:
        best = declared
    elif shares[best] < LEAST_SHARE:
        raise RefusedDocument(DocumentCode.UNKNOWN_ENCODING)
    check_length(len(texts[best]))
    return Decoded(texts[best], best, flaw if best == UTF_8 else _first_foreign_line(data))


def _share_of_common(text: str) -> float:
    """Common ones among the characters that are not ASCII; 0 if there are none."""
    foreign = _not_ascii(text)
    return sum(map(len, _COMMON.findall(text))) / foreign if foreign else 0.0


def _not_ascii(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


def _is_implausible(line: str) -> bool:
    """Whether the line, or a stretch of it, is made of characters that are rarely written."""
    foreign = _ASCII.sub("", line)
    if len(foreign) < WINDOW:
        return len(foreign) >= JUDGED_FROM and _share_of_common(foreign) < LEAST_SHARE
    starts = (*range(0, len(foreign) - WINDOW, WINDOW), len(foreign) - WINDOW)
    return any(_share_of_common(foreign[start : start + WINDOW]) < LEAST_SHARE_IN_WINDOW for start in starts)


def _first_error(data: bytes, encoding: str, start: int = 0) -> RefusedDocument | None:
    """The refusal for the first byte that the encoding does not allow."""
    try:
        data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        place = start + error.start
        before = data[start:place].decode(encoding, "replace")
        return _refusal(before.count("\n") + 1, place, encoding)
    return None


def _first_foreign_line(data: bytes) -> RefusedDocument | None:
    """The refusal for the first line of a GB 18030 text that is no GB 18030.

    No character of it contains the byte of a line feed, so lines can be decoded one by one.
    """
    place = 0
    for number, line in enumerate(io.BytesIO(data), 1):
        if not line.isascii() and (at := _foreign_byte(line)) is not None:
            return _refusal(number, place + at, GB_18030)
        place += len(line)
    return None


def _foreign_byte(line: bytes) -> int | None:
    """Where the line shows that it is not GB 18030."""
    text = line.decode(GB_18030, "replace")
    if _is_rather_utf_8(line, text):
        return _first_not_ascii(line)
    try:
        line.decode(GB_18030)
    except UnicodeDecodeError as error:
        return error.start
    return _first_not_ascii(line) if _is_implausible(text) else None


def _first_not_ascii(line: bytes) -> int:
    return next(place for place, byte in enumerate(line) if byte >= 0x80)


def _is_rather_utf_8(line: bytes, text: str) -> bool:
    """Whether the line is valid UTF-8 and makes more sense so than as the text of GB 18030."""
    try:
        other = line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return _share_of_common(other) > _share_of_common(text)


def _refusal(line: int, place: int, encoding: str) -> RefusedDocument:
    return RefusedDocument(
        DocumentCode.MIXED_ENCODING, line=str(line), byte=str(place + 1), encoding=_SHOWN[encoding]
    )
