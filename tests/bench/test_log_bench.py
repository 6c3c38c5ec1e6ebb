"""`make bench`, part "log": what the proof of a record costs."""

import json
import subprocess
from pathlib import Path

from waiting import HUNG_S

SCRIPT = Path(__file__).with_name("log.py")
_PROOF_MAX = 13  # two keys, a step below 24 and eight bytes


def test_the_proof_of_a_record_costs_a_dozen_bytes(micropython):
    command = [micropython, "-X", "heapsize=4m", str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HUNG_S)
    assert done.returncode == 0, done.stderr
    costs = json.loads(done.stdout)
    print("\nlog: a record, written at once")
    for name, (us, size) in costs.items():
        print(f"    {name:<8} {us:6} us {size:5} bytes of flash")
    assert costs["proven"][1] - costs["plain"][1] <= _PROOF_MAX
