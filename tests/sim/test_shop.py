"""Days of a shop through the whole chain: two thousand in `make sim`, the first few otherwise."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("shop.py")
DAYS = 2000  # 0.7 s of one core each


@pytest.mark.timeout(3600)
def test_the_ledger_agrees_whatever_fails_between_cashier_and_acquirer(pytestconfig, seed, capsys):
    asked = pytestconfig.invocation_params.args  # not the testpaths of a plain run
    whole = any(Path(a.split("::")[0]).name == "sim" for a in asked)
    last = seed if seed != 1 else DAYS if whole else 6
    command = [sys.executable, str(SCRIPT), str(seed), str(last)]
    said = []
    with capsys.disabled(), subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as days:
        for line in days.stdout:
            said.append(line)
            if whole:
                print(line, end="", flush=True)  # minutes without a word look like a hang
    assert days.returncode == 0, "".join(said)
    assert "the ledger agrees" in said[-1]


def test_a_day_is_a_function_of_its_seed():
    command = [sys.executable, str(SCRIPT), "2"]
    runs = [subprocess.run(command, capture_output=True, text=True).stdout for _ in range(2)]
    assert runs[0] == runs[1] and "the ledger agrees" in runs[0]
