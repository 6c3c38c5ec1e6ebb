"""Small plots of ASCII characters, so that any console and any pipe shows them."""

from __future__ import annotations

from .words import amount

_ROWS_MAX = 24
_WIDTH = 40


def thinned(count: int, limit: int = _ROWS_MAX) -> list[int]:
    """At most `limit` indexes out of `count`, evenly spread, the first and the last among them."""
    if count <= limit:
        return list(range(count))
    return sorted({round(n * (count - 1) / (limit - 1)) for n in range(limit)})


def bars(labels: list[str], values_minor: list[int], currency: str) -> list[str]:
    """A line per value: label, amount, bar; what is below zero is drawn with `-`."""
    chosen = thinned(len(values_minor))
    top = max(1, *(abs(values_minor[n]) for n in chosen))
    lines = []
    for n in chosen:
        value = values_minor[n]
        length = round(abs(value) * _WIDTH / top)
        sign = "#" if value >= 0 else "-"
        lines.append(f"{labels[n]:<12} {amount(value, currency):>12}  {sign * length}")
    return lines
