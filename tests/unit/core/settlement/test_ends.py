"""The confirmation's way back: each end reaches the application exactly once, whoever restarts."""

import cup_frames as cup
from memory_storage import PowerCutError
from posagent.core.life.prng import Prng
from posproto import ids, submit
from settle_world import World

SILENT = {"silent": True}


def _world(**changes):
    return World(answer_timeout_s=5, linger_s=0, **changes)


class Application:
    """Keeps in one write the last end's number and what it made of it; all else it forgets."""

    def __init__(self, world):
        self.world = world
        self.since = 0
        self.heard = []  # (id, state)

    def ask(self):
        """Everything since the number that it kept."""
        while True:
            result, value = self.world.ask(*submit.ends(self.since))
            assert result == ids.R_OK
            told = submit.Ends(value)
            for standing in told.messages:
                assert standing.end > self.since
                self.heard.append((standing.id, standing.state))
                self.since = standing.end
            if not told.more:
                return
            assert told.more == self.since


def test_each_end_is_heard_once_in_the_order_of_the_ends():
    world = _world()
    application = Application(world)
    advices = [world.give(cup.advice(stan)) for stan in range(1, 9)]
    sale = world.give(cup.sale(20))
    world.run(120)
    application.ask()
    application.ask()
    assert [one for one, _ in application.heard] == [sale] + advices
    assert {state for _, state in application.heard} == {ids.MS_ACKNOWLEDGED}


def test_what_is_under_way_has_no_end_yet():
    world = _world()
    world.host.script = [SILENT]
    advice = world.give(cup.advice(1))
    world.run(2)
    application = Application(world)
    application.ask()
    assert application.heard == [] and world.standing(advice).end == 0
    world.run(120)
    application.ask()
    assert application.heard == [(advice, ids.MS_ACKNOWLEDGED)]


def test_an_end_that_changes_is_heard_again_and_one_that_is_only_noted_is_not():
    world = World(answer_timeout_s=5, linger_s=10)
    application = Application(world)
    world.host.script = [{"delay_ms": 8000}]
    sale = world.give(cup.sale(2))
    world.run(6)
    application.ask()
    assert application.heard == [(sale, ids.MS_UNKNOWN)]
    world.run(30)
    application.ask()  # the late answer is there to be fetched
    assert application.heard == [(sale, ids.MS_UNKNOWN)] * 2
    world.ask(*submit.done(sale))
    world.boot()
    application.ask()
    assert len(application.heard) == 2


def test_each_end_is_heard_once_whatever_write_the_power_fails_at():
    """The judge is what the application was told, and by whom: an end in each life at most once,
    and the last one told is how the message stands.
    """
    for seed in range(1, 13):
        rng = Prng(seed)
        world = _world()
        application = Application(world)
        given = []
        for stan in range(1, 9):
            world.storage.lose_at = rng.below(8)
            world.host.script = [({}, SILENT, {"f39": "51"}, {"f39": "30"})[rng.below(4)]]
            try:
                build = (cup.sale, cup.advice, cup.reversal)[rng.below(3)]
                given.append(world.give(build(stan)))
                world.run(rng.below(40))
                if rng.below(2):
                    application.ask()
            except PowerCutError:
                world.storage.lose_at = 0
                world.boot()
        world.storage.lose_at = 0
        world.run(4000)
        application.ask()
        heard = application.heard
        told = {}
        for one, state in heard:
            assert told.get(one) != state, (seed, heard)
            told[one] = state
        for one in given:
            state = world.state(one)
            assert state == 0 or told.get(one) == state, (seed, one, state, heard)


def test_a_number_that_the_flash_refused_is_given_to_no_other_end():
    world = _world()
    application = Application(world)
    first = world.give(cup.advice(1))
    world.run_until(lambda: world.settlement.waiting is not None)
    write = world.storage.write

    def refused(name, data):
        raise OSError(28)

    world.storage.write = refused
    world.run(20)
    world.storage.write = write
    application.ask()
    assert application.heard == [(first, ids.MS_ACKNOWLEDGED)]
    world.boot()
    second = world.give(cup.advice(2))
    world.run(60)
    application.ask()
    assert (second, ids.MS_ACKNOWLEDGED) in application.heard[1:]


def test_numbers_grow_when_slots_are_used_again():
    world = _world(outbox_records=4)
    application = Application(world)
    for stan in range(1, 30):
        one = world.give(cup.advice(stan))
        world.run(10)
        application.ask()
        assert application.heard[-1] == (one, ids.MS_ACKNOWLEDGED)
        world.ask(*submit.done(one))
        if stan % 5 == 0:
            world.boot()
    assert len(application.heard) == 29


def test_an_application_that_asks_beyond_the_newest_end_can_tell():
    world = _world()
    told = submit.Ends(world.ask(*submit.ends(100000))[1])
    assert told.messages == [] and told.newest < 100000


def test_a_message_is_found_by_its_trace_number():
    world = _world()
    old = world.give(cup.advice(7))
    world.run(20)
    sale = world.give(cup.sale(7))
    other = world.give(cup.advice(8, batch=2))
    world.run(60)

    def found(*args):
        result, value = world.ask(*submit.query_stan(*args))
        return submit.Standing(value).id if result == ids.R_OK else result

    assert found(7) == sale and found(7, 220) == old
    assert found(8) == found(8, 220, 2) == other
    assert found(8, 220, 1) == found(9) == ids.R_NOT_FOUND
    assert world.ask(ids.OP_QUERY, {})[0] == ids.R_NOT_FOUND


def _sold(world):
    return world.settlement.summary().get(ids.REP_SOLD)


def test_what_was_sold_in_this_batch_is_counted_over_restarts():
    world = _world()
    sale = world.give(cup.sale(1))
    world.run(20)
    world.ask(*submit.done(sale, True))
    world.give(cup.advice(2))
    world.give(cup.balance(3))
    world.host.script = [{}, {"f39": "51"}]
    world.give(cup.sale(4))
    world.run(60)
    assert _sold(world) == 2
    world.boot()
    assert _sold(world) == 2
    world.give(cup.reversal(1))
    world.run(30)
    assert _sold(world) == 1
    world.boot()
    assert _sold(world) == 1
    world.give(cup.sale(6))
    world.run(20)
    assert _sold(world) == 2
    world.boot()  # and takes its answer, which the application did not fetch
    assert _sold(world) == 1


def test_the_next_batch_counts_from_the_start():
    world = _world()
    for stan in (1, 2):
        sale = world.give(cup.sale(stan))
        world.run(20)
        world.ask(*submit.done(sale, True))
    world.give(cup.settlement(3))
    world.run(20)
    world.give(cup.end_marker(4, code=207))
    world.run(60)
    assert world.settlement.batch[ids.MSG_STATE] == ids.SET_CLOSED
    assert _sold(world) == 2  # of the batch that is closed
    world.boot()
    assert _sold(world) == 2
    sale = world.give(cup.sale(5, batch=2))
    world.run(20)
    world.ask(*submit.done(sale, True))
    assert _sold(world) == 1
    world.boot()
    assert _sold(world) == 1


def _closed():
    """A world with a sale whose answer nobody fetched, in a batch that is closed."""
    world = _world()
    world.give(cup.sale(1))
    world.run(20)
    world.give(cup.settlement(2))
    world.run(20)
    world.give(cup.end_marker(3, code=207))
    world.run(60)
    return world


def test_what_a_restart_takes_from_a_closed_batch_is_not_taken_from_the_next_one():
    """Both answers were lost, and the second batch had sold one less than nothing."""
    for taken, sold in ((False, 0), (True, 1)):
        world = _closed()
        sale = world.give(cup.sale(4, batch=2))
        world.run(20)
        if taken:
            world.ask(*submit.done(sale, True))
        assert _sold(world) == 1
        world.boot()
        assert _sold(world) == sold
        sale = world.give(cup.sale(5, batch=2))
        world.run(20)
        world.ask(*submit.done(sale, True))
        assert _sold(world) == sold + 1


def test_nor_does_a_reversal_of_a_closed_batch():
    world = _closed()
    world.give(cup.sale(4, batch=2))
    world.run(20)
    world.give(cup.reversal(1))
    world.run(30)
    assert _sold(world) == 1
    world.give(cup.reversal(4, batch=2))
    world.run(30)
    assert _sold(world) == 0
