"""tests/unit once more on the oldest MicroPython that is supported, as far as its build goes: what
later ones learned (a tuple for startswith(), a number for bytes.find()) stops an agent there.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from source_files import ROOT

TOOLS = Path(__file__).resolve().parents[1] / "tools"
# The package nearest to 1.22.0, two hundred commits behind it: `make ci-tools`.
BUILD = ROOT / "build" / "node-1.22"
# No littlefs and no cryptolib in this build; its binascii is a stand-in written in Python, with
# other errors. The simulated world runs on newer ones only.
LACKING = {"test_door", "test_flash", "test_fuzz_links", "test_link"}
WORLD = "test_world_"
LONG = {  # minutes in all, and nothing in them that the others have not
    *("test_credit_variants", "test_known_outcomes", "test_outbox_clock", "test_settlement_stan"),
    *("test_budgets", "test_credit_asking", "test_credit_forecast", "test_eventlog", "test_hopes"),
    *("test_ladder", "test_outbox_kept", "test_settlement", "test_settlement_answers"),
    *("test_settlement_batch",),
}


def test_the_device_code_needs_nothing_that_1_22_lacks(whole, hung_s):
    node = shutil.which("node")
    if not node or not (BUILD / "node_modules").is_dir():
        pytest.skip("no MicroPython 1.22; node and `make ci-tools` bring it")
    unit = ROOT / "tests" / "unit"
    places = {path.stem: path.relative_to(unit) for path in unit.rglob("test_*.py")}
    names = set(places)
    assert names >= LACKING | LONG
    chosen = {n for n in names - LACKING - (set() if whole else LONG) if not n.startswith(WORLD)}
    command = [
        node,
        TOOLS / "oldest.mjs",
        BUILD,
        ROOT,
        *(places[n].as_posix() for n in sorted(chosen)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=hung_s)
    counts = re.findall(r"^(\d+) passed, (\d+) failed$", done.stdout, re.MULTILINE)
    said = done.stdout + done.stderr
    assert set(re.findall(r"^MicroPython (.*)$", done.stdout, re.MULTILINE)) == {"1 23"}, said
    assert len(counts) == len(chosen) and {failed for _, failed in counts} == {"0"}, said
    print(f"{sum(int(passed) for passed, _ in counts)} tests in {len(counts)} files")
