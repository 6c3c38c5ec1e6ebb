"""The scripted day, cut at flash writes: each in `make soak`, every ninth or 18th otherwise."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("powercut.py")


@pytest.mark.parametrize("acquirers", (1, 2))
def test_no_power_cut_loses_a_message_or_sends_one_that_may_not_be(
    micropython, whole, hung_s, acquirers
):
    step = 1 if whole else 9 * acquirers
    command = [micropython, "-X", "heapsize=32m", str(SCRIPT), str(step), "3", str(acquirers)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=hung_s)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost" in done.stdout
