"""Card data: a hundred thousand numbers are searched for in `make soak`, fewer otherwise."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("cards.py")


@pytest.mark.timeout(600)
def test_no_card_number_is_written_anywhere(micropython, whole):
    command = [micropython, "-X", "heapsize=16m", str(SCRIPT), "100000" if whole else "1500"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=590)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "none was written" in done.stdout
