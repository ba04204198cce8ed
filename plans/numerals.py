"""Numerals as Chinese documents print them: full width, Chinese characters, mixed. Pure: no Django.

Folding keeps every character at its place, so offsets into the folded text are offsets into the document.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal

CHINESE_DIGITS = {
    character: value
    for value, characters in enumerate(
        ["零〇○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"]
    )
    for character in characters
}
SMALL_POWERS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE_POWERS = {"万": 10**4, "亿": 10**8}

_DASHES = "‐‑‒–—―−－─"
_FOLDED = {
    character: folded
    for code in (*range(0xFF01, 0xFF5F), 0x3000, 0x00A0, 0x2002, 0x2003, 0x2009, 0x202F)
    if len(folded := unicodedata.normalize("NFKC", character := chr(code))) == 1
} | dict.fromkeys(_DASHES, "-") | {"∶": ":", "﹪": "%", "〜": "~", "∼": "~"}  # fmt: skip


def fold(text: str) -> str:
    """The text in half width, character for character: digits, letters, punctuation, spaces and dashes.

    Its length is that of `text`, and so every offset stays valid.
    """
    for character in _FOLDED.keys() & set(text):
        text = text.replace(character, _FOLDED[character])
    return text


def chinese_number(text: str) -> int | None:
    """The whole number that Chinese numerals write: 两千三百 → 2300, 二〇一四 → 2014, 千 → 1000.

    None where the characters are no number (千千, 十万个为什么) or the text is empty.
    """
    if not text:
        return None
    if all(character in CHINESE_DIGITS for character in text):
        return int("".join(str(CHINESE_DIGITS[character]) for character in text))
    return _powers_and_digits(text)


def _powers_and_digits(text: str) -> int | None:
    """Digits and powers of ten, read from the left: a section up to 9999, then 万 or 亿."""
    total = section = 0
    digit: int | None = None
    last_power = 10**12
    for character in text:
        if character in CHINESE_DIGITS:
            if digit:
                return None
            digit = CHINESE_DIGITS[character]
        elif character in SMALL_POWERS:
            power = SMALL_POWERS[character]
            if power >= last_power:
                return None
            section += (1 if digit is None else digit) * power
            digit, last_power = None, power
        elif character in LARGE_POWERS:
            section += digit or 0
            if character == "亿":
                total = (total + section or 1) * LARGE_POWERS[character]
            else:
                total += (section or 1) * LARGE_POWERS[character]
            section, digit, last_power = 0, None, 10**12
        else:
            return None
    return total + section + (digit or 0)


def arabic_number(text: str) -> Decimal:
    """The number of folded Arabic digits, with or without thousands separators: `20,000.5` → 20000.5."""
    return Decimal(text.replace(",", ""))
