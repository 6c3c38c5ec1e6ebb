"""Plays the scenarios that are named after incidents of the field, and prints one line for each.

    python tests/sim/incidents.py [--seed N] [NAME...]

Times are virtual. "noticed" counts from the fault, "by URC" from the line of the modem that told
of it; "healed" from the moment at which recovery was possible, and "budget" from there to the
moment at which the act that brought it was permitted, as the agent had announced it. "late" counts
from the later of those two to the act, "clear" from the network's yes to all clear; accesses,
radio cycles and pin pulses are what it cost. Status 1 if a story failed or a budget was broken.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import cheap_loading
import verdicts
from play import Play
from posworld.story import scenario as scenarios

NOT_INCIDENTS = ("demo", "healthy")


def names() -> list[str]:
    return [name for name in scenarios.names() if name not in NOT_INCIDENTS]


def play(name: str, seed: int = 1) -> tuple[Play, bool, list[verdicts.Row]]:
    """The scenario played to its end: (the run, whether every step happened, what was said)."""
    return verdicts.play(name, seed)


def span(ms: int | None) -> str:
    if ms is None:
        return "-"
    seconds = ms / 1000
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def line(name: str, run: Play, told: bool) -> str:
    row: dict[str, Any] = run.timing.row() or {}
    failed = next((step for step in run.story.steps if step.state != 1), None)
    end = "ok" if told else f"{failed.id}: {failed.reason}" if failed else "?"
    if told and row.get("verdict") and row.get("healed_ms") is None:
        end += f", says {run.timing.verdicts[-1][1]}"
    return (
        f"{name:38} {span(row.get('fault_ms')):>9} {span(row.get('noticed_ms')):>9} "
        f"{span(row.get('told_ms')):>7} {row.get('verdict') or '-':22} "
        f"{span(row.get('healed_ms')):>9} {span(row.get('permitted_ms')):>8} "
        f"{span(row.get('late_ms')):>8} "
        f"{span(row.get('clear_ms')):>8} {row.get('accesses', 0):5} "
        f"{row.get('cycles', 0):6} {row.get('pins', 0):4}  {end}"
    )


HEAD = (
    f"{'incident':38} {'fault at':>9} {'noticed':>9} {'by URC':>7} {'verdict':22} "
    f"{'healed':>9} {'budget':>8} {'late':>8} {'clear':>8} {'acc.':>5} {'cycles':>6} {'pins':>4}"
)


def main(arguments: list[str]) -> int:
    cheap_loading.install()
    seed = 1
    if arguments[:1] == ["--seed"]:
        seed, arguments = int(arguments[1]), arguments[2:]
    print(f"seed {seed}\n{HEAD}")
    started = time.monotonic()
    failures = 0
    for name in arguments or names():
        run, told, _ = play(name, seed)
        print(line(name, run, told), flush=True)
        broken = run.violations()
        for text in broken:
            print("    budget:", text)
        failures += bool(broken) or not told
    print(f"{failures} failed, {time.monotonic() - started:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
