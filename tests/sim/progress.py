"""Shows how far a long run of many is: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_SAY_S = 20  # so often a line where nobody watches a bar

T = TypeVar("T")


def shown(
    results: Iterable[T],
    total: int,
    unit: str,
    bad: Callable[[T], list[str]],
    size: Callable[[T], int] = lambda result: 1,
) -> Iterator[T]:
    """The same results. The lines that `bad` has for one are printed as it comes; `size` says how
    much of `total` it is.
    """
    done = wrong = 0
    if sys.stdout.isatty():
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), unit)
        with Progress(*columns, TimeRemainingColumn(), refresh_per_second=2) as progress:
            task = progress.add_task("", total=total)
            for result in results:
                lines = bad(result)
                if lines:
                    wrong += 1
                    progress.console.print("\n".join(lines), markup=False, highlight=False)
                name = f"{wrong} with objections" if wrong else "no objection"
                progress.update(task, advance=size(result), description=name)
                yield result
        return
    began = said = time.monotonic()
    for result in results:
        done += size(result)
        lines = bad(result)
        if lines:
            wrong += 1
            print("\n".join(lines), flush=True)
        now = time.monotonic()
        if now - said >= _SAY_S:
            said = now
            print(f"{done} of {total} {unit}, {wrong} bad, {now - began:.0f} s", flush=True)
        yield result
