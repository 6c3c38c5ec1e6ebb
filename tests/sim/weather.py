"""Faults of the network alone: whatever happens here, the account is in order and nobody is owed.

A captive page is left out, as operators ask for money by it, and so are the causes by which they
refuse an unpaid card; those of a network that is full, broken or has no place for us here belong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from posworld.network.account import Bar
from posworld.rng import Rng
from posworld.story.chaos import Chaos
from posworld.story.habits import HABITS
from posworld.story.stage import Stage
from posworld.story.troubles import FAULTS

_HOUR_S = 3600
_PATHS = ("blackhole", "refuse", "dns_fail", "dns_silent", "mute_host")
# TS 24.301 cl. 9.9.4.4: no resources, unspecified, out of order, collisions, quality, failure,
# reactivation, one address type only, contents that it does not understand.
_ESM = (26, 26, 31, 34, 35, 37, 38, 38, 39, 50, 51, 54, 65, 96, 111)
# cl. 9.9.3.9: areas that are not ours, failures on the way to the card's home, congestion.
_EMM = (9, 10, 12, 13, 15, 16, 17, 17, 18, 19, 22, 22, 38, 39, 42)

Ends = Callable[[], Any]


def _path(stage: Stage, rng: Rng) -> Ends:
    stage.operator.path = rng.pick(_PATHS)
    return lambda: setattr(stage.operator, "path", "ok")


def _refused(stage: Stage, rng: Rng) -> Ends:
    told = rng.pick((0, 0, 0, 720))  # T3396
    hidden, ends = rng.below(3) == 0, rng.below(4) > 0
    stage.operator.bar(Bar("data", rng.pick(_ESM), told, hidden, ends))
    return lambda: stage.operator.unbar("data")


def _not_admitted(stage: Stage, rng: Rng) -> Ends:
    hidden, ends = rng.below(3) == 0, rng.below(4) > 0
    stage.operator.bar(Bar("attach", rng.pick(_EMM), 0, hidden, ends))
    return lambda: stage.operator.unbar("attach")


# What concerns the account, or is an operator's text.
_MONEY = ("bar_data", "bar_attach", "bar_sms", "arrears", "text", "store_full", "path")


class Weather(Chaos):
    """Chaos with all habits of modules and networks, and these faults only."""

    faults = {
        **{kind: FAULTS[kind] for kind in FAULTS if kind not in _MONEY},
        "path": (6, _path, 30, 2 * _HOUR_S),
        "refused": (4, _refused, 300, 6 * _HOUR_S),
        "not_admitted": (3, _not_admitted, 300, 4 * _HOUR_S),
    }

    def __init__(self, stage: Stage, rng: Rng, gap_s: int) -> None:
        super().__init__(stage, rng, gap_s, self.faults)
        self.habits = sorted(HABITS)
