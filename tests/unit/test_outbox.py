"""What the application hands in: taken once, kept through restarts, never lost in silence."""

import cup_frames as cup
from dual import raises
from memory_storage import MemoryStorage, PowerCutError
from posagent.core.prng import Prng
from posproto import ids, submit
from settle_world import World


def _offline(**changes):
    world = World(**changes)
    world.up = False
    return world


def test_the_same_message_handed_in_twice_is_taken_once():
    world = World()
    message = cup.advice(2)
    world.hand_in(message, 5)
    result, report = world.hand_in(message, 5)
    assert result == ids.R_OK and report.state == ids.MS_READY
    world.run(30)
    result, report = world.hand_in(message, 5)
    assert result == ids.R_OK and report.state == ids.MS_ACKNOWLEDGED
    world.boot()
    assert world.hand_in(message, 5)[1].state == ids.MS_ACKNOWLEDGED
    world.ask(*submit.done(5))
    assert world.hand_in(message, 5)[1].state == ids.MS_DONE
    world.run(600)
    assert world.arrived("0220") == [2]


def test_an_id_is_never_used_for_another_message():
    world = _offline()
    world.hand_in(cup.advice(2), 5)
    result, report = world.hand_in(cup.advice(3), 5)
    assert result == ids.R_REFUSED and report.why == ids.WHY_ID_IN_USE
    world.boot()
    assert world.hand_in(cup.advice(3), 5)[0] == ids.R_REFUSED
    sales = _offline(key=b"")  # nothing keyed to compare: this boot still knows
    assert sales.hand_in(cup.sale(2), 6)[0] == ids.R_OK
    assert sales.hand_in(cup.sale(3), 6)[0] == ids.R_REFUSED


def test_a_second_one_of_its_kind_and_stan_is_refused_while_the_first_waits():
    world = _offline()
    world.give(cup.sale(2))
    result, report = world.hand_in(cup.sale(2))
    assert result == ids.R_REFUSED and report.why == ids.WHY_SAME_STAN
    assert world.hand_in(cup.reversal(2))[0] == ids.R_OK  # shares the STAN of its sale


def test_parts_count_only_at_their_commit():
    world = _offline()
    message = cup.advice(2)
    requests = list(submit.hand_in(5, message, part_max=20))
    assert len(requests) == 6
    for op, args in requests[:-1]:
        assert world.ask(op, args)[0] == ids.R_OK
    assert world.ask(*submit.query(5))[0] == ids.R_NOT_FOUND and world.storage.files == {}
    world.ask(*requests[2])  # a part that came before does no harm
    assert world.ask(*requests[-1])[0] == ids.R_OK and world.state(5) == ids.MS_READY


def test_parts_that_do_not_fit_are_refused_with_a_reason():
    world = _offline(message_bytes=256)
    message = cup.advice(2)
    requests = list(submit.hand_in(5, message, part_max=20))
    result, value = world.ask(*requests[1])
    assert (result, value[ids.MSG_WHY]) == (ids.R_BAD_REQUEST, ids.WHY_PARTS)
    world.ask(*requests[0])
    result, value = world.ask(*requests[-1])  # most of it is missing
    assert (result, value[ids.MSG_WHY]) == (ids.R_BAD_REQUEST, ids.WHY_PARTS)
    for op, args in requests[1:-1]:
        world.ask(op, args)
    op, args = requests[-1]
    wrong = dict(args)
    wrong[ids.SUB_CRC] ^= 1
    assert world.ask(op, wrong)[0] == ids.R_BAD_REQUEST
    assert world.ask(op, args)[0] == ids.R_OK
    assert world.hand_in(bytes(257))[0] == ids.R_TOO_LONG


def test_parts_of_another_message_start_again():
    world = _offline()
    first = list(submit.hand_in(5, cup.advice(2), part_max=40))
    second = list(submit.hand_in(6, cup.advice(3), part_max=40))
    world.ask(*first[0])
    for request in second:
        assert world.ask(*request)[0] == ids.R_OK
    assert world.ask(*first[1])[0] == ids.R_BAD_REQUEST
    for request in first:
        assert world.ask(*request)[0] == ids.R_OK


def test_what_is_no_message_of_a_terminal_is_refused():
    world = _offline()
    for message, result, why in (
        (b"", ids.R_BAD_REQUEST, ids.WHY_UNPARSED),
        (bytes(80), ids.R_BAD_REQUEST, ids.WHY_UNPARSED),
        (cup.sale(2)[:-1], ids.R_BAD_REQUEST, ids.WHY_UNPARSED),
        (cup.answer(cup.sale(2)), ids.R_REFUSED, ids.WHY_NO_REQUEST),
    ):
        got, report = world.hand_in(message)
        assert (got, report.why) == (result, why), message[:20]
    for wrong in (0, 1 << 32):
        op, args = next(submit.hand_in(wrong, cup.sale(2)))
        assert world.ask(op, args)[0] == ids.R_BAD_REQUEST
    assert world.storage.files == {}
    no_host = _offline(port=0)
    assert no_host.hand_in(cup.sale(2))[1].why == ids.WHY_NO_HOST


def test_withdrawn_before_a_byte_left_and_not_after():
    world = _offline()
    kept = world.give(cup.settlement(2))
    assert world.ask(*submit.cancel(kept))[0] == ids.R_OK
    assert world.ask(*submit.cancel(kept))[0] == ids.R_OK
    assert world.report(kept).may_hand_in_again()
    assert [n for n in world.storage.files if n.startswith("ob")] == []
    assert world.ask(*submit.cancel(99))[0] == ids.R_NOT_FOUND
    world.up = True
    world.run(60)
    assert world.sent == []
    sent = world.give(cup.advice(3))
    world.host.script = [{"silent": True}]
    world.run(10)
    result, value = world.ask(*submit.cancel(sent))
    assert result == ids.R_REFUSED and submit.Report(value).why == ids.WHY_SENT
    world.run(600)
    assert world.state(sent) == ids.MS_ACKNOWLEDGED
    assert world.ask(*submit.cancel(sent))[0] == ids.R_REFUSED


def test_withdrawn_while_the_connection_is_being_opened():
    world = World()
    sale = world.give(cup.sale(2))
    world.run_until(lambda: world.task)
    world.step()
    assert world.ask(*submit.cancel(sale))[0] == ids.R_OK
    world.run(60)
    assert world.sent == []


def test_a_full_outbox_refuses_and_loses_none():
    world = _offline(outbox_records=4)
    kept = [world.give(cup.advice(stan)) for stan in range(2, 6)]
    result, report = world.hand_in(cup.advice(9))
    assert result == ids.R_FULL and report.why == ids.WHY_FULL
    assert world.told(ids.E_OUTBOX_FULL) == [{ids.A_COUNT: 4}]
    assert ids.V_OUTBOX_FULL in [v for v, _ in world.settlement.report()[ids.REP_VERDICTS]]
    world.boot()
    world.up = True
    world.run(200)
    assert [world.state(one) for one in kept] == [ids.MS_ACKNOWLEDGED] * 4
    assert world.hand_in(cup.advice(9))[0] == ids.R_FULL  # their ends were not taken yet
    world.ask(*submit.done(kept[0]))
    assert world.hand_in(cup.advice(9))[0] == ids.R_OK
    assert [world.state(one) for one in kept[1:]] == [ids.MS_ACKNOWLEDGED] * 3


def test_the_bytes_in_the_outbox_are_bounded_too():
    world = _offline(outbox_bytes=1024)
    stan = 2
    while world.hand_in(cup.detail(stan))[0] == ids.R_OK:
        stan += 1
    assert stan - 2 == 1024 // len(cup.detail(2))
    world = _offline(storage=MemoryStorage(capacity=13000))
    assert world.hand_in(cup.detail(2))[0] == ids.R_OK
    assert [world.hand_in(cup.detail(n))[0] for n in range(3, 9)][-1] == ids.R_FULL


def test_a_flash_that_refuses_means_not_accepted():
    for fail_at in (1, 2):
        world = _offline()
        world.storage.fail_at = fail_at
        result, report = world.hand_in(cup.advice(2), 5)
        assert result == ids.R_FLASH and report.why == ids.WHY_FLASH
        assert world.storage.files == {}
        world.boot()
        assert world.ask(*submit.query(5))[0] == ids.R_NOT_FOUND


def test_a_power_cut_while_it_is_handed_in_leaves_it_taken_or_not_there():
    for lose_at in (1, 2, 3):
        world = _offline()
        world.storage.lose_at = lose_at
        try:
            world.hand_in(cup.advice(2), 5)
            taken = True
        except PowerCutError:
            taken = False
        world.storage.lose_at = 0
        world.boot()
        assert taken == (lose_at == 3)
        assert (world.ask(*submit.query(5))[0] == ids.R_OK) == taken
        assert bool(world.storage.names("ob")) == taken
        if not taken:
            assert world.hand_in(cup.advice(2), 5)[0] == ids.R_OK


def test_a_restart_keeps_what_may_be_sent_and_ends_what_may_not():
    world = _offline()
    kept = [world.give(make(n)) for n, make in ((2, cup.reversal), (3, cup.settlement))]
    lost = [world.give(make(n)) for n, make in ((4, cup.sale), (5, cup.sign_on), (6, cup.echo))]
    world.boot()
    assert [world.state(one) for one in kept] == [ids.MS_READY] * 2
    for one in lost:
        assert world.report(one).may_hand_in_again() and world.report(one).why == ids.WHY_RESTART
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


def test_an_answer_that_the_application_never_fetched():
    world = World()
    reversal, sale = world.give(cup.reversal(2)), world.give(cup.sale(3))
    world.run(60)
    world.boot()
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED
    assert world.answer(reversal) == cup.answer(cup.reversal(2))
    report = world.report(sale)  # its answer was in RAM only: nobody can check its MAC now
    assert report.state == ids.MS_UNKNOWN and report.reversal_due() and report.f39 == "00"


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
    assert world.report(sale).reversal_due()
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
    assert world.counters[ids.C_FLASH_ERRORS] == 1


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


def test_expiry_counts_the_time_without_power_where_the_clock_is_known():
    world = _offline()
    world.clock.set_unix(1700000000)
    kept = world.give(cup.advice(2), deadline_s=3600)
    world.boot()
    world.clock.set_unix(1700000000 + 4000)
    world.run(10)
    assert world.state(kept) == ids.MS_NOT_SENT
    assert world.ask(*submit.query(kept))[1][ids.MSG_AGE_S] >= 4000


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
    assert world.told(ids.E_HOST_REFUSED)[0][ids.A_CAUSE] == ids.CAUSE_SOCKET << 8 | 566 & 255
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
    verdicts = [v for v, _ in world.settlement.report()[ids.REP_VERDICTS]]
    assert verdicts == [ids.V_OUTCOME_UNKNOWN, ids.V_REVERSAL_UNACKNOWLEDGED]
    world.up = True
    again = world.give(cup.reversal(2))
    world.run(30)
    assert world.state(again) == ids.MS_ACKNOWLEDGED
    assert world.settlement.verdict() == 0
    assert world.state(sale) == ids.MS_DONE and world.state(dropped) == ids.MS_DONE


def test_open_ends_never_fill_the_outbox():
    world = World(outbox_records=12, answer_timeout_s=5, linger_s=0)
    for stan in range(2, 30):
        world.host.script = [{"silent": True}]
        sale = world.give(cup.sale(stan))
        world.run(20)
        assert world.state(sale) == ids.MS_UNKNOWN
        world.ask(*submit.done(sale))
        world.run(10)
    forgotten = [args[ids.A_STAN] for args in world.told(ids.E_EXPIRED)]
    assert forgotten == list(range(2, 22))  # each of them was reported
    assert len(world.settlement.outbox.issues()) == 8


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
    assert world.report(second).why == ids.WHY_REPLACED and world.state(third) == ids.MS_READY


def test_a_message_that_the_agent_cannot_read_is_held_to_the_same_rules():
    world = World(closed_apn=False)
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
    assert world.report(sale).reversal_due() and len(world.sent) == 2
    assert world.hand_in(sealed, flags=ids.MF_OPAQUE, mti=210, stan=9)[0] == ids.R_REFUSED


def test_slots_are_used_again_and_the_flash_does_not_grow():
    world = World(outbox_records=4)
    for stan in range(2, 40):
        advice = world.give(cup.advice(stan))
        world.run(20)
        world.ask(*submit.done(advice))
    names = world.storage.names()
    assert names == ["om0", "om1", "om2", "om3", "settle"]
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


def test_pending_and_age_are_told_for_the_status():
    world = _offline()
    world.give(cup.advice(2))
    world.run(100)
    world.give(cup.advice(3))
    world.run(50)
    settlement = world.settlement
    assert settlement.pending == 2 and 145 <= settlement.oldest_s <= 151
    assert settlement.last_ack_s is None
    world.up = True
    world.run(60)
    assert settlement.pending == 0 and settlement.oldest_s == 0
    assert 150 <= settlement.last_ack_s <= 160


def test_requests_that_make_no_sense_change_nothing_and_name_no_other_error():
    world = _offline()
    kept = world.give(cup.advice(2))
    before = dict(world.storage.files)
    rng = Prng(3)
    values = (None, -1, 0, 1, kept, 99, 1 << 40, "x", b"", b"12", [], {}, True)
    ops = range(ids.OP_SUBMIT_PART, ids.OP_ANSWER_DONE + 1)
    answered = 0
    for _ in range(4000):
        op = ops[rng.below(6)]
        if op in (ids.OP_CANCEL, ids.OP_ANSWER_DONE):
            op = ids.OP_SUBMIT_COMMIT
        args = {rng.below(11): values[rng.below(len(values))] for _ in range(rng.below(7))}
        if rng.below(20) == 0:
            args = values[rng.below(len(values))]
        try:
            result, _ = world.ask(op, args)
        except (KeyError, TypeError, ValueError, IndexError):
            continue
        answered += 1
        assert result != ids.R_OK or op not in (ids.OP_SUBMIT_COMMIT,), args
    assert answered > 500 and world.storage.files == before
    assert world.state(kept) == ids.MS_READY
