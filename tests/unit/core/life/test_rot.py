"""Bits that turned at rest: what is made whole again, and what must not be trusted."""

from posagent.core.life import rot
from posagent.core.settlement.record import Record, parse
from posproto import ids


def _turned(data, bit):
    raw = bytearray(data)
    raw[bit >> 3] ^= 1 << bit % 8
    return bytes(raw)


def test_whichever_bit_of_a_marker_turns_it_is_found_and_turned_back():
    record = Record(3)
    record[ids.MSG_STAN] = 4711
    record[ids.MSG_STATE] = ids.MS_SENT
    marker = record.marker()
    for bit in range(0, len(marker) * 8, 7):
        damaged = _turned(marker, bit)
        assert parse(3, damaged) is None
        assert rot.mended(damaged) == marker


def test_two_bits_that_turned_are_not_guessed_at():
    marker = Record(3).marker()
    assert rot.mended(_turned(_turned(marker, 100), 301)) is None
    assert rot.mended(marker[:50]) is None and rot.mended(b"") is None and rot.mended(None) is None


def test_the_devices_secret_survives_a_bit_and_that_of_version_0_1_is_read():
    kept = rot.summed(b"0123456789abcdef")
    assert rot.secret(kept, 16) == b"0123456789abcdef"
    assert rot.secret(_turned(kept, 77), 16) == b"0123456789abcdef"
    assert rot.secret(_turned(_turned(kept, 77), 3), 16) is None
    assert rot.secret(kept[:16], 16) == b"0123456789abcdef"
    assert rot.secret(kept[:9], 16) is None and rot.secret(None, 16) is None
