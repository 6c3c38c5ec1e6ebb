"""Days of a shop through the whole chain: sixty in `make sim`, the first few otherwise."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("shop.py")


@pytest.mark.timeout(900)
def test_the_ledger_agrees_whatever_fails_between_cashier_and_acquirer(pytestconfig, seed):
    asked = pytestconfig.invocation_params.args  # not the testpaths of a plain run
    whole = any(Path(a.split("::")[0]).name == "sim" for a in asked)
    last = seed if seed != 1 else 60 if whole else 3
    command = [sys.executable, str(SCRIPT), str(seed), str(last)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=890)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the ledger agrees" in done.stdout


def test_a_day_is_a_function_of_its_seed():
    command = [sys.executable, str(SCRIPT), "2"]
    runs = [subprocess.run(command, capture_output=True, text=True).stdout for _ in range(2)]
    assert runs[0] == runs[1] and "the ledger agrees" in runs[0]
