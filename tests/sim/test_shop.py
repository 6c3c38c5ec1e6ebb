"""Days of a shop through the whole chain: eight hundred in `make sim`, the first few here."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("shop.py")
DAYS = 6


def test_the_ledger_agrees_whatever_fails_between_cashier_and_acquirer(seed):
    command = [sys.executable, str(SCRIPT), str(seed), str(seed if seed != 1 else DAYS)]
    days = subprocess.run(command, capture_output=True, text=True)
    assert days.returncode == 0, days.stdout + days.stderr
    assert "the ledger agrees" in days.stdout


@pytest.mark.parametrize("bad_day", [274, 606, 1205, 1222])
def test_a_byte_lost_behind_a_prompt_and_power_that_fails_twice_alter_no_message(bad_day):
    command = [sys.executable, str(SCRIPT), str(bad_day)]
    days = subprocess.run(command, capture_output=True, text=True)
    assert days.returncode == 0, days.stdout + days.stderr


@pytest.mark.parametrize("bad_day", [95, 127])
def test_a_sale_that_a_turned_bit_gave_the_trace_number_of_another_was_sent_once(bad_day):
    command = [sys.executable, str(SCRIPT), str(bad_day)]
    days = subprocess.run(command, capture_output=True, text=True)
    assert days.returncode == 0, days.stdout + days.stderr


def test_a_day_is_a_function_of_its_seed():
    command = [sys.executable, str(SCRIPT), "2"]
    runs = [subprocess.run(command, capture_output=True, text=True).stdout for _ in range(2)]
    assert "the ledger agrees" in runs[0]
    assert [run.rpartition(",")[0] for run in runs] == [runs[0].rpartition(",")[0]] * 2
