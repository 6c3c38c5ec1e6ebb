"""The agent alone in a heap that stands for a Pico's; in full: make size, make endurance."""

from __future__ import annotations

import pytest

import fullest
import heap
from dropping import Dropping

pytestmark = pytest.mark.usefixtures("micropython")


@pytest.fixture
def folder(tmp_path, mpy):
    heap.prepare(tmp_path, mpy)
    return tmp_path


def test_a_full_outbox_an_exchange_two_pages_and_a_modem_that_prints_rubbish_leave_room(folder):
    """The board ran out of memory at the 23rd sale, and by some lines of rubbish."""
    with Dropping():
        turns = fullest.record(folder / "calls", {"outbox_records": 4, "message_bytes": 512})
    looked = heap.live(folder, 25)
    assert looked.turns == turns > 500 and looked.short == 0
    assert [name for _, name in looked.marks][-2:] == ["exchange", "rubbish"]
    assert heap.tell(looked)


def test_one_process_lives_through_messages_of_all_kinds_and_holds_no_more_at_the_end(folder):
    with Dropping():
        ends = fullest.record_mixed(folder / "calls", 14)
    assert len(ends) >= 3 and sum(ends.values()) >= 10
    looked = heap.live(folder, 50)
    assert looked.short == 0 and looked.turns > 200


def test_too_little_room_is_told(capsys):
    looked = heap.Looked(most={1: heap.PICO_BYTES * 2, 2: 0}, marks=[(0, "sale")], piece=1 << 20)
    assert not heap.tell(looked) and "too little" in capsys.readouterr().err
    looked = heap.Looked(most={1: 1000}, piece=heap.PIECE_BYTES)
    assert not heap.tell(looked)
    looked.piece *= 2
    assert heap.tell(looked)
    looked.short = 1
    assert not heap.tell(looked)
