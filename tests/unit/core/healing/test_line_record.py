"""What befell the line is known after a restart, a torn file and years."""

from memory_storage import MemoryStorage
from plight import Plight
from posagent.core import situation
from posagent.core.healing import budgets, choice, line_record
from posproto import ids


def over(plight, rung=None, trouble=situation.UNREGISTERED):
    """A trouble, the rung that acted in it, and its end."""
    ladder = plight.ladder
    ladder.stands(trouble)
    if rung is not None:
        ladder.take(rung, choice.class_of(rung, trouble, False))
    ladder.stands(situation.WELL)
    plight.pass_s(61)
    ladder.stands(situation.WELL)


def test_a_trouble_that_ends_counts_for_the_last_step_that_acted():
    plight = Plight(situation.WELL)
    over(plight, ids.RUNG_REREGISTER)
    over(plight, ids.RUNG_CFUN4)
    over(plight, ids.RUNG_CFUN4)
    over(plight)  # by itself
    line = plight.ladder.line
    assert line[ids.LN_OVER + ids.RUNG_REREGISTER] == 1
    assert line[ids.LN_OVER + ids.RUNG_CFUN4] == 2
    assert line[ids.LN_OVER] == 1


def test_what_was_ordered_while_all_was_well_did_not_act_in_the_next_trouble():
    """Hours later it was taken for tried: its act was not told, and it had ended the trouble."""
    plight = Plight(situation.WELL)
    plight.ladder.take(ids.RUNG_SOCKET, -1)
    plight.pass_s(7200)
    plight.ladder.stands(situation.HOST_DOWN)
    assert not plight.ladder.tried
    over(plight)
    assert plight.ladder.line[ids.LN_OVER] == 1
    # A cycle that brings a trouble is of that trouble.
    plight.ladder.take(ids.RUNG_CFUN4, budgets.CYCLE)
    over(plight)
    assert plight.ladder.line[ids.LN_OVER + ids.RUNG_CFUN4] == 1


def test_no_second_of_an_outage_counts_twice_however_often_it_is_written():
    plight = Plight(situation.WELL)
    ladder = plight.ladder
    began_s = plight.clock.s
    storage = MemoryStorage()
    for _ in range(3):
        plight.pass_s(1000)
        ladder.count_outage(ids.LAYER_SIM, began_s)
        line_record.save(storage, ladder.line)
    plight.pass_s(50)
    ladder.count_outage(ids.LAYER_SIM, began_s)  # it is over
    plight.pass_s(500)
    ladder.count_outage(ids.LAYER_TCP, plight.clock.s - 500)
    found = line_record.totals(storage, ladder.line)
    assert sum(found[: ids.LAYER_TCP]) == found[ids.LAYER_SIM] == 3050


def test_counts_outlive_restarts_and_power_cuts():
    storage = MemoryStorage()
    for life in range(3):
        line = [0] * ids.LN_COUNT
        line[ids.LN_REFUSED] = 2
        line[ids.LN_RESTARTS] = life
        line_record.save(storage, line)
        assert line == [0] * ids.LN_COUNT
        line[ids.LN_REFUSED] = 5  # lost with the power
    found = line_record.totals(storage, [0] * ids.LN_COUNT)
    assert found[ids.LN_REFUSED] == 6 and found[ids.LN_RESTARTS] == 3
    changes = storage.changes
    line_record.save(storage, [0] * ids.LN_COUNT)
    assert storage.changes == changes  # nothing happened: nothing is written


def test_a_torn_record_begins_anew_and_a_full_one_stays_a_small_number():
    for torn in (b"", b"\x01", b"\x02" + bytes(4 * ids.LN_COUNT), bytes(400)):
        storage = MemoryStorage()
        storage.write("line", torn)
        assert line_record.totals(storage, [7] * ids.LN_COUNT) == [7] * ids.LN_COUNT
    storage = MemoryStorage()
    for _ in range(3):
        line_record.save(storage, [0x3FFFFFFF] * ids.LN_COUNT)
    assert line_record.totals(storage, [1] * ids.LN_COUNT) == [0x3FFFFFFF] * ids.LN_COUNT
