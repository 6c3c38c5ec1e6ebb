"""Card data: a hundred thousand numbers are searched for in `make soak`, fewer otherwise."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("cards.py")


def test_no_card_number_is_written_anywhere(micropython, whole, hung_s):
    command = [micropython, "-X", "heapsize=16m", str(SCRIPT), "100000" if whole else "1500"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=hung_s)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "none was written" in done.stdout
