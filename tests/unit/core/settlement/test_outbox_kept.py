"""What the outbox holds: through restarts, expiry, pauses and open ends."""

import cup_frames as cup
from dual import raises
from memory_storage import PowerCutError
from posagent.core.settlement import sender
from posproto import ids, submit
from settle_world import World


def _offline(**changes):
    world = World(**changes)
    world.up = False
    return world


def test_a_restart_keeps_what_may_be_sent_and_ends_what_may_not():
    world = _offline()
    kept = [world.give(make(n)) for n, make in ((2, cup.reversal), (3, cup.settlement))]
    lost = [world.give(make(n)) for n, make in ((4, cup.sale), (5, cup.sign_on), (6, cup.echo))]
    world.boot()
    assert [world.state(one) for one in kept] == [ids.MS_READY] * 2
    for one in lost:
        assert (
            world.standing(one).may_hand_in_again() and world.standing(one).why == ids.WHY_RESTART
        )
    assert len(world.told(ids.E_NOT_SENT)) == 3
    world.up = True
    world.run(60)
    assert [mti for mti, _ in world.host.seen] == ["0400", "0500"]


def test_a_restart_after_the_send_asks_again_or_says_unknown():
    for make, state, mtis in (
        (cup.reversal, ids.MS_ACKNOWLEDGED, ["0400", "0400"]),
        (cup.advice, ids.MS_ACKNOWLEDGED, ["0220", "0220"]),
        (cup.settlement, ids.MS_UNKNOWN, ["0500"]),
        (cup.refund, ids.MS_UNKNOWN, ["0220"]),
    ):
        world = World()
        world.host.script = [{"silent": True}]
        kept = world.give(make(2))
        world.run(10)
        world.boot()
        world.run(300)
        assert (world.state(kept), [mti for mti, _ in world.host.seen]) == (state, mtis)
    assert world.settlement.batch[ids.MSG_STATE] == ids.SET_NONE
    assert len(world.told(ids.E_OUTCOME_UNKNOWN)) == 1


def test_a_mark_that_the_flash_refuses_is_tried_again_in_a_minute_not_in_each_turn():
    """The pause was set, but the plan went on to say "now": exchanges began and ended at once."""
    world = _offline()
    world.give(cup.reversal(2))
    settlement = world.settlement
    settlement.online = True
    assert settlement.due() == 0
    write, world.storage.write = world.storage.write, _refused
    record = settlement.outbox.live()[0]
    record.request = "parsed"
    assert sender.prepare(settlement, record) is None
    record.request = None
    assert settlement.due() == 60_000 and sender.choose(settlement) is None
    world.storage.write = write
    world.up = True
    world.run(70)
    assert [mti for mti, _ in world.host.seen] == ["0400"]


def _refused(name, data):
    raise OSError(5)


def test_an_answer_that_the_application_never_fetched():
    world = World()
    reversal, sale = world.give(cup.reversal(2)), world.give(cup.sale(3))
    world.run(60)
    world.boot()
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED
    assert world.answer(reversal) == cup.answer(cup.reversal(2))
    standing = world.standing(sale)  # its answer was in RAM only: nobody can check its MAC now
    assert standing.state == ids.MS_UNKNOWN and standing.reversal_due() and standing.f39 == "00"


def test_a_power_cut_between_the_answer_and_its_mark_keeps_the_answer():
    for lose_at in (3, 4, 5):  # the mark before the send, the batch's state, then the answer
        world = World()
        message = cup.settlement(2)
        kept = world.give(message)
        world.storage.lose_at = lose_at
        raises(PowerCutError, world.run, 60)
        world.storage.lose_at = 0
        answered = bool(world.storage.names("oa"))
        world.boot()
        assert answered == (lose_at > 3)
        assert world.state(kept) == (ids.MS_ACKNOWLEDGED if answered else ids.MS_UNKNOWN)
        assert world.answer(kept) == (cup.answer(message) if answered else None)
        assert world.storage.names("ob") == []


def test_an_application_that_holds_the_answer_owes_no_reversal():
    world = World()
    sale = world.give(cup.sale(3))
    world.run(60)
    assert world.answer(sale)
    world.boot()  # the power went while the application said that it has the answer
    assert world.standing(sale).reversal_due()
    assert world.ask(*submit.done(sale, held=True))[0] == ids.R_OK
    assert world.state(sale) == ids.MS_DONE and world.settlement.verdict() == 0


def test_a_message_that_was_damaged_at_rest_is_reported():
    world = _offline()
    kept = world.give(cup.advice(2))
    body = bytearray(world.storage.files["ob0"])
    body[40] ^= 1
    world.storage.files["ob0"] = bytes(body)
    world.boot()
    world.up = True
    world.run(60)
    assert world.sent == [] and world.state(kept) == ids.MS_NOT_SENT
    assert world.told(ids.E_NOT_SENT)[0][ids.A_REASON] == ids.WHY_DAMAGED


def test_a_damaged_marker_is_rebuilt_from_the_sealed_message():
    for place in (1, 7, 30, 68):
        world = _offline()
        kept = world.give(cup.reversal(2))
        marker = bytearray(world.storage.files["om0"])
        marker[place] ^= 0x41
        world.storage.files["om0"] = bytes(marker)
        world.boot()
        assert world.state(kept) == ids.MS_SENT  # it may have been
        world.up = True
        world.run(60)
        assert world.state(kept) == ids.MS_ACKNOWLEDGED
    world = _offline()
    world.give(cup.sale(2))
    world.storage.files["om0"] = b"\x01" * 70
    world.boot()
    assert world.storage.unreadable == ["om0"]  # which the agent counts and tells


def test_expiry_is_a_report_never_silence():
    world = World()
    world.host.script = [{"silent": True}] * 99
    sent = world.give(cup.advice(2), deadline_s=600)
    world.run(700)
    assert world.state(sent) == ids.MS_EXPIRED
    (told,) = world.told(ids.E_EXPIRED)
    assert told[ids.A_STAN] == 2 and told[ids.A_REASON] == ids.WHY_DEADLINE
    assert world.settlement.verdict() == ids.V_MESSAGE_EXPIRED
    assert len(world.sent) > 3
    world.ask(*submit.done(sent))
    world.run(10)
    assert world.settlement.verdict() == 0


def test_what_expired_while_others_were_answered_is_not_sent_any_more():
    world = World()
    world.host.script = [{"delay_ms": 12000}]
    world.give(cup.reversal(2))
    world.run_until_sent()
    sale = world.give(cup.sale(3), deadline_s=10)
    world.settlement.poll = lambda: None  # a loop that had no time to look
    world.run_until(lambda: world.task is None)
    assert world.arrived("0200") == [] and world.state(sale) == ids.MS_NOT_SENT


def test_an_answer_that_is_awaited_may_come_after_the_deadline():
    world = World()
    world.host.script = [{"delay_ms": 12000}]
    advice = world.give(cup.advice(2), deadline_s=10)
    world.run(30)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED and world.told(ids.E_EXPIRED) == []


def test_a_connection_on_which_a_send_failed_is_not_used_again():
    world = World()
    world.up = False
    for stan in (2, 3):
        world.give(cup.advice(stan))
    world.up = True
    world.family.send_fails = [True]
    world.run(300)
    assert sorted(world.arrived("0220")) == [2, 3] and len(world.family.opens) >= 2


def test_a_reversal_that_nobody_answers_holds_the_shop_no_longer_than_configured():
    """A deadline of 100 days held all sales for 29 hours, and would have for 100 days."""
    world = World(reversal_hold_h=1, retry_max_s=300, answer_timeout_s=5, linger_s=0)
    world.host.deaf_to = "0400"
    reversal = world.give(cup.reversal(2), deadline_s=8640000)
    world.run(3400)
    sale = world.give(cup.sale(3))
    world.run(30)
    assert world.state(sale) == ids.MS_READY and world.arrived("0200") == []
    assert world.settlement.verdict() != ids.V_REVERSAL_OPEN
    world.run(25)
    world.ask(*submit.cancel(sale))
    world.run(200)
    sale = world.give(cup.sale(4))
    world.run(60)
    assert world.state(sale) == ids.MS_ACKNOWLEDGED
    before = len(world.sent)
    world.run(3600)
    assert world.settlement.verdict() == ids.V_REVERSAL_OPEN
    assert world.state(reversal) == ids.MS_SENT and len(world.sent) > before + 5
    world.host.deaf_to = None
    world.run(600)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED and world.settlement.verdict() == 0


def test_a_reversal_that_never_left_is_not_given_up_at_its_deadline():
    world = _offline(reversal_hold_h=1)
    reversal = world.give(cup.reversal(2), deadline_s=600)
    world.run(4000)
    assert world.state(reversal) == ids.MS_READY
    assert world.settlement.verdict() == ids.V_REVERSAL_OPEN
    world.up = True
    world.run(60)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED


def test_attempts_are_bounded():
    world = World(attempts_max=5, retry_max_s=60)
    world.host.script = [{"silent": True}] * 99
    reversal = world.give(cup.reversal(2))
    world.run(3600)
    assert len(world.sent) == 5 and world.state(reversal) == ids.MS_EXPIRED
    assert world.told(ids.E_EXPIRED)[0][ids.A_REASON] == ids.WHY_ATTEMPTS


def test_the_pauses_between_attempts_grow_to_a_ceiling():
    world = World(retry_s=30, retry_max_s=480, answer_timeout_s=5, linger_s=0)
    world.host.script = [{"silent": True}] * 99
    world.give(cup.reversal(2))
    at = []
    for _ in range(3000):
        before = len(world.sent)
        world.run(1)
        if len(world.sent) > before:
            at.append(world.now_ms // 1000)
    pauses = [at[i + 1] - at[i] for i in range(len(at) - 1)]
    assert min(pauses) >= 30 and len(pauses) >= 6
    for i in range(5):
        assert 30 << i <= pauses[i] - 5 <= (30 << i) * 5 // 4 + 3, pauses
    assert max(pauses) <= 480 * 5 // 4 + 8


def test_a_dead_host_is_called_less_and_less_and_the_second_one_is_tried():
    world = World(host2="backup", port2=6000)
    world.family.open_errors = [566] * 6
    advice = world.give(cup.advice(2))
    world.run(2)
    assert [host for host, _ in world.family.opens] == [b"acquirer", b"backup"]
    world.run(300)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED
    assert (
        world.told(ids.E_HOST_REFUSED)[0][ids.A_CAUSE]
        == ids.WIDE_CAUSE | ids.CAUSE_SOCKET << 12 | 566
    )
    world.family.open_errors = [566] * 999
    world.give(cup.advice(3))
    before = len(world.family.opens)
    world.run(86000)
    assert len(world.family.opens) - before < 200


def test_a_new_sale_may_call_at_once_after_a_long_pause():
    world = World()
    world.family.open_errors = [566] * 12
    world.give(cup.reversal(2))
    world.run(3000)
    world.family.open_errors = []
    sale = world.give(cup.sale(3))
    world.run(20)
    assert world.state(sale) == ids.MS_ACKNOWLEDGED and world.arrived("0400") == [2]


def test_reversals_stay_visible_until_a_0410_was_seen():
    world = World()
    world.host.script = [{"silent": True}]
    sale = world.give(cup.sale(2))
    world.run(100)
    world.up = False
    dropped = world.give(cup.reversal(2))
    world.ask(*submit.cancel(dropped))
    for one in (sale, dropped):
        world.ask(*submit.done(one))
    world.boot()
    world.run(100)
    verdicts = [v for v, _ in world.settlement.summary()[ids.REP_VERDICTS]]
    assert verdicts == [ids.V_OUTCOME_UNKNOWN, ids.V_REVERSAL_UNACKNOWLEDGED]
    world.up = True
    again = world.give(cup.reversal(2))
    world.run(30)
    assert world.state(again) == ids.MS_ACKNOWLEDGED
    assert world.settlement.verdict() == 0
    assert world.state(sale) == ids.MS_DONE and world.state(dropped) == ids.MS_DONE


def test_open_ends_never_fill_the_outbox():
    for slots, shown in ((4, 2), (12, 6), (24, 8)):
        world = World(outbox_records=slots, answer_timeout_s=5, linger_s=0)
        for stan in range(2, 30):
            world.host.script = [{"silent": True}]
            sale = world.give(cup.sale(stan))
            world.run(20)
            assert world.state(sale) == ids.MS_UNKNOWN
            world.ask(*submit.done(sale))
            world.run(10)
        forgotten = [args[ids.A_STAN] for args in world.told(ids.E_EXPIRED)]
        assert forgotten == list(range(2, 30 - shown))  # each of them was reported
        assert len(world.settlement.outbox.issues()) == shown


def test_only_the_latest_sign_on_gets_its_answer():
    world = World()
    first = world.give(cup.sign_on(2))
    world.run(30)
    assert world.answer(first)
    second = world.give(cup.sign_on(3))
    assert world.answer(first) is None and world.state(first) == ids.MS_DONE
    world.up = False
    third = world.give(cup.sign_on(4))
    assert world.state(second) == ids.MS_CANCELLED
    assert world.standing(second).why == ids.WHY_REPLACED and world.state(third) == ids.MS_READY


def test_a_message_that_the_agent_cannot_read_is_held_to_the_same_rules():
    world = World(closed_apn=False, opaque_open=True)
    sealed = bytes(range(200))
    world.host.take = lambda frame: [(500, cup.framed(b"\x17\x03\x03 opaque answer"))]
    details = {"flags": ids.MF_OPAQUE, "mti": 400, "stan": 7, "batch": 1}
    reversal = world.give(sealed, **details)
    world.run(30)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED
    assert world.answer(reversal) == b"\x17\x03\x03 opaque answer"
    world.host.take = lambda frame: []
    details["mti"] = 200
    sale = world.give(sealed, **details)
    world.run(100)
    assert world.standing(sale).reversal_due() and len(world.sent) == 2
    assert world.hand_in(sealed, flags=ids.MF_OPAQUE, mti=210, stan=9)[0] == ids.R_REFUSED


def test_slots_are_used_again_and_the_flash_does_not_grow():
    world = World(outbox_records=4)
    for stan in range(2, 40):
        advice = world.give(cup.advice(stan))
        world.run(20)
        world.ask(*submit.done(advice))
    names = world.storage.names()
    assert names == ["om0", "om1", "om2", "om3", "settle", "terminal"]
    world.boot()
    assert world.state(advice) == ids.MS_DONE


def test_fewer_slots_after_a_change_of_the_config_lose_nothing():
    world = _offline(outbox_records=8)
    kept = [world.give(cup.advice(stan)) for stan in range(2, 10)]
    world.config["outbox_records"] = 4
    world.boot()
    assert world.hand_in(cup.advice(20))[0] == ids.R_FULL
    world.up = True
    world.run(300)
    assert [world.state(one) for one in kept] == [ids.MS_ACKNOWLEDGED] * 8


def test_a_mark_that_the_flash_refused_is_written_when_it_takes_it_again():
    world = World()
    reversal = world.give(cup.reversal(1))
    world.run_until(lambda: world.settlement.waiting is not None)
    write = world.storage.write

    def refused(name, data):
        raise OSError(28)

    world.storage.write = refused
    world.run(20)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED
    world.storage.write = write
    world.run(10)
    world.boot()
    world.run(200)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED
    assert world.arrived("0400") == [1]
