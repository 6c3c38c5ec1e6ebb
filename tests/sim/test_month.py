"""Random faults in one process, a month of them in `make soak`, ten days otherwise: back to all
clear, and the same on both runtimes.
"""

import resource
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("month.py")
DAYS = 30
DAYS_SLICE = 10  # in an ordinary run
SLICE = 3  # on MicroPython, which is three times slower


def live(command, days, seed, hung_s):
    """What a run printed; it ended well, within its budgets."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [*command, str(SCRIPT), str(seed), str(days)],
        capture_output=True,
        text=True,
        timeout=hung_s,
    )
    spent_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    print(done.stdout, f"{spent_s:.1f} s of one core", sep="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ends well" in done.stdout and "digest" in done.stdout
    return done.stdout


def test_a_month_of_faults_ends_well(seed, whole, hung_s, capsys):
    said = live([sys.executable], DAYS if whole else DAYS_SLICE, seed, hung_s)
    with capsys.disabled():
        print(f"\nfaults of seed {seed}:", said.splitlines()[-2])


def test_the_same_faults_are_the_same_bytes_on_both_runtimes(micropython, seed, whole, hung_s):
    days = DAYS if whole else SLICE
    here = live([sys.executable], days, seed, hung_s)
    there = live([micropython, "-X", "heapsize=16m"], days, seed, hung_s)
    assert here == there


def test_another_seed_is_another_month(seed, hung_s):
    days = [live([sys.executable], 1, one, hung_s) for one in (seed, seed + 1)]
    assert days[0] != days[1]
