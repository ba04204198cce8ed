"""How numbers with their units are printed. Pure: no Django."""

from __future__ import annotations

import re

from targets.units import MULTIPLIERS, unit_names

_UNITS = "|".join(re.escape(name) for name in unit_names()).replace("|人|", "|人(?!民)|")
_MULTIPLIER = "(?:" + "|".join(MULTIPLIERS) + ")"
_PLAIN_UNIT = rf"(?:{_UNITS})"
_PAIRED_UNIT = rf"{_PLAIN_UNIT}(?:\((?:{_UNITS})\))?(?:/(?:{_MULTIPLIER})?(?:{_UNITS}))?"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?"
CHINESE = "[零〇一二三四五六七八九十百千万亿两]"
_DASH = r"[-~]{1,2}|至|到"

# number, 多/余, multiplier, 多/余, unit; between number and unit a space may stand
_ONE = (
    f"(?P<n1>{_ARABIC}) ?(?P<v1>[多余来]?)(?P<m1>{_MULTIPLIER}?)(?P<w1>[多余]?) ?(?P<u1>{_PAIRED_UNIT}|[%‰])?"
)
_TWO = (
    f"(?P<n2>{_ARABIC}) ?(?P<v2>[多余来]?)(?P<m2>{_MULTIPLIER}?)(?P<w2>[多余]?) ?(?P<u2>{_PAIRED_UNIT}|[%‰])?"
)
QUANTITY = re.compile(_ONE)
# A dash within the reach of a number and its unit: without one, no range needs to be tried.
_REACH = 3 * max(map(len, unit_names())) + 12
DASH_AHEAD = re.compile(rf"(?>{_ARABIC})[^-~至到]{{0,{_REACH}}}+[-~至到]")
RANGE = re.compile(rf"{_ONE} ?(?:{_DASH}) ?{_TWO}")
FRACTION = re.compile(r"(\d{1,2})/(\d{1,3})(?![\d/])")
PER_POPULATION = re.compile(r"(\d+(?:\.\d+)?)/(10万|百万|万|千)(?!元)")
PROPORTION = re.compile(r"\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+")
LETTERED = re.compile(r"[\dA-Za-z.+×·-]+")
PER_HUNDRED = re.compile(r"(百分之|千分之)([零〇一二三四五六七八九十百点两]+)(?:个?(百分点))?")
CHINESE_FRACTION = re.compile(rf"({CHINESE}+)分之({CHINESE}+)")
TENTHS = re.compile(r"([一二三四五六七八九两])成(?![立果效员本功为长都人分熟品绩就型交像语群套体县年])(?=.)")
CHINESE_QUANTITY = re.compile(
    f"(?P<n1>{CHINESE}+)(?P<v1>[多余来]?)(?P<m1>[万亿]*)(?:(?:{_DASH})(?P<n2>{CHINESE}+)(?P<v2>[多余]?))? ?"
    "(?P<u1>"
    f"{_PAIRED_UNIT})"
)
CHINESE_BARE = re.compile(rf"{CHINESE}+")
CIRCLED = re.compile(r"[①-⓿❶-➓Ⅰ-ⅿ]+")
START = re.compile(r"[\d零〇○一二三四五六七八九十百千万亿两①-⓿❶-➓Ⅰ-ⅿ]")
LETTER = re.compile(r"[A-Za-z]")
LETTER_OR_SIGN = re.compile(r"[A-Za-z+×·]")
JOINED_NUMBERS = re.compile(r"\d+(?:[+×·]\d+)+")
JOINED = re.compile(r"\d+(?:[+×·][\dA-Za-z]+)+")
DASHED = re.compile(r"\d+(?:-\d+)*")
SLASH_OR_COLON = re.compile(r"\d++(?:\.\d++)?+[/:]")
