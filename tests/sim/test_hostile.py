"""Hostile applications, hosts, wires, clocks and flash: a slice of `make sim` and `make soak`."""

import hostile

DAYS = 20


def test_a_ledger_that_charges_what_it_is_told_is_never_told_twice(seed, whole):
    days = 10000 if whole else DAYS
    assert hostile.main([str(seed), str(seed + days - 1)]) == 0


def test_a_disk_that_is_full_at_any_operation_loses_no_message_and_sends_none_twice():
    assert hostile.full_days() > 40


def test_a_disk_that_is_full_at_any_operation_costs_two_acquirers_no_more():
    assert hostile.full_days(2) > 40
