"""The parts that are loaded for a moment: gone when idle, whole again when needed."""

import sys

import cup_frames as cup
from dropping import Dropping
from posagent.core import modules
from posproto import ids, submit
from settle_world import World

_LASTING = ("settlement", "outbox", "record")
_MOMENTARY = ("submit", "connection", "sender", "answers", "sealed", "dialect", "vault", "batch")


def _name(module):
    return "posagent.core.settlement." + module


def _forget():
    kept = {}
    for name in list(sys.modules):
        short = name[name.rfind(".") + 1 :]
        if name[:8] == "posproto" and short == "submit":
            continue  # the application's
        if short in _MOMENTARY or short in ("recovery", "summary", "walker", "framing", "cup"):
            kept[name] = sys.modules.pop(name)
    return kept


def test_a_day_with_everything_dropped_in_between():
    with Dropping():
        _day()


def _day():
    kept = _forget()
    try:
        world = World()
        assert not [m for m in _MOMENTARY if _name(m) in sys.modules]
        world.host.script = [{}, {"silent": True}, {"spoil": lambda answer: answer[:-1]}]
        sale, reversal, settlement = 1, 2, 3
        for one, message in (
            (sale, cup.sale(2)),
            (reversal, cup.reversal(9)),
            (settlement, cup.settlement(3)),
        ):
            assert world.hand_in(message, one)[0] == ids.R_OK
            assert not [m for m in _MOMENTARY if _name(m) in sys.modules]
            before = modules.begin()
            world.run(200)
            modules.end(before)
            assert not [m for m in _MOMENTARY if _name(m) in sys.modules]
        states = [world.state(one) for one in (sale, reversal, settlement)]
        assert states == [ids.MS_ACKNOWLEDGED] * 3
        assert world.hand_in(bytes(50), 9)[0] == ids.R_BAD_REQUEST  # refusals cross the border too
        assert world.hand_in(cup.advice(2)[:-1], 9)[0] == ids.R_BAD_REQUEST
        for one in (sale, reversal, settlement):
            assert world.answer(one) and world.ask(*submit.done(one))[0] == ids.R_OK
        world.boot()
        assert world.state(settlement) == ids.MS_DONE
        assert not [m for m in _MOMENTARY if _name(m) in sys.modules]
        assert all(_name(m) in sys.modules for m in _LASTING)
    finally:
        sys.modules.update(kept)


def test_a_message_that_expires_while_nothing_is_loaded():
    with Dropping():
        _expires()


def _expires():
    world = World()
    world.up = False
    kept = _forget()
    try:
        end = world.hand_in(cup.end_marker(3), deadline_s=100)[1].id
        world.run(200)
        assert world.state(end) == ids.MS_NOT_SENT
        assert not [m for m in _MOMENTARY if _name(m) in sys.modules]
    finally:
        sys.modules.update(kept)
