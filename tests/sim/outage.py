"""Ten thousand terminals behind cells that come back after half an hour: who runs them down?

    python tests/sim/outage.py [--seed N] [--cells N] [POLICY...]

Real agents and other connection managers, a cell's worth of terminals at a time, in virtual time
and in one world: each cell lets in so many connections a second, who comes beyond that waits for
T302 (TS 36.331 cl. 7.3). A policy's attempt is the attach that follows a command of it within half
a minute, or an activation; what the modules try by themselves is counted apart, and so are the
connections, which only the agent opens here. Of the fleet each second is drawn from what the cells
that were played show around that second: so wide around that 60 attempts tell.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import peers
from dropping import keep_modules
from play import Play
from posworld.story.stage import Stage

keep_modules()

TERMINALS = 10000
A_CELL = 100  # terminals
ROOM = 1  # connections that a cell grants in a second
T302_MS = (1000, 16000)
LOST_S = 400  # all are well before
BACK_S = LOST_S + 1800
WATCHED_S = 900  # from then on
FAMILIES = ("quectel", "simcom", "fibocom", "luat")
COMMANDS = ("cfun", "reselect", "cgatt", "module_reset", "reset_pin", "power_key")
FOLLOWS_MS = 30000
NEAR = 60
WIDE_S = 30
KEPT = 3  # every third terminal has an advice to tell
BLOCKS = " ▁▂▃▄▅▆▇█"


class Gate:
    """A cell's room, second by second."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.let_in: Counter[int] = Counter()

    def __call__(self, now_ms: int) -> int:
        second = now_ms // 1000
        if self.let_in[second] >= ROOM:
            return self.draw.randint(*T302_MS)
        self.let_in[second] += 1
        return 0


@dataclass
class Cell:
    """What one cell saw from the second at which it was back: attempts by their second, and when
    each terminal was in service and had proven its path.
    """

    caused: Counter[int] = field(default_factory=Counter)
    own: Counter[int] = field(default_factory=Counter)
    opened: Counter[int] = field(default_factory=Counter)  # connections
    back_s: list[int] = field(default_factory=list)
    proven_s: list[int] = field(default_factory=list)


def agents(seed: int) -> Cell:
    """A cell of agents."""
    plays = [_agent(seed * A_CELL + at, at) for at in range(A_CELL)]

    def pass_s(since_s: int, until_s: int) -> None:
        for play in plays:
            play.advance(until_s - since_s)

    return _story([play.stage for play in plays], pass_s, seed)


def _agent(seed: int, at: int) -> Play:
    play = Play({"modem": {"family": FAMILIES[at % len(FAMILIES)]}}, seed)
    if at % KEPT == 0:  # handed in amid the outage, nobody at the counter
        agenda = play.stage.agenda
        agenda.at(1000 * (LOST_S + 300 + at), play.app.submit, play.terminal.offline_sale(1000))
    return play


def others(policy: str, seed: int) -> Cell:
    """A cell under another's policy."""
    stages = [
        Stage({"modem": {"family": FAMILIES[at % len(FAMILIES)]}}, seed * A_CELL + at)
        for at in range(A_CELL)
    ]
    drivers = []
    for stage in stages:
        stage.power_on()
        drivers.append(peers.Driver(policy, stage))

    def pass_s(since_s: int, until_s: int) -> None:
        for driver in drivers:
            for ms in range(since_s * 1000, until_s * 1000, peers.STEP_MS):
                driver.turn(ms)

    return _story(stages, pass_s, seed)


def _story(stages: list[Stage], pass_s: Callable[[int, int], None], seed: int) -> Cell:
    """The cell is lost, comes back, and is watched."""
    pass_s(0, LOST_S)
    ends = [stage.operator.dim(-140) for stage in stages]
    pass_s(LOST_S, BACK_S)
    gate = Gate(random.Random(seed))
    for stage, end in zip(stages, ends, strict=True):
        stage.operator.gate = gate
        end()
    cell = Cell()
    back: dict[int, int] = {}
    for second in range(BACK_S, BACK_S + WATCHED_S):
        pass_s(second, second + 1)
        for at, stage in enumerate(stages):
            if at not in back and _serves(stage):
                back[at] = second - BACK_S
    cell.back_s = sorted(back.values())
    for stage in stages:
        _count(stage, cell)
    return cell


def _serves(stage: Stage) -> bool:
    context = stage.modem.radio.contexts.get(1)
    return bool(stage.modem.radio.attached and context and context.address)


def _count(stage: Stage, cell: Cell) -> None:
    commanded_ms = -FOLLOWS_MS
    proven = False
    for at_ms, kind, detail in stage.operator.notes:
        if kind in COMMANDS and not (kind == "cfun" and detail != 1):
            commanded_ms = at_ms
        second = at_ms // 1000 - BACK_S
        if not 0 <= second < WATCHED_S:
            continue
        if kind == "attach":
            caused = at_ms - commanded_ms < FOLLOWS_MS
            (cell.caused if caused else cell.own)[second] += 1
            commanded_ms = -FOLLOWS_MS  # what it tries again, it tries by itself
        elif kind == "activate":
            cell.caused[second] += 1
        elif kind == "tcp_open":
            cell.opened[second] += 1
        elif kind == "tcp_opened" and not proven:
            proven = True
            cell.proven_s.append(second)


@dataclass
class Fleet:
    """Drawn from the cells that were played."""

    caused: list[int]
    own: list[int]
    opened: list[int]
    back_s: list[int]  # of the terminals that were played
    proven_s: list[int]
    played: int

    @property
    def peak(self) -> int:
        return max(self.caused)


def rate(counts: Counter[int], second: int) -> float:
    """Attempts a second around this one."""
    for wide in range(WIDE_S + 1):
        span = range(max(0, second - wide), min(WATCHED_S, second + wide + 1))
        found = sum(counts[s] for s in span)
        if found >= NEAR:
            break
    return found / len(span)


def fleet(cells: list[Cell], seed: int) -> Fleet:
    draw = random.Random(seed)
    played = len(cells) * A_CELL

    def drawn(name: str) -> list[int]:
        counts: Counter[int] = sum((getattr(cell, name) for cell in cells), Counter())
        return [_poisson(draw, rate(counts, s) * TERMINALS / played) for s in range(WATCHED_S)]

    return Fleet(
        drawn("caused"),
        drawn("own"),
        drawn("opened"),
        sorted(s for cell in cells for s in cell.back_s),
        sorted(s for cell in cells for s in cell.proven_s),
        played,
    )


def _poisson(draw: random.Random, mean: float) -> int:
    if mean > 500:
        return round(draw.gauss(mean, mean**0.5))
    at, product = 0, draw.random()
    while product > math.exp(-mean):
        at += 1
        product *= draw.random()
    return at


def measured(policy: str, seed: int, cells: int) -> Fleet:
    """`policy`: of posworld.peers, or "agent"."""
    seeds = range(seed, seed + cells)
    return fleet([agents(s) if policy == "agent" else others(policy, s) for s in seeds], seed)


def curve(values: list[int], top: int, width: int = 60) -> str:
    """The highest second of each span, as blocks."""
    each = len(values) // width
    highs = [max(values[at : at + each]) for at in range(0, each * width, each)]
    return "".join(BLOCKS[min(8, -(-8 * high // top))] for high in highs)


def rows(policy: str, found: Fleet, top: int) -> list[str]:
    in_time = sum(s < 600 for s in found.back_s)
    last = found.back_s[-1] if found.back_s else 0
    back = f"{in_time} of {found.played} played back within 10 min, the last at {last} s"
    lines = [
        f"{policy:16} at most {found.peak} a second, {sum(found.caused)} in all; by the modules "
        f"themselves {max(found.own)}, {sum(found.own)}",
        f"{'':16} |{curve(found.caused, top)}|",
        f"{'':16} {back}",
    ]
    if found.proven_s:
        proven = f"path proven by {found.proven_s[-1]} s"
        lines.append(f"{'':16} at most {max(found.opened)} connections a second, {proven}")
    return lines


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cells", type=int, default=3, help="played of each policy")
    parser.add_argument("policies", nargs="*", default=["agent", "naive"])
    asked = parser.parse_args(arguments)
    found: dict[str, Any] = {
        policy: measured(policy, asked.seed, asked.cells) for policy in asked.policies
    }
    top = max(each.peak for each in found.values())
    print(f"attaches and activations a second after half an hour out, 15 min, full height {top}:")
    for policy, each in found.items():
        print("\n".join(rows(policy, each, top)))
    if "agent" in found and "naive" in found:
        ours, theirs = found["agent"].peak, found["naive"].peak
        print(f"the agent's highest second is 1/{theirs / max(ours, 1):.0f} of the naive loop's")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
