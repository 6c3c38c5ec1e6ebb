"""A board crashed each time it told of a closed batch, with the state already on flash; then the
restart called sales that were acknowledged "outcome not known". And memory ran out amid a turn.
"""

import cup_frames as cup
from dropping import keep_modules
from memory_storage import MemoryStorage
from posproto import ids
from settle_world import World

keep_modules()

SALE, DECLINED, ADVICE, REVERSAL, SETTLE, END = 1, 2, 3, 4, 5, 6
KNOWN = (ids.MS_ACKNOWLEDGED, ids.MS_REFUSED)


class Fault(Exception):
    """What went wrong while something was told."""


class Shaky(World):
    """Telling of something fails once, at the `fatal`-th time."""

    fatal = 0
    kind = Fault

    def _event(self, event_id, severity, args=None):
        World._event(self, event_id, severity, args)
        if len(self.events) == self.fatal:
            self.fatal = 0
            raise self.kind


def story():
    """What is handed in, step by step; each is done when the one before it is over."""
    return (
        (SALE, cup.sale(2), {}),
        (DECLINED, cup.sale(3), {"f39": "51"}),
        (ADVICE, cup.advice(4), {}),
        (REVERSAL, cup.reversal(9), {}),
        (SETTLE, cup.settlement(5), {}),
        (END, cup.end_marker(6, 1, 207), {}),
    )


def hand_in(world, one, message):
    if not any(r[ids.MSG_ID] == one for r in world.settlement.outbox.records):
        world.hand_in(message, one)


def undisturbed():
    world = World(MemoryStorage())
    for one, message, step in story():
        world.host.script = [step]
        hand_in(world, one, message)
        world.run(60)
    batch = world.settlement.batch[ids.MSG_STATE]
    return len(world.events), {one: world.state(one) for one in range(SALE, END + 1)}, batch


EVENTS, STATES, BATCH = undisturbed()


def test_a_crash_while_something_is_told_makes_no_known_outcome_unknown():
    assert EVENTS > 15 and set(STATES.values()) == set(KNOWN)
    found = 0
    for fatal in range(1, EVENTS + 1):
        world = Shaky(MemoryStorage())
        world.fatal = fatal
        for one, message, step in story():
            world.host.script = [step]
            try:
                hand_in(world, one, message)
                world.run(60)
            except Fault:
                marked = {}
                for record in world.settlement.outbox.records:
                    marker = world.storage.read("om%d" % record.slot)
                    if marker and marker[5] in KNOWN:
                        marked[record[ids.MSG_ID]] = (marker[5], world.answer(record[ids.MSG_ID]))
                world.settlement.last_words()
                world.boot()
                for known in marked:
                    state, answer = marked[known]
                    assert world.state(known) == state, (fatal, known)
                    assert world.answer(known) == answer, (fatal, known)
                    found += 1
                world.boot()  # and what a crash left is no riddle for the start after the next
                for known in marked:
                    assert world.state(known) == marked[known][0], (fatal, known)
        assert world.fatal == 0, fatal
    assert found > EVENTS


def test_a_turn_that_ran_out_of_memory_is_given_up_and_nothing_with_it():
    for fatal in range(1, EVENTS + 1):
        world = Shaky(MemoryStorage())
        world.fatal = fatal
        world.kind = MemoryError
        for one, message, step in story():
            world.host.script = [step]
            for _ in range(3):
                try:
                    hand_in(world, one, message)
                    world.run(60)
                except MemoryError:
                    if not world.alive():
                        world.task = None  # the engine ends a procedure that raised
                    world.settlement.mend()
        for charged in world.host.charges.values():
            assert charged <= 1, fatal
        for one in STATES:
            state = world.state(one)
            assert state in (STATES[one], ids.MS_UNKNOWN), (fatal, one, state)
            if state == ids.MS_UNKNOWN:  # it stopped between the mark and the send
                assert world.events[fatal - 1][0] in (ids.E_SENT, ids.E_SETTLEMENT_STATE), one
        if ids.MS_UNKNOWN not in [world.state(one) for one in (SETTLE, END)]:
            assert world.settlement.batch[ids.MSG_STATE] == BATCH, fatal
        assert world.fatal == 0, fatal
