"""Hostile applications, hosts, clocks and flash: a slice of `make sim` and `make soak`."""

import pytest

import hostile

DAYS = 20


@pytest.mark.timeout(7200)
def test_a_ledger_that_charges_what_it_is_told_is_never_told_twice(seed, whole):
    days = 10000 if whole else DAYS
    assert hostile.main([str(seed), str(seed + days - 1)]) == 0
