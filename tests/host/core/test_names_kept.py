"""What MicroPython never forgets: each name that it ever made."""

import os
import re
import subprocess

from source_files import ROOT
from waiting import HUNG_S


def test_texts_of_ever_other_characters_leave_no_names_on_a_board(micropython):
    """Each character of an operator's texts, and of what the till's cable brought, was one: a
    year of them, or a stranger's minute, filled the heap.
    """
    script = ROOT / "tests" / "tools" / "names_kept.py"
    command = [micropython, "-X", "heapsize=4m", str(script)]
    paths = f"{ROOT / 'protocol'}:{ROOT / 'firmware'}"
    done = subprocess.run(
        command,
        env={**os.environ, "MICROPYPATH": paths},
        capture_output=True,
        text=True,
        check=True,
        timeout=HUNG_S,
    )
    before, after = (int(count) for count in re.findall(r"n_qstr=(\d+)", done.stdout))
    # Cyrillic letters have small forms, which are a closed set.
    assert after - before < 80, done.stdout
