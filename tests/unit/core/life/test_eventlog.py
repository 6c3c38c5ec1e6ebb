"""The event log: what survives restarts, torn tails, damaged flash, full flash and storms."""

from binascii import crc32
from struct import pack

from dropping import keep_modules
from dual import raises
from memory_storage import MemoryStorage, PowerCutError
from posagent.core.life.clock import Clock
from posagent.core.life.eventlog import EventLog, next_boot
from posproto import ids
from posproto.cbor import decode

keep_modules()


def _log(storage, boot=1, clock=None, segment_bytes=16384):
    counters = [0] * 64
    return EventLog(storage, clock or Clock(), boot, counters, segment_bytes), counters


def _all(log, count=8):
    """Reads the whole log as a host does; returns the records."""
    found, at = [], 0
    while True:
        records, at, _ = log.read(at, count)
        if not records:
            return found
        found += [decode(record) for record in records]


def test_events_survive_a_restart_and_the_sequence_goes_on():
    storage = MemoryStorage()
    log, _ = _log(storage)
    record = log.add(ids.E_BOOT, ids.SEV_INFO, {ids.A_VERSION: "0.1"})
    assert record[ids.EV_SEQUENCE] == 0 and record[ids.EV_ARGS] == {ids.A_VERSION: "0.1"}
    log.add(ids.E_SIM, ids.SEV_ERROR, {ids.A_SIM: ids.SIM_ABSENT})
    log.flush()
    again, _ = _log(storage, boot=2)
    later = again.add(ids.E_BOOT, ids.SEV_INFO)
    assert later[ids.EV_SEQUENCE] > 1 and later[ids.EV_BOOT] == 2
    assert [r[ids.EV_ID] for r in _all(again)] == [ids.E_BOOT, ids.E_SIM, ids.E_BOOT]
    assert again.damaged == 0


def test_a_lost_buffer_never_makes_a_sequence_number_appear_twice():
    storage = MemoryStorage()
    log, _ = _log(storage)
    log.add(ids.E_BOOT, ids.SEV_INFO)
    log.flush()
    seen = [log.add(ids.E_SIGNAL, ids.SEV_INFO)[ids.EV_SEQUENCE] for _ in range(12)]
    again, _ = _log(storage, boot=2)  # the power went before the buffer was written
    assert again.add(ids.E_BOOT, ids.SEV_INFO)[ids.EV_SEQUENCE] > max(seen)


def _told(log, count, severity=ids.SEV_INFO):
    """Numbers that a host hears."""
    return [log.add(ids.E_SIGNAL, severity)[ids.EV_SEQUENCE] for _ in range(count)]


def test_power_cuts_in_a_row_never_use_a_number_twice():
    """Each start tells the host a few events, and the power goes before any is on flash."""
    storage = MemoryStorage()
    seen = []
    for _ in range(6):
        log, _ = _log(storage, next_boot(storage))
        seen += _told(log, 5)
    assert seen == sorted(set(seen))
    log.flush()
    log, _ = _log(storage, next_boot(storage))
    assert _told(log, 1)[0] > seen[-1] and _all(log)[0][ids.EV_SEQUENCE] == seen[-5]


def test_numbers_that_never_were_to_be_on_flash_are_not_used_twice():
    storage = MemoryStorage()
    seen = []
    for _ in range(3):
        log, _ = _log(storage, next_boot(storage))
        log.level = ids.SEV_WARNING
        seen += _told(log, 5000)
    assert seen == sorted(set(seen))
    assert storage.changes < 20


def test_a_start_that_could_not_be_counted_uses_no_number_of_another():
    storage = MemoryStorage()
    first, _ = _log(storage, next_boot(storage))
    seen = _told(first, 5)
    storage.fail_at = 1
    second, _ = _log(storage, next_boot(storage))
    seen += _told(second, 5)
    third, _ = _log(storage, next_boot(storage))
    seen += _told(third, 5)
    assert seen == sorted(set(seen))


def test_a_log_of_before_numbers_were_set_aside_goes_on_behind_its_records():
    storage = MemoryStorage()
    log, _ = _log(storage, next_boot(storage))
    last = _told(log, 40)[-1]
    log.flush()
    storage.files["boot"] = pack(">II", 7, crc32(pack(">I", 7)))
    assert next_boot(storage) == 8
    assert _told(_log(storage, 8)[0], 1)[0] > last


def test_the_log_is_bounded_and_keeps_the_newest():
    storage = MemoryStorage()
    clock = Clock()
    log, _ = _log(storage, clock=clock, segment_bytes=1000)
    for n in range(300):
        clock.advance(clock.ms + 30000)
        log.add(ids.E_SIGNAL, ids.SEV_INFO, {ids.A_SIGNAL_DBM: -n})
    log.flush()
    assert storage.size("log0") <= 1000 and storage.size("log1") <= 1000
    kept = [r[ids.EV_ARGS][ids.A_SIGNAL_DBM] for r in _all(log)]
    assert kept == [-n for n in range(300 - len(kept), 300)] and len(kept) > 30
    assert log.read(0, 1)[2] == 300 - len(kept)


def test_a_torn_tail_is_skipped_counted_and_written_behind():
    storage = MemoryStorage()
    log, _ = _log(storage)
    for _ in range(3):
        log.add(ids.E_SIGNAL, ids.SEV_INFO, {ids.A_TEXT: "some evidence"})
    log.flush()
    storage.files["log0"] = storage.files["log0"][:-7]
    again, _ = _log(storage, boot=2)
    assert again.damaged == 1
    again.add(ids.E_BOOT, ids.SEV_INFO)
    again.flush()
    assert len(_all(again)) == 3
    third, _ = _log(storage, boot=3)
    assert len(_all(third)) == 3 and third.damaged == 1


def test_every_cut_of_the_tail_keeps_the_records_before_it():
    storage = MemoryStorage()
    log, _ = _log(storage)
    ends = []
    for n in range(4):
        log.add(ids.E_SIGNAL, ids.SEV_INFO, {ids.A_SIGNAL_DBM: -n})
        log.flush()
        ends.append(storage.size("log0"))
    whole = storage.files["log0"]
    for cut in range(len(whole) + 1):
        storage.files["log0"] = whole[:cut]
        again, _ = _log(storage, boot=2)
        assert len(_all(again)) == len([end for end in ends if end <= cut])
        assert again.damaged == (0 if cut in ends or not cut else 1)


def test_every_flipped_byte_costs_one_record():
    storage = MemoryStorage()
    log, _ = _log(storage)
    for n in range(5):
        log.add(ids.E_SIGNAL, ids.SEV_INFO, {ids.A_SIGNAL_DBM: -n})
    log.flush()
    whole = storage.files["log0"]
    for place in range(len(whole)):
        for value in (0x00, 0xFF, 0x55):
            damaged = bytearray(whole)
            damaged[place] ^= value
            storage.files["log0"] = bytes(damaged)
            again, _ = _log(storage, boot=2)
            assert len(_all(again)) == (5 if not value else 4)
            assert again.damaged == (1 if value else 0)


def test_garbage_between_good_records_longer_than_the_window():
    storage = MemoryStorage()
    log, _ = _log(storage)
    log.add(ids.E_BOOT, ids.SEV_INFO)
    log.flush()
    first = storage.files["log0"]
    storage.files["log0"] = first + bytes([0, 200]) * 700 + first
    again, _ = _log(storage, boot=2)
    assert again.damaged == 1
    assert len(again.read(0, 9)[0]) == 1  # the same sequence number is not shown twice
    storage.files["log0"] = b"\xff" * 5000
    assert _log(storage)[0].damaged == 1


def _turns(log):
    """As the loop goes on while a turn had work for the log; returns how many had."""
    count = 0
    while log.poll():
        count += 1
    return count


def test_records_and_their_write_are_turns_of_their_own():
    storage = MemoryStorage()
    log, _ = _log(storage, next_boot(storage))
    before = storage.changes
    for _ in range(3):
        log.add(ids.E_CRASH, ids.SEV_CRITICAL)
    for _ in range(3):
        assert log.poll() and storage.changes == before
    assert log.poll() and storage.changes == before + 1
    assert not log.poll() and len(_all(log)) == 3


def test_information_waits_in_ram_and_errors_do_not():
    storage = MemoryStorage()
    clock = Clock()
    log, _ = _log(storage, next_boot(storage), clock)
    storage.changes = 0
    log.add(ids.E_SIGNAL, ids.SEV_INFO)
    assert storage.changes == 0 and log.due() == 300000
    log.add(ids.E_SIM, ids.SEV_ERROR)
    assert log.due() == 2000
    clock.advance(2000)
    assert log.due() == 0 and log.poll() and log.due() == -1
    assert storage.changes == 1
    log.add(ids.E_CRASH, ids.SEV_CRITICAL)
    _turns(log)
    assert storage.changes == 2


def test_a_storm_of_events_does_not_wear_the_flash_out():
    storage = MemoryStorage()
    clock = Clock()
    log, counters = _log(storage, clock=clock)
    for n in range(36000):  # ten a second for an hour
        clock.advance(n * 100)
        log.add(ids.E_SIM, ids.SEV_CRITICAL, {ids.A_COUNT: n})
        _turns(log)
    assert storage.changes <= 30 + 120 + 36000 // 1024
    assert counters[ids.C_LOG_LOST] > 20000
    clock.advance(clock.ms + 60000)
    log.add(ids.E_SIM, ids.SEV_CRITICAL, {ids.A_COUNT: 99999})
    assert _all(log)[-1][ids.EV_ARGS][ids.A_COUNT] == 99999


def test_a_reader_that_polls_gets_each_record_once_and_costs_few_writes():
    storage = MemoryStorage()
    clock = Clock()
    log, _ = _log(storage, clock=clock, segment_bytes=700)
    at, found = 0, []
    for n in range(400):
        clock.advance(clock.ms + 1000)
        log.add(ids.E_SIGNAL, ids.SEV_INFO, {ids.A_COUNT: n})
        if n % 3 == 0:
            records, at, _ = log.read(at, 50)
            found += [decode(r)[ids.EV_ARGS][ids.A_COUNT] for r in records]
    assert len(set(found)) == len(found) > 350
    assert storage.changes < 30


def test_a_long_event_keeps_its_fact_and_an_answer_keeps_to_the_frame():
    storage = MemoryStorage()
    log, _ = _log(storage)
    log.add(ids.E_MODEM_READY, ids.SEV_INFO, {ids.A_TEXT: "x" * 400})
    for _ in range(8):
        log.add(ids.E_MODEM_READY, ids.SEV_INFO, {ids.A_TEXT: "y" * 180})
    records, _, oldest = log.read(0, 50, 600)
    assert decode(records[0])[ids.EV_ARGS] == {ids.A_REASON: ids.R_TOO_LONG}
    assert len(records) == 3 and sum(len(r) + 3 for r in records) <= 600 and oldest == 0


def test_a_full_flash_loses_the_record_not_the_agent():
    storage = MemoryStorage()
    log, counters = _log(storage, next_boot(storage))
    storage.capacity = 10
    log.add(ids.E_CRASH, ids.SEV_CRITICAL)
    _turns(log)
    assert counters[ids.C_FLASH_ERRORS] == 1 and counters[ids.C_LOG_LOST] == 1
    storage.capacity = 4000
    log.add(ids.E_CRASH, ids.SEV_CRITICAL)
    assert len(_all(log)) == 1


def test_the_boot_number_counts_through_power_cuts_and_damage():
    storage = MemoryStorage()
    assert [next_boot(storage) for _ in range(3)] == [1, 2, 3]
    storage.lose_at = 1
    raises(PowerCutError, next_boot, storage)
    storage.lose_at = 0
    assert next_boot(storage) == 4
    storage.files["boot"] = b"damaged!"
    assert next_boot(storage) == 1
    storage.fail_at = 1
    assert next_boot(storage) == 2 and next_boot(storage) == 2


def test_an_empty_log_answers_too():
    log, _ = _log(MemoryStorage())
    assert log.read(0, 10) == ([], 0, 0) and log.due() == -1 and not log.poll()


def test_events_below_the_level_go_to_the_host_only():
    log, _ = _log(MemoryStorage())
    log.level = ids.SEV_WARNING
    shown = [log.add(ids.E_SIGNAL, severity)[ids.EV_SEQUENCE] for severity in (1, 2, 1, 3)]
    assert shown == [0, 1, 2, 3]
    assert [record[ids.EV_SEQUENCE] for record in _all(log)] == [1, 3]
    log.add(ids.E_VERDICT, ids.SEV_OK)  # without it a log would end with a fault that is over
    assert [record[ids.EV_SEQUENCE] for record in _all(log)] == [1, 3, 4]


def test_a_storm_of_events_does_not_cost_the_verdict_behind_it():
    storage = MemoryStorage()
    log, _ = _log(storage)
    for _ in range(3000):
        log.add(ids.E_REGISTRATION, ids.SEV_ERROR, {ids.A_STAT: 3})
    log.add(ids.E_VERDICT, ids.SEV_OK, {ids.A_VERDICT: ids.V_ALL_CLEAR})
    assert _all(log)[-1][ids.EV_ID] == ids.E_VERDICT
    assert storage.changes < 40


def test_wrong_keys_are_not_pushed_out_by_what_anybody_can_make_happen():
    """440 pairs of submit and cancel pushed the refused keys out of the log."""
    storage = MemoryStorage()
    log, _ = _log(storage, segment_bytes=2048)
    clock = log._clock
    for _ in range(5):
        log.add(ids.E_KEY_REFUSED, ids.SEV_WARNING, {ids.A_COUNT: 1})
    log.add(ids.E_LOCKED, ids.SEV_INFO)
    for n in range(900):
        clock.advance((clock.ms + 31000) & 0x3FFFFFFF)
        event = (ids.E_SUBMITTED, ids.E_CANCELLED, ids.E_NOT_SENT)[n % 3]
        log.add(event, ids.SEV_ERROR, {ids.A_RECORD: n})
    log.flush()
    for one in (log, _log(storage, boot=2, segment_bytes=2048)[0]):
        found = [r[ids.EV_ID] for r in _all(one)]
        assert found.count(ids.E_KEY_REFUSED) == 5 and ids.E_LOCKED in found
        sequences = [r[ids.EV_SEQUENCE] for r in _all(one)]
        assert sequences == sorted(set(sequences))
        assert found.count(ids.E_NOT_SENT) > 60
    assert sum(len(data) for data in storage.files.values()) < 2 * 2048 + 4096 + 600


def test_a_power_cut_while_evidence_is_carried_over_loses_and_doubles_none():
    for lose_at in range(1, 40):
        storage = MemoryStorage()
        log, _ = _log(storage, segment_bytes=1024)
        clock = log._clock
        log.add(ids.E_SIGNAL, ids.SEV_INFO)
        log.add(ids.E_KEY_REFUSED, ids.SEV_WARNING, {ids.A_COUNT: 1})
        log.flush()
        storage.lose_at = lose_at
        try:
            for _ in range(120):
                clock.advance((clock.ms + 31000) & 0x3FFFFFFF)
                log.add(ids.E_SIGNAL, ids.SEV_ERROR, {ids.A_SIGNAL_DBM: -90})
        except PowerCutError:
            pass
        storage.lose_at = 0
        log, _ = _log(storage, boot=2, segment_bytes=1024)
        sequences = [r[ids.EV_SEQUENCE] for r in _all(log)]
        assert sequences == sorted(set(sequences))
        assert [r[ids.EV_ID] for r in _all(log)].count(ids.E_KEY_REFUSED) == 1
        oldest = log.read(0, 1)[2]  # from there on what is on flash is read whole
        flash = [n for n in range(log.flashed + 1) if n >= oldest]
        assert [n for n in sequences if n >= oldest] == flash, lose_at
