"""Two faults at once: the verdict that stands first is one of the two, and the one that explains.

python tests/sim/pairs.py [SEED]      every pair, in a random order in time; prints a line each
"""

from __future__ import annotations

import random
import sys
import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import verdicts
from play import Play

PATIENCE_S = 1200
_SALE = {"do": "submit", "message": "sale", "arguments": [12850]}

# name: (what happens, the verdicts that name it)
FAULTS: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "dead modem": ([{"do": "hang", "every_s": 4}], {"modem_dead", "modem_rebooting"}),
    "card out": ([{"do": "sim", "fault": "absent"}], {"sim_absent"}),
    "card broken": ([{"do": "sim", "fault": "failed"}], {"sim_failed"}),
    "no coverage": ([{"do": "no_coverage"}], {"no_signal"}),
    "card refused": (
        [{"do": "bar", "layer": "attach", "cause": 8}],
        {"denied", "credit_suspected"},
    ),
    "data barred": (
        [{"do": "bar", "layer": "data", "cause": 33}, {"do": "end_context"}],
        {"no_data", "credit_suspected"},
    ),
    "wrong access point": (
        [{"do": "bar", "layer": "data", "cause": 27}, {"do": "end_context"}],
        {"wrong_apn"},
    ),
    "nothing passes": ([{"do": "path", "mode": "blackhole"}], {"no_data", "host_unreachable"}),
    "name unknown": ([{"do": "path", "mode": "dns_fail"}], {"dns"}),
    "server refuses": ([{"do": "path", "mode": "refuse"}], {"host_unreachable"}),
    "terminal switched off": (
        [{"do": "acquirer", "fault": {"kind": "f39", "value": "58", "mti": "0200"}}, _SALE],
        {"terminal_deactivated"},
    ),
    "keys out of step": (
        [{"do": "acquirer", "fault": {"kind": "f39", "value": "A0", "mti": "0200"}}, _SALE],
        {"keys_out_of_step"},
    ),
    "balance low": ([{"do": "balance", "minor": 620}], {"credit_low"}),
    "weak signal": ([{"do": "cover", "dbm": -113}], {"weak_signal"}),
}
_PATHS = {"nothing passes", "name unknown", "server refuses"}
_SESSION = {"data barred", "wrong access point"}
# What explains the symptoms of others: these it must not be named after.
EXPLAINS = {
    "dead modem": set(FAULTS) - {"dead modem", "terminal switched off", "keys out of step"},
    "card out": {"card refused", *_SESSION, *_PATHS},
    "card broken": {"card refused", *_SESSION, *_PATHS},
    "no coverage": {"card refused", *_SESSION, *_PATHS},
    "card refused": {*_SESSION, *_PATHS},
    "data barred": set(_PATHS),
    "wrong access point": set(_PATHS),
}
# What works, if badly, never stands before what does not work.
WORKS = ("weak signal", "balance low")
# These cannot be at once: the later one takes the earlier one's place.
EXCLUDE = (_PATHS, _SESSION, {"card out", "card broken"}, {"no coverage", "weak signal"})


def pairs() -> list[tuple[str, str]]:
    both = combinations(FAULTS, 2)
    return [pair for pair in both if not any(set(pair) <= group for group in EXCLUDE)]


def right(one: str, other: str) -> set[str]:
    """The verdicts of which one must stand first."""
    for first, second in ((one, other), (other, one)):
        if second in EXPLAINS.get(first, ()) or (second in WORKS and first not in WORKS):
            return FAULTS[first][1]
    return FAULTS[one][1] | FAULTS[other][1]


def play(one: str, other: str, seed: int) -> tuple[Play, list[str]]:
    """Both faults, at random moments: (the run, the verdict from frames and from the log)."""
    rng = random.Random(f"{one} {other} {seed}")
    scenario: dict[str, Any] = {
        "account": {"balance_minor": 9000, "low_below_minor": 1000},
        "smsc": {"announce": True},
        "timeline": [],
    }
    for name in (one, other):
        at_s = rng.randint(90, 400)
        scenario["timeline"] += [dict(item, at_s=at_s) for item in FAULTS[name][0]]
    run = Play(scenario, seed)
    run.run(400 + PATIENCE_S)
    for _ in range(400 + PATIENCE_S):
        if run.together.now_ms >= (400 + PATIENCE_S) * 1000:
            break
        run.together.run(1)
        run._app_turn()
    with tempfile.TemporaryDirectory() as folder:
        asks = (verdicts.from_frames, verdicts.from_flash)
        return run, [ask(run, Path(folder))[0] for ask in asks]


def main(arguments: list[str]) -> int:
    seed = int(arguments[0]) if arguments else 1
    wrong = 0
    for one, other in pairs():
        _, said = play(one, other, seed)
        fine = set(said) <= right(one, other)
        wrong += not fine
        print(f"{'ok   ' if fine else 'WRONG'} {one} + {other}: {' | '.join(said)}", flush=True)
    print(f"{len(pairs())} pairs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
