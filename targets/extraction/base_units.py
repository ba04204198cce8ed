"""Values in the base units of the machine-readable reading. Pure: no Django.

Source of the rules: the domain description, section 3 ("value, unit"). Counting words are all "one".
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from targets.units import MULTIPLIERS, Dimension, Unit, UnknownUnit, parse_unit, plain

_BASE_OF_DIMENSION = {
    Dimension.YUAN: ("元", Decimal(1)),
    Dimension.DOLLAR: ("美元", Decimal(1)),
    Dimension.EURO: ("欧元", Decimal(1)),
    Dimension.YEN: ("日元", Decimal(1)),
    Dimension.HK_DOLLAR: ("港元", Decimal(1)),
    Dimension.LENGTH: ("km", Decimal("0.001")),
    Dimension.MASS: ("t", Decimal("0.000001")),
    Dimension.VOLUME: ("m³", Decimal("0.001")),
    Dimension.SHARE: ("%", Decimal(1)),
    Dimension.PERCENTAGE_POINT: ("百分点", Decimal(1)),
    Dimension.MULTIPLE: ("倍", Decimal(1)),
    Dimension.DOUBLINGS: ("番", Decimal(1)),
}
_ONES = frozenset(
    {"COUNT", "ORGANISATION", "PERSON", "PERSON_TIMES", "ITEM", "DEVICE", "OCCASION", "ANIMAL", "PLANT"}
)
_SQUARE_METRES = {"平方米": Decimal(1), "平方公里": Decimal(10**6), "公顷": Decimal(10**4)}
_UNITS_KEPT = 1024

Factors = tuple[Decimal, ...]


def in_base_unit(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """The value in the base unit (元, one, m², km, t, 亩; % stays percent), and that unit's name.

    A unit without a base of its own keeps its name; an unknown one keeps value and name.
    """
    factors, name = _base_of(unit)
    if not factors:
        return value, name
    for factor in factors:
        value = value * factor
    return plain(value), name


@lru_cache(maxsize=_UNITS_KEPT)
def _base_of(unit: str) -> tuple[Factors, str]:
    """What a value is multiplied with, and the base unit's name; no factors where the value stays."""
    if unit in {"", "1"}:
        return (), "one"
    try:
        parsed = parse_unit(unit)
    except UnknownUnit:
        return (), unit
    if parsed.dimension in _ONES:
        return (parsed.factor,), "one"
    if parsed.dimension == Dimension.AREA:
        return _base_of_area(parsed)
    if parsed.dimension in _BASE_OF_DIMENSION:
        name, factor = _BASE_OF_DIMENSION[Dimension(parsed.dimension)]
        return (parsed.factor, factor), name
    return (), parsed.name


def _base_of_area(parsed: Unit) -> tuple[Factors, str]:
    base = next((name for name in _SQUARE_METRES if parsed.name.endswith(name)), None)
    multiplier = Decimal(MULTIPLIERS.get(parsed.name.removesuffix(base or "亩"), 1))
    return ((multiplier,), "亩") if base is None else ((multiplier, _SQUARE_METRES[base]), "m²")
