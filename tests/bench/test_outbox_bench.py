"""`make bench`, part "outbox": messages a second, and what a message costs the flash."""

import json
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("outbox.py")
# Of a Pico's flash: 352 blocks of 100,000 erases. At 400 messages a day it shall last ten years.
ERASES_MAX = 352 * 100_000 / (400 * 3650)


def test_a_message_costs_little_time_and_little_flash(micropython):
    command = [micropython, "-X", "heapsize=16m", str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    print("\noutbox: from hand-in to done, with the events in the log, on littlefs in RAM")
    print("                messages/s   erases  programs  bytes programmed, each")
    for name, (rate, erases, programs, count) in json.loads(done.stdout).items():
        print(f"    {name:<10} {rate:12} {erases / 100:8.2f} {programs / 100:9.2f} {count:8}")
        assert rate > 10
        assert erases / 100 < ERASES_MAX
