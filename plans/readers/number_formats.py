"""The numbers of automatic lists as they are printed. Pure: no Django.

The names of the formats are those of OOXML's ST_NumberFormat (ECMA-376 part 1, 17.18.59). A format that is
not known, or that has no character for so large a number, prints decimal digits, as Word does.
"""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_DIGITS_WITH_CIRCLE = "○一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_MOST_ROMAN = 3999
_MOST_LETTERS = 26 * 30  # thirty letters in a row: beyond it no list counts in letters
_MOST_CHINESE = 9999


def format_number(value: int, number_format: str) -> str:
    """The number as a list of this format prints it; `none` and `bullet` print nothing."""
    if number_format in {"none", "bullet"}:
        return ""
    printed = _FORMATS.get(number_format, str)
    return printed(value) or str(value)


def _positional(digits: str) -> Callable[[int], str]:
    """Digit for digit: 一〇, 二五."""
    return lambda value: "".join(digits[int(digit)] for digit in str(value)) if value >= 0 else ""


def _counted(
    digits: str, powers: str, zero: str, *, says_one: bool, ten_says_one: bool
) -> Callable[[int], str]:
    """Spoken numbers up to 9,999: 一百零五. `ten_says_one` is the 一 of 一十 at the beginning."""

    def printed(value: int) -> str:
        if not 0 < value <= _MOST_CHINESE:
            return ""
        text = ""
        for place, digit in enumerate(map(int, f"{value:04}")):
            power = powers[place] if place < 3 else ""
            if not digit:
                text += zero if text and not text.endswith(zero) else ""
            elif (
                digit == 1
                and power
                and (not says_one or (power == powers[2] and not text and not ten_says_one))
            ):
                text += power
            else:
                text += digits[digit] + power
        return text.removesuffix(zero) if zero else text

    return printed


def _up_to_99(digits: str) -> Callable[[int], str]:
    """Spoken up to 99, and digit for digit from there on: 九十九, 一○○."""
    spoken = _counted(digits, "千百十", "", says_one=True, ten_says_one=False)
    positional = _positional(digits)
    return lambda value: spoken(value) if value < 100 else positional(value)


def _letters(value: int) -> str:
    """a … z, aa, bb …"""
    if not 0 < value <= _MOST_LETTERS:
        return ""
    repeats, letter = divmod(value - 1, 26)
    return chr(ord("a") + letter) * (repeats + 1)


def _roman(value: int) -> str:
    if not 0 < value <= _MOST_ROMAN:
        return ""
    text = ""
    for amount, letters in _ROMAN:
        repeats, value = divmod(value, amount)
        text += letters * repeats
    return text


def _from_list(characters: str) -> Callable[[int], str]:
    """One character for each number, while they last."""
    return lambda value: characters[value - 1] if 0 < value <= len(characters) else ""


def _run(first: str, count: int) -> str:
    return "".join(chr(ord(first) + place) for place in range(count))


_THOUSANDS = _counted(_DIGITS, "千百十", "零", says_one=True, ten_says_one=False)
_LEGAL = _counted(_LEGAL_DIGITS, "仟佰拾", "零", says_one=True, ten_says_one=True)
_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda value: f"{value:02}",
    "decimalFullWidth": _positional("０１２３４５６７８９"),
    "decimalFullWidth2": _positional("０１２３４５６７８９"),
    "decimalEnclosedCircle": _from_list(_run("①", 20)),
    "decimalEnclosedCircleChinese": _from_list(_run("①", 20)),
    "decimalEnclosedParen": _from_list(_run("⑴", 20)),
    "decimalEnclosedFullstop": _from_list(_run("⒈", 20)),
    "numberInDash": lambda value: f"- {value} -",
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "chineseCounting": _up_to_99(_DIGITS_WITH_CIRCLE),
    "taiwaneseCounting": _up_to_99(_DIGITS_WITH_CIRCLE),
    "chineseCountingThousand": _THOUSANDS,
    "taiwaneseCountingThousand": _THOUSANDS,
    "japaneseCounting": _counted(_DIGITS, "千百十", "", says_one=False, ten_says_one=False),
    "ideographDigital": _positional(_DIGITS),
    "japaneseDigitalTenThousand": _positional(_DIGITS),
    "taiwaneseDigital": _positional(_DIGITS_WITH_CIRCLE),
    "chineseLegalSimplified": _LEGAL,
    "ideographTraditional": _from_list("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from_list("子丑寅卯辰巳午未申酉戌亥"),
    "ideographEnclosedCircle": _from_list(_run("㊀", 10)),
}
