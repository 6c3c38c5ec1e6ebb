"""Terminals of one cell after an outage of half an hour. `make peers` plays more of them, beside
others, and draws the fleet.
"""

import pytest

import outage


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(outage, "A_CELL", 8)
    monkeypatch.setattr(outage, "BACK_S", outage.LOST_S + 900)


def test_the_terminals_of_a_cell_begin_one_by_one_and_all_are_back_in_time(few, seed):
    cell = outage.agents(seed)
    assert len(cell.back_s) == outage.A_CELL and cell.back_s[-1] < 300
    assert len(cell.proven_s) == outage.A_CELL and max(cell.proven_s) < 600
    # One connection each, at a moment of its own; no attach is asked for.
    assert sum(cell.opened.values()) == outage.A_CELL
    assert sum(cell.caused.values()) <= outage.A_CELL / 4
    assert max(cell.proven_s) - min(cell.proven_s) > 60


def test_a_loop_that_switches_the_radio_comes_at_once_and_again(few, seed):
    cell = outage.others("naive", seed)
    soon = sum(count for second, count in cell.caused.items() if second < 30)
    assert soon >= outage.A_CELL


def test_what_one_cell_lets_in_is_its_room(few):
    draw = outage.random.Random(1)
    gate = outage.Gate(draw)
    waits = [gate(5000 + at) for at in range(10)]
    assert waits[: outage.ROOM] == [0] * outage.ROOM
    assert all(outage.T302_MS[0] <= wait <= outage.T302_MS[1] for wait in waits[outage.ROOM :])
    assert gate(6000) == 0


def test_a_fleet_is_drawn_from_what_was_played():
    cell = outage.Cell()
    cell.caused.update(dict.fromkeys(range(300), 2))
    found = outage.fleet([cell], 1)
    wanted = 2 * outage.TERMINALS / outage.A_CELL
    mean = sum(found.caused[:300]) / 300
    assert abs(mean - wanted) < 0.1 * wanted and max(found.caused[340:]) == 0
