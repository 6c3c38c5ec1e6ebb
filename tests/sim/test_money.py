"""Days in which everything goes wrong: two thousand in `make soak`, the first few otherwise."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("money.py")


def test_the_acquirers_ledger_agrees_with_the_terminals_books(micropython, whole, hung_s, seed):
    first = 1 if seed == 1 else seed
    last = first if seed != 1 else 2000 if whole else 60
    command = [micropython, "-X", "heapsize=16m", str(SCRIPT), str(first), str(last)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=hung_s)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the ledger agrees" in done.stdout


def test_a_day_is_the_same_on_both_runtimes(micropython):
    import sys

    runs = [
        subprocess.run([*command, str(SCRIPT), "1", "5"], capture_output=True, text=True).stdout
        for command in ([micropython, "-X", "heapsize=16m"], [sys.executable])
    ]
    assert runs[0] == runs[1] and "the ledger agrees" in runs[0]
