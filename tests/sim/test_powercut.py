"""The scripted day, cut at flash writes: each of them in `make soak`, every ninth otherwise."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("powercut.py")


def test_no_power_cut_loses_a_message_or_sends_one_that_may_not_be(micropython, whole):
    command = [micropython, "-X", "heapsize=32m", str(SCRIPT), "1" if whole else "9", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost" in done.stdout
