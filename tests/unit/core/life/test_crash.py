"""What a crash leaves behind, and what a restart makes of it."""

from memory_storage import MemoryStorage
from posagent.core.life import crash
from posproto import VERSION, ids
from posproto.cbor import decode

TRACE = """Traceback (most recent call last):
  File "main.py", line 1, in main
  File "posagent.core.agent", line 1, in step
  File "posagent.core.settlement.settlement", line 87, in poll
"""


def add(storage, what="ValueError", free=4096):
    crash.add(storage, 7, 4711, 0, what, "posagent/core/agent step", free)


def test_a_crash_is_told_once_and_kept():
    storage = MemoryStorage()
    assert crash.tell(storage) is None
    add(storage)
    assert crash.tell(storage) == {
        ids.A_REASON: "ValueError",
        ids.A_TEXT: "posagent/core/agent step",
        ids.A_COUNT: 1,
        ids.A_VERSION: VERSION,
        ids.A_FREE_BYTES: 4096,
    }
    assert crash.tell(storage) is None
    (record,) = crash.records(storage)
    event = decode(record)
    assert event[ids.EV_ID] == ids.E_CRASH and event[ids.EV_BOOT] == 7
    assert event[ids.EV_UPTIME_S] == 4711 and ids.EV_UNIX_S not in event


def test_crashes_in_a_row_are_counted_until_it_runs_calmly():
    storage = MemoryStorage()
    for n in range(1, 6):
        add(storage)
        assert crash.row(storage) == n
    assert len(crash.records(storage)) == 4
    crash.forget(storage)
    assert crash.row(storage) == 0
    assert len(crash.records(storage)) == 4


def test_a_new_version_starts_with_a_clean_row():
    storage = MemoryStorage()
    add(storage)
    kept = storage.files[crash.FILE]
    storage.files[crash.FILE] = kept.replace(VERSION.encode(), b"9.9.9")
    assert storage.files[crash.FILE] != kept
    assert crash.row(storage) == 0
    add(storage)
    assert crash.row(storage) == 1
    assert len(crash.records(storage)) == 2


def test_a_damaged_file_counts_as_none():
    for data in (b"\x00", b"\x81", b"\x82\x00\x61a", b"\xa0", b"\x83\x61a\x00\xf5"):
        storage = MemoryStorage()
        storage.files[crash.FILE] = data
        assert crash.row(storage) == 0
        assert crash.tell(storage) is None
        add(storage)
        assert crash.row(storage) == 1


def test_the_place_is_the_innermost_functions():
    what, place = crash.describe(
        TRACE + "MemoryError: memory allocation failed, allocating 9 bytes\n"
    )
    assert what == "MemoryError: memory allocation failed, allocating 9 bytes"
    assert place == (
        "posagent/core/settlement/settlement:87 poll < posagent/core/agent step < main main"
    )


def test_a_message_that_may_quote_card_data_is_left_out():
    for line in ("ValueError: 4111111111111111", "KeyError: 4111111111111111", "CborError: tag"):
        assert crash.describe(TRACE + line)[0] == line.split(":")[0]


def test_a_long_place_is_cut_not_lost():
    storage = MemoryStorage()
    crash.add(storage, 1, 1, 1750000000, "OSError: " + "x" * 200, "y" * 200, -1)
    event = decode(crash.records(storage)[0])
    assert len(event[ids.EV_ARGS][ids.A_REASON]) == len(event[ids.EV_ARGS][ids.A_TEXT]) == 80
    assert ids.A_FREE_BYTES not in event[ids.EV_ARGS]
    assert event[ids.EV_UNIX_S] == 1750000000


def test_a_crash_record_in_which_bits_turned_is_none_and_stops_no_start():
    storage = MemoryStorage()
    crash.add(storage, 1, 2, 0, "ValueError", "a.py:1 f", 100)
    crash.add(storage, 2, 2, 0, "KeyError", "b.py:1 g", 100)
    whole = storage.read(crash.FILE)
    for at in range(len(whole)):
        for value in (7, 0x61, 0xA1, 0xFF):
            storage.write(crash.FILE, whole[:at] + bytes([value]) + whole[at + 1 :])
            assert crash.row(storage) >= 0
            told = crash.tell(storage)
            assert told is None or isinstance(told, dict)
            assert all(isinstance(record, bytes) for record in crash.records(storage))
            crash.add(storage, 3, 2, 0, "OSError", "c.py:1 h", 100)
            assert crash.tell(storage)[ids.A_REASON] == "OSError"
