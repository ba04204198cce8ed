"""Geometry of the small charts: numbers in, coordinates out. Pure: no Django.

Coordinates leave as whole numbers or as text, so that no language can put a comma or a separator into them.
Source: the interface description, "Charts".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from targets.counts import Counts
from targets.enums import Light
from targets.formatting import format_plain

SEGMENTS_WIDTH = 1000
_LEFT_TO_RIGHT = (Light.BLUE, Light.GREEN, Light.YELLOW, Light.RED, Light.GREY, Light.NONE)
BULLET_WIDTH = 200
MONTH_WIDTH = 46  # room for “前三季度” beside “10月”, and a gap
VALUE_ABOVE, VALUE_BELOW = -10, 20
BULLET_TARGET = 160  # where the annual target stands: 125 % still fit, what is more is capped


@dataclass(frozen=True)
class Bullet:
    """A bullet bar on a track of 0 to 200: how far it reaches, and where its two marks stand."""

    actual: int | None
    expected: int | None
    target: int


def bullet(actual: Decimal | None, expected: Decimal | None, target: Decimal | None) -> Bullet | None:
    """The bar of one target; None where no length can show it (no target value, V ≤ 0, a value below 0)."""
    if target is None or target <= 0 or min(actual or 0, expected or 0) < 0:
        return None
    return Bullet(_along(actual, target), _along(expected, target), BULLET_TARGET)


def _along(value: Decimal | None, target: Decimal) -> int | None:
    """How far along the track a value lies; only the drawing is capped, never the rate."""
    if value is None:
        return None
    place = (value * BULLET_TARGET / target).quantize(Decimal(1), ROUND_HALF_UP)
    return min(int(place), BULLET_WIDTH)


@dataclass(frozen=True)
class Segment:
    """A stretch of the bar that shows all lights side by side, in thousandths of its width."""

    light: Light
    x: int
    width: int
    count: int


def segments(counts: Counts) -> list[Segment]:
    """The bar of all lights from done to not judged; the stretches fill it exactly."""
    found, at = [], 0
    for light in _LEFT_TO_RIGHT:
        count = getattr(counts, light.lower())
        end = at + count
        if count:
            x = SEGMENTS_WIDTH * at // counts.total
            found.append(Segment(light, x, SEGMENTS_WIDTH * end // counts.total - x, count))
        at = end
    return found


@dataclass(frozen=True)
class Tick:
    """A horizontal line of the grid, or a period below it."""

    at: str
    value: Decimal


@dataclass(frozen=True)
class Dot:
    """One known value of a line."""

    month: int
    x: str
    y: str
    value: Decimal


@dataclass(frozen=True)
class Line:
    """A line through the known values; it breaks where a value is missing (missing is not zero)."""

    segments: tuple[str, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class LineChart:
    """A chart of a year: the plotting area, its grid, and the lines by name."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ticks: tuple[Tick, ...]
    months: tuple[Tick, ...]
    lines: dict[str, Line]
    value_dy: int  # from the last actual dot down to the foot of its number


Points = Sequence[tuple[int, Decimal | None]]  # (end month, value)


def line_chart(
    lines: Mapping[str, Points], *, from_zero: bool, width: int = 400, height: int = 210
) -> LineChart | None:
    """Where the grid, the months and the lines of one target lie; None when no value is known.

    `from_zero`: the scale begins at 0 (values that accumulate); else it frames the values.
    """
    values = [value for points in lines.values() for _month, value in points if value is not None]
    if not values:
        return None
    ticks = scale_ticks(min(values), max(values), from_zero=from_zero)
    left, right, top, bottom = _label_width(ticks), width - 24, 18, height - 28
    low, span = ticks[0], ticks[-1] - ticks[0]

    def x(month: int) -> str:
        return _text(left + Decimal(right - left) * month / 12)

    def y(value: Decimal) -> str:
        return _text(bottom - (bottom - top) * (value - low) / span)

    months = sorted({month for points in lines.values() for month, _value in points})
    drawn = {name: _line(points, x, y) for name, points in lines.items()}
    return LineChart(
        *(width, height, left, right, top, bottom),
        ticks=tuple(Tick(y(value), value) for value in ticks),
        months=tuple(Tick(x(month), Decimal(month)) for month in _labelled(months, (right - left) / 12)),
        lines=drawn,
        value_dy=_value_dy(drawn, bottom),
    )


def _labelled(months: Sequence[int], step: float) -> list[int]:
    """The months that are written below the chart: quarters always, any other where it has room."""
    quarters = [month for month in months if month % 3 == 0]
    return [
        month
        for month in months
        if month in quarters or all(abs(month - other) * step >= MONTH_WIDTH for other in quarters)
    ]


def _value_dy(drawn: Mapping[str, Line], bottom: int) -> int:
    """Above the last actual dot; below it where the expected pace runs above and the axis leaves room."""
    actual = drawn["actual"].dots if "actual" in drawn else ()
    expected = {dot.month: Decimal(dot.y) for dot in drawn["expected"].dots} if "expected" in drawn else {}
    if not actual:
        return VALUE_ABOVE
    y = Decimal(actual[-1].y)
    is_behind = expected.get(actual[-1].month, y) < y
    return VALUE_BELOW if is_behind and y + VALUE_BELOW <= bottom - 4 else VALUE_ABOVE


def _label_width(ticks: Sequence[Decimal]) -> int:
    """Room for the longest number beside the grid: 56 as a rule, more for seven digits."""
    longest = max(len(format_plain(value)) for value in ticks)
    return max(56, 16 + 8 * longest)


def _line(points: Points, x: Callable[[int], str], y: Callable[[Decimal], str]) -> Line:
    segments: list[list[str]] = [[]]
    dots = []
    for month, value in sorted(points, key=lambda point: point[0]):
        if value is None:
            segments.append([])
            continue
        dots.append(Dot(month, x(month), y(value), value))
        segments[-1].append(f"{dots[-1].x},{dots[-1].y}")
    return Line(tuple(" ".join(segment) for segment in segments if len(segment) > 1), tuple(dots))


def scale_ticks(low: Decimal, high: Decimal, *, from_zero: bool, wanted: int = 4) -> list[Decimal]:
    """Round numbers at even steps that enclose `low` to `high`, about `wanted` of them; at least two."""
    if from_zero:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        low, high = low - 1, high + 1
    step = _round_step((high - low) / wanted)
    first = (low / step).quantize(Decimal(1), ROUND_FLOOR)
    last = (high / step).quantize(Decimal(1), ROUND_CEILING)
    return [number * step for number in _count(first, last)]


def _count(first: Decimal, last: Decimal) -> Iterable[Decimal]:
    return (Decimal(number) for number in range(int(first), int(last) + 1))


def _round_step(raw: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that is not below `raw`."""
    power = Decimal(1).scaleb(raw.adjusted())
    return next(
        power * factor for factor in map(Decimal, ("1", "2", "2.5", "5", "10")) if power * factor >= raw
    )


def _text(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.1"), ROUND_HALF_UP))
