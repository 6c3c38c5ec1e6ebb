"""Line plots and strips as inline SVG, for the sheet: no library, no network, prints sharp."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_WIDTH = 700
_HEIGHT = 150
_LEFT = 84
_BAR_MIN = 0.7  # percent
_BOTTOM = 24
_TOP = 8
_POINTS_MAX = 600


@dataclass(frozen=True)
class Series:
    """Values over Unix time, oldest first."""

    times: list[float]
    values: list[float]


def thin(series: Series) -> Series:
    """At most _POINTS_MAX points: of each stretch its lowest and highest stay."""
    count = len(series.times)
    if count <= _POINTS_MAX:
        return series
    keep: set[int] = set()
    step = count / (_POINTS_MAX // 2)
    for n in range(_POINTS_MAX // 2):
        stretch = range(int(n * step), min(count, int((n + 1) * step)))
        keep.add(min(stretch, key=series.values.__getitem__))
        keep.add(max(stretch, key=series.values.__getitem__))
    chosen = sorted(keep)
    return Series([series.times[n] for n in chosen], [series.values[n] for n in chosen])


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    spread = (high - low) or 1.0
    return lambda value: start + (value - low) * (end - start) / spread


def _stamp(unix_s: float) -> str:
    try:
        return time.strftime("%m-%d %H:%M", time.localtime(unix_s))
    except (OverflowError, ValueError, OSError):
        return ""  # no time that a calendar knows


def plot(series: Series, label: Callable[[float], str], title: str, is_step: bool = False) -> str:
    """A line over time with its lowest and highest value and both ends of the time written out;
    `is_step`: a value holds until the next."""
    shown = thin(series)
    low, high = min(shown.values), max(shown.values)
    labels = {_TOP + 10: label(high), _HEIGHT - _BOTTOM: label(low)}
    if low == high:
        labels = {(_TOP + _HEIGHT - _BOTTOM) // 2 + 4: label(low)}
        low, high = low - 1, high + 1
    x = _scale(shown.times[0], shown.times[-1], _LEFT, _WIDTH - 8)
    y = _scale(low, high, _HEIGHT - _BOTTOM, _TOP)
    corners = list(zip(shown.times, shown.values, strict=True))
    if is_step:
        held = [(at, before) for (_, before), (at, _) in pairwise(corners)]
        corners = [
            corner for pair in zip(corners, [*held, corners[-1]], strict=True) for corner in pair
        ]
    points = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in corners)
    dots = ""
    if len(shown.times) <= 40:
        dots = "".join(
            f'<circle cx="{x(at):.1f}" cy="{y(value):.1f}" r="2.5"/>'
            for at, value in zip(shown.times, shown.values, strict=True)
        )
    zero = ""
    if low < 0 < high:
        zero = (
            f'<line class="zero" x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{y(0):.1f}" y2="{y(0):.1f}"/>'
        )
    scale = "".join(
        f'<text x="{_LEFT - 6}" y="{at}" text-anchor="end">{escape(words)}</text>'
        for at, words in labels.items()
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_WIDTH - 8 - _LEFT}"'
        f' height="{_HEIGHT - _BOTTOM - _TOP}"/>{zero}'
        f'<polyline points="{points}"/>{dots}{scale}'
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">{_stamp(shown.times[0])}</text>'
        f'<text x="{_WIDTH - 8}" y="{_HEIGHT - 6}" text-anchor="end">'
        f"{_stamp(shown.times[-1])}</text></svg>"
    )


def strip(spans: list[tuple[float, float, str]], title: str) -> str:
    """Coloured spans (start, end, CSS class) of one time line. Its bars are as wide as the page
    lets them be, its words never shrink with it."""
    first, last = spans[0][0], spans[-1][1]
    x = _scale(first, last, 0, 100)
    bars = ""
    for start, end, kind in spans:  # the shortest can be seen, the last too
        width = max(_BAR_MIN, x(end) - x(start))
        left = min(x(start), 100 - width)
        bars += f'<rect class="{kind}" x="{left:.2f}%" y="0" height="18" width="{width:.2f}%"/>'
    return (
        f'<svg class="strip" role="img" aria-label="{escape(title)}">'
        f'{bars}<text x="0" y="32">{_stamp(first)}</text>'
        f'<text x="100%" y="32" text-anchor="end">{_stamp(last)}</text></svg>'
    )
