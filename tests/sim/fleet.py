"""A thousand days and a hundred weeks of terminals with random faults, on all cores.

    python tests/sim/fleet.py [--seed FIRST] [--runs N --days N] [--jobs N]

Each run is one of month.py, a function of its seed; the modem's family changes with it. The radio
budgets are judged from the network's side. What a judge objects to is printed with the command
that repeats it, and the status is 1 then.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ in ("__main__", "__mp_main__"):
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import month
import progress
from posworld.story.judge import ACCESSES, CYCLES, PINS, Judge

_FLEET = 20  # so many runs tell whether a fleet calls at once
RUNS = ((1000, 1), (100, 7))  # how many, of how many days


class Budgets:
    """Judges what the network saw. A judge is made before its run and asked after it."""

    def __init__(self, run: Any) -> None:
        self.stage = run.stage

    def objections(self) -> list[str]:
        return Judge(self.stage).violations()


class Ending:
    """The faults were over: has the terminal found back by itself, and has it told every end?"""

    def __init__(self, run: Any) -> None:
        self.run = run

    def objections(self) -> list[str]:
        out = []
        if not self.run.well():
            out.append(f"ends with verdict {self.run.verdict()}")
        till = self.run.till
        if till.open_ends() or till.refused:
            out.append(f"messages open {till.open_ends()}, refused {till.refused}")
        return out


JUDGES = {"budget": Budgets, "end": Ending}


@dataclass
class Result:
    """What became of one run: objections by judge, and figures that are added up."""

    seed: int
    days: int
    objections: dict[str, list[str]] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)
    start_wait_s: int | None = None  # from the first start to the first automated access
    digest: str = ""


def family(seed: int) -> str:
    return month.FAMILIES[(seed - 1) % len(month.FAMILIES)]


def play(job: tuple[int, int]) -> Result:
    """One run: (seed, days)."""
    seed, days = job
    began = time.process_time()
    run = month.Month(seed, days, family(seed), tapped=False)
    judges = {name: judge(run) for name, judge in JUDGES.items()}
    result = Result(seed, days)
    try:
        run.run()
    except Exception as error:
        result.objections["crash"] = [f"{type(error).__name__}: {error}"]
    for name, judge in judges.items():
        found = judge.objections()
        if found:
            result.objections[name] = found
    network = Judge(run.stage)
    waits = network.start_waits_s()
    result.start_wait_s = waits[0] if waits else None
    count = network.count
    result.figures.update(
        days=days,
        faults=run.chaos.count,
        accesses=count(ACCESSES),
        cycles=count(CYCLES),
        pulses=count(PINS),
        messages=run.till.handed_in,
        cpu_ms=round(1000 * (time.process_time() - began)),
    )
    result.digest = run.digest.text()
    return result


def played(jobs: list[tuple[int, int]], processes: int) -> Iterator[Result]:
    """The results as they come."""
    if processes == 1:
        yield from map(play, jobs)
        return
    # Each process plays some runs only: what one leaves behind does not slow the others down.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, maxtasksperchild=50) as pool:
        yield from pool.imap_unordered(play, jobs)


def lines(result: Result) -> Iterator[str]:
    """What was objected to, and how to see it again."""
    yield f"seed {result.seed}, {result.days} days, {family(result.seed)}:"
    for name, objections in result.objections.items():
        for text in objections:
            yield f"    {name}: {text}"
    yield f"    python tests/sim/fleet.py --seed {result.seed} --runs 1 --days {result.days}"


def shown(results: Iterator[Result], days: int) -> Iterator[Result]:
    """The same; objections are printed as they come."""

    def bad(result: Result) -> list[str]:
        return list(lines(result)) if result.objections else []

    return progress.shown(results, days, "days", bad, lambda result: result.days)


def together_s(results: list[Result]) -> str:
    """Which ten seconds too many terminals of a fleet would call in that started at once, "" where
    they spread.
    """
    waits = sorted(r.start_wait_s for r in results if r.start_wait_s is not None)
    if len(waits) < _FLEET:
        return ""
    crowd, since_s = max((sum(a <= b < a + 10 for b in waits), a) for a in waits)
    if crowd * 2 <= len(waits):
        return ""
    return f"{crowd} of {len(waits)} call within ten seconds, {since_s} s after their start"


def tell(results: list[Result]) -> int:
    """Prints the sums; how many runs were objected to, and one more where all call at once."""
    crowd = together_s(results)
    if crowd:
        print("fleet:", crowd)
    bad = [r for r in results if r.objections]
    kinds: Counter[str] = Counter()
    for result in bad:
        kinds.update({name: len(found) for name, found in result.objections.items()})
    total = sum((r.figures for r in results), Counter())
    cpu_s = total.pop("cpu_ms") / 1000
    print(f"{len(results)} runs:", ", ".join(f"{n} {what}" for what, n in total.items()))
    print(f"CPU {cpu_s:.0f} s, {cpu_s / max(total['days'], 1):.2f} s a day")
    each = ", ".join(f"{name} {kinds[name]}" for name in (*JUDGES, "crash"))
    print(f"objections: {each}; {len(bad)} runs with any")
    return len(bad) + bool(crowd)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first run; the next is one more"
    )
    parser.add_argument("--runs", type=int, help="how many")
    parser.add_argument("--days", type=int, default=1, help="of each of --runs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    asked = parser.parse_args(arguments)
    batches = RUNS if asked.runs is None else ((asked.runs, asked.days),)
    # The long ones first: at the end no core waits for another one's week.
    jobs = [
        (asked.seed + i, days)
        for runs, days in sorted(batches, key=lambda batch: -batch[1])
        for i in range(runs)
    ]
    days = sum(job[1] for job in jobs)
    what = " and ".join(f"{runs} runs of {days} days" for runs, days in batches)
    print(f"{what} from seed {asked.seed} on, {asked.jobs} processes", flush=True)
    began = time.monotonic()
    processes = min(asked.jobs, len(jobs))
    bad = tell(list(shown(played(jobs, processes), days)))
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
