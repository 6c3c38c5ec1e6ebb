"""`make bench`, part "texts": what the reading of an operator's text costs, on MicroPython."""

import json
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("texts.py")
CHARACTERS_MAX = 1600


def test_a_long_text_costs_no_more_a_character_than_a_short_one(micropython):
    command = [micropython, "-X", "heapsize=16m", str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    print("\ntexts: one reading, its modules and words loaded for it, and with them loaded")
    print("              characters   ms, loading   ms, loaded   bytes allocated, 64-bit")
    for name, (count, cold, warm, garbage) in result.items():
        print(f"    {name:<10} {count:12} {cold:12.1f} {warm:12.1f} {garbage:14,}")
        assert count <= CHARACTERS_MAX
    short, long = result["short"], result["long"]
    assert long[2] / long[0] <= 3 * short[2] / short[0]
