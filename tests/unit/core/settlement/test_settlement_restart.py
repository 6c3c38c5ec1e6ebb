"""Power that fails around the end of a message: what follows from it is made good, and told."""

import cup_frames as cup
from memory_storage import MemoryStorage, PowerCutError
from posagent.core.life.eventlog import EventLog, next_boot
from posproto import cbor, ids, submit
from settle_world import World

SILENT = {"silent": True}


class Logged(World):
    """With a log on flash."""

    def make_log(self):
        return EventLog(self.storage, self.clock, next_boot(self.storage), self.counters)

    def _event(self, event_id, severity, args=None):
        super()._event(event_id, severity, args)
        if self.log:
            self.log.add(event_id, severity, args)

    def logged(self, event_id):
        """STANs of the events of this kind in the log on flash."""
        log = EventLog(self.storage, self.clock, 99, self.counters)
        found = []
        at = 0
        while True:
            events, at, _ = log.read(at, 20)
            if not events:
                return found
            for data in events:
                event = cbor.decode(data)
                if event[ids.EV_ID] == event_id:
                    found.append(event[ids.EV_ARGS][ids.A_STAN])


def _ends_badly(world):
    """Messages of every bad end, none of them taken; STANs by event."""
    world.host.script = [{"f39": "12"}, SILENT]
    for build, stan in ((cup.advice, 2), (cup.refund, 3)):
        world.give(build(stan))
        world.run(100)
    world.up = False
    withdrawn = world.give(cup.advice(4), deadline_s=5)
    world.run(20)
    assert world.state(withdrawn) == ids.MS_NOT_SENT
    world.up = True
    world.host.script = [SILENT] * 99
    world.give(cup.advice(5), deadline_s=120)
    world.run(300)
    world.host.script = []
    return {ids.E_REFUSED: 2, ids.E_OUTCOME_UNKNOWN: 3, ids.E_NOT_SENT: 4, ids.E_EXPIRED: 5}


def test_power_that_fails_twice_does_not_hide_that_the_modem_may_wait_for_a_messages_bytes():
    # A command to it would be taken for what is missing, and an altered message sent.
    for build in (cup.sale, cup.reversal, cup.settlement):
        world = World()
        world.give(build(1))
        world.run_until_sent()
        for _ in range(3):
            world.boot()
            assert world.settlement.cut_short, build
        world.settlement.left_alone()
        world.boot()
        assert not world.settlement.cut_short or build is cup.reversal  # which is still to be sent
    world = World()
    world.give(cup.sale(2))
    world.run(60)
    world.boot()
    assert not world.settlement.cut_short


def test_what_ended_badly_and_is_not_in_the_log_is_told_by_the_next_start_and_once():
    world = Logged()
    ends = _ends_badly(world)
    for name in world.storage.names("log"):
        world.storage.remove(name)  # the power went before any of it was written
    for _ in range(3):
        world.boot()
        world.log.flush()
    for event, stan in ends.items():
        assert world.logged(event) == [stan], (event, world.logged(event))


def test_what_the_application_took_is_in_the_log_before_its_record_goes():
    world = Logged()
    _ends_badly(world)
    for record in list(world.settlement.outbox.records):
        world.ask(*submit.done(record[ids.MSG_ID]))
    world.boot()  # the buffer of the log is lost
    found = [world.logged(e) for e in (ids.E_REFUSED, ids.E_OUTCOME_UNKNOWN, ids.E_EXPIRED)]
    assert found == [[2], [3], [5]] and world.logged(ids.E_NOT_SENT) == [4]


def _cut_at_each_write(prepare, act, judge):
    """Plays `act` with a power cut at each of its writes; after a restart judge(world) holds."""
    writes = 0
    while True:
        writes += 1
        world = Logged(MemoryStorage())
        prepare(world)
        world.storage.lose_at = writes
        try:
            act(world)
        except PowerCutError:
            world.storage.lose_at = 0
            world.task = None
            world.boot()
            world.run(300)
            judge(world)
            continue
        assert writes > 2
        return


def test_an_answered_settlement_stands_whatever_write_the_power_fails_at():
    def prepare(world):
        world.give(cup.settlement(2))
        world.run_until_sent()

    def judge(world):
        state = world.settlement.batch[ids.MSG_STATE]
        one = world.state(1)
        if one == ids.MS_ACKNOWLEDGED:
            assert state == ids.SET_BALANCED and world.answer(1)
        else:
            assert (one, state) == (ids.MS_UNKNOWN, ids.SET_NO_ANSWER), (one, state)
        world.log.flush()
        told = world.logged(ids.E_OUTCOME_UNKNOWN)
        assert told == ([2] if one == ids.MS_UNKNOWN else [])

    _cut_at_each_write(prepare, lambda world: world.run(100), judge)


def test_a_settlement_that_left_is_in_doubt_whatever_write_the_power_fails_at():
    def judge(world):
        one, state = world.state(1), world.settlement.batch[ids.MSG_STATE]
        if one == ids.MS_ACKNOWLEDGED:  # nothing had left before the cut
            assert state == ids.SET_BALANCED
        else:
            assert (one, state) == (ids.MS_UNKNOWN, ids.SET_NO_ANSWER), (one, state)
            assert [v for v, _ in world.settlement.verdicts] == [ids.V_SETTLEMENT_UNKNOWN]

    def prepare(world):
        world.give(cup.settlement(2))
        world.host.script = [SILENT]

    _cut_at_each_write(prepare, lambda world: world.run(150), judge)


def test_a_reversal_that_was_answered_closes_its_sale_whatever_write_the_power_fails_at():
    def prepare(world):
        world.host.script = [SILENT]
        world.give(cup.sale(2))
        world.run(100)
        world.give(cup.reversal(2))
        world.run_until_sent()

    def judge(world):
        assert world.state(2) == ids.MS_ACKNOWLEDGED
        assert world.settlement.verdict() == 0

    _cut_at_each_write(prepare, lambda world: world.run(100), judge)


def test_a_refund_whose_outcome_is_unknown_is_told_until_its_batch_is_closed():
    world = World()
    world.host.script = [SILENT]
    refund = world.give(cup.refund(2))
    world.run(100)
    assert world.state(refund) == ids.MS_UNKNOWN
    for _ in range(2):  # the application knows, the technician comes later
        assert world.settlement.verdict() == ids.V_OUTCOME_UNKNOWN
        world.ask(*submit.done(refund))
    world.boot()
    assert world.settlement.verdict() == ids.V_OUTCOME_UNKNOWN
    for message in (cup.settlement(3), cup.end_marker(4, 1, 207)):
        world.ask(*submit.done(world.give(message)))
        world.run(60)
    assert world.settlement.batch[ids.MSG_STATE] == ids.SET_CLOSED
    assert world.settlement.verdict() == 0 and world.state(refund) == ids.MS_DONE
