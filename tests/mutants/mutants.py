"""Do the tests see a small mistake in a table or a rule? `make mutants`.

    python tests/mutants/mutants.py [--seed 1] [--count 200] [--from 0] [--known]

First the mistakes of known.py, then a seeded sample of what operators.py makes of the files below.
Each is played against the unit tests of its room only, in a process of its own; what passes them
all has survived. Status 1 where a known one survives, or more than 3 of 100 of the sample do.
"""

from __future__ import annotations

import argparse
import atexit
import compileall
import functools
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from known import CORE, EQUIVALENT, EQUIVALENT_AT, KNOWN, PROTO, UNORDERED
from operators import edits, kin, rows

ROOT = Path(__file__).resolve().parent.parent.parent
ONE = Path(__file__).with_name("one.py")
SURVIVE_PERCENT = 3

_EVIDENCE = ("test_evidence_weights", "test_credit_evidence", "test_credit_words")
_NEWS = ("test_credit_news", "test_credit_asking", "test_credit_texts", "test_credit_words")
_MONEY = (
    "test_message_life",
    "test_settlement_batch",
    "test_settlement",
    "test_outbox",
    "test_ends",
)
_HEAL = (
    "test_budget_table",
    "test_budget_edges",
    "test_healing_choice",
    "test_ladder",
    "test_budgets",
    "test_hopes",
    "test_cards",
)
# Tables and rules, and the tests that must see a mistake in them, the quickest first.
ROOMS: dict[str, tuple[str, ...]] = {
    PROTO + "verdicts.py": ("test_verdicts",),
    PROTO + "currency.py": ("test_currency",),
    PROTO + "at/registration.py": (
        "test_at_registration",
        "test_at_texts",
        "test_at_vectors",
        "test_registration",
    ),
    PROTO + "iso8583/match.py": (
        "test_iso8583_kinds",
        "test_iso8583_match",
        "test_message_life",
        "test_settlement",
    ),
    PROTO + "iso8583/responses.py": ("test_iso8583_match", "test_settlement_answers"),
    CORE + "verdict.py": ("test_verdict_order",),
    CORE + "situation.py": ("test_verdict_order", "test_healing_choice"),
    CORE + "settlement/lifecycle.py": _MONEY,
    CORE + "settlement/batch.py": _MONEY,
    CORE + "healing/budgets.py": _HEAL,
    CORE + "healing/choice.py": _HEAL,
    CORE + "credit/evidence.py": _EVIDENCE,
    CORE + "credit/news.py": _NEWS,
}


class Mutant(NamedTuple):
    """One mistake, ready to be played."""

    name: str
    file: str
    source: str
    tests: tuple[str, ...]


def known() -> list[Mutant]:
    """The mistakes of known.py."""
    found = []
    for one in KNOWN:
        source = (ROOT / one.file).read_text(encoding="utf-8")
        assert source.count(one.was) == 1, f"{one.file}: {one.was!r} does not stand there once"
        found.append(Mutant(one.reason, one.file, source.replace(one.was, one.now), one.tests))
    return found


def sample(seed: int, count: int) -> list[Mutant]:
    """A seeded sample over all files."""
    names = kin((ROOT / PROTO / "ids.py").read_text(encoding="utf-8"))
    every = []
    for file, tests in ROOMS.items():
        source = (ROOT / file).read_text(encoding="utf-8")
        tables = [rows(source, name) for unordered, name in UNORDERED if unordered == file]
        swapped = {both for table in tables for both in itertools.pairwise(table)}
        for edit in edits(source, names):
            line = source.splitlines()[edit.line - 1].strip()
            was = " ".join(edit.was.split())
            now = " ".join(edit.now.split())
            name = f"{file}:{edit.line}: {was[:60]} -> {now[:60]}    ({line[:70]})"
            edited = (file, f"{was} -> {now}")
            if any(edit.was.startswith(a) and edit.was.endswith(b) for a, b in swapped):
                continue  # both rows are there still
            seen = edited not in EQUIVALENT and (*edited, line) not in EQUIVALENT_AT
            every.append((seen, Mutant(name, file, edit.applied(source), tests)))
    random.Random(seed).shuffle(every)
    return [mutant for seen, mutant in every[:count] if seen]


@functools.cache
def whole() -> Path:
    """The device's packages as they stood at the start."""
    tree = Path(tempfile.mkdtemp(prefix="mutants-"))
    atexit.register(shutil.rmtree, tree)
    for top, package in (("firmware", "posagent"), ("protocol", "posproto")):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / top / package, tree / package, ignore=ignored)
    compileall.compile_dir(tree, quiet=1)
    return tree


def survives(mutant: Mutant) -> bool:
    """Do all its tests pass?"""
    module = mutant.file.partition("/")[2].removesuffix(".py").replace("/", ".")
    command = [sys.executable, str(ONE), str(whole()), module, *mutant.tests]
    given = mutant.source.encode()
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    return done.returncode == 0  # one that hangs is killed: seen


def play(mutants: list[Mutant], title: str) -> list[Mutant]:
    """Those that survive; tells of each as it does."""
    start_s = time.monotonic()
    left = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, alive in zip(mutants, pool.map(survives, mutants), strict=True):
            if alive:
                left.append(mutant)
                print(f"survives: {mutant.name}", flush=True)
    took_s = time.monotonic() - start_s
    print(f"{title}: {len(left)} of {len(mutants)} survive, {took_s:.0f} s", flush=True)
    return left


def main(arguments: list[str]) -> int:
    """Status for the shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--from", dest="first", type=int, default=0, help="go on at this one")
    parser.add_argument("--known", action="store_true", help="the known ones alone")
    options = parser.parse_args(arguments)
    whole()
    bad = bool(play(known(), "known"))
    if options.known:
        return int(bad)
    chosen = sample(options.seed, options.count)[options.first :]
    left = play(chosen, f"sample of seed {options.seed}")
    return int(bad or len(left) * 100 > SURVIVE_PERCENT * len(chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
