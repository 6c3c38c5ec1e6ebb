"""Days of random faults: the agent finds back, within its budgets, and both runtimes agree."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("month.py")


def live(command, days, seed, limit_s):
    done = subprocess.run(
        [*command, str(SCRIPT), str(seed), str(days)],
        capture_output=True,
        text=True,
        timeout=limit_s,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_two_days_of_faults_are_the_same_bytes_on_both_runtimes(micropython, seed):
    here = live([sys.executable], 2, seed, 100)
    there = live([micropython, "-X", "heapsize=16m"], 2, seed, 110)
    assert here == there and "digest" in here
