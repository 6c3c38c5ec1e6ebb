"""What is wanted all the time is loaded ahead where code runs in flash: one module a turn."""

import sys

from dropping import Dropping, keep_modules
from posagent.core import modules

_WANTED = ["life.crash", "credit.evidence"]
_WHOLE = ["posproto.mask", "posagent.core.life.crash", "posagent.core.credit.calendar"]


class _Board:
    """Code can run in flash here."""

    def __enter__(self):
        self.settled = []
        self._before = {name: sys.modules[name] for name in sys.modules}
        self._dropping = Dropping()
        self._dropping.__enter__()
        modules.settler = self
        modules.end(modules.begin())
        for name in [name for name in _WHOLE if name in sys.modules]:
            del sys.modules[name]
        modules.based()
        modules.at_hand(_WANTED)
        return self

    def settle(self, name, module):
        self.settled.append((name, module))

    def __exit__(self, *error):
        modules.settler = None
        modules.relieve()
        modules.at_hand([])
        self._dropping.__exit__(*error)
        for name in self._before:
            sys.modules[name] = self._before[name]


def _turns():
    count = 0
    while not modules.ready():
        count += 1
        assert count < 20
    return count


def test_one_module_is_loaded_in_a_turn_and_each_runs_where_it_lies():
    with _Board() as board:
        turns = _turns()
        assert turns == len(board.settled) >= 3
        for name, module in board.settled:
            assert sys.modules[name] is module
        assert modules.ready()


def test_what_is_at_hand_is_not_loaded_again_and_outlives_its_use():
    with _Board() as board:
        _turns()
        before = len(board.settled)
        assert modules.call("life.crash", "read", _Nothing())[0] == 0
        assert len(board.settled) == before and "posagent.core.life.crash" in sys.modules


def test_what_a_call_loaded_and_is_wanted_at_hand_stays_where_there_is_room():
    """Between the parts of a message each request loaded all that it takes anew."""
    for room in (True, False):
        with _Board():
            free, modules._free = modules._free, lambda room=room: 200000 if room else 0
            modules.call("life.crash", "read", _Nothing())
            modules._free = free
            assert ("posagent.core.life.crash" in sys.modules) == room


def test_a_call_to_what_is_at_hand_does_not_look_at_each_module():
    """Eight milliseconds each time, of a board's fifty for an event."""
    with _Board():
        _turns()
        begin, modules.begin = modules.begin, None
        try:
            assert modules.call("life.crash", "read", _Nothing())[0] == 0
            modules.ready()
        finally:
            modules.begin = begin


def test_what_was_loaded_ahead_is_kept_for_all_who_wait_for_it():
    with _Board():
        modules.relieve()
        while not modules.ahead("life.crash") or not modules.ahead("credit.evidence"):
            pass
        modules.call("life.crash", "read", _Nothing())
        assert "posagent.core.life.crash" in sys.modules
        assert "posagent.core.credit.evidence" in sys.modules
        modules.past()
        assert not [name for name in _WHOLE if name in sys.modules]


def test_a_duty_that_takes_much_gets_its_room_and_afterwards_all_is_at_hand_again():
    with _Board():
        loaded = _turns()
        modules.spare(True)
        assert "posagent.core.life.crash" not in sys.modules
        assert _turns() == loaded


def test_where_memory_ran_out_nothing_is_kept_at_hand():
    with _Board():
        _turns()
        modules.relieve()
        assert "posagent.core.life.crash" not in sys.modules
        assert modules.ready()


def test_elsewhere_nothing_is_loaded_ahead():
    modules.at_hand(_WANTED)
    assert modules.ready()


class _Nothing:
    def read(self, name):
        return None


keep_modules()
