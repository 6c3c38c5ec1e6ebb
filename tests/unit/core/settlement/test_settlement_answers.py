"""Answers late, twice, damaged, for nobody, or in time: settlement watch, 3.4 and 8.4."""

import cup_frames as cup
from posproto import ids, submit
from settle_world import World


def test_a_late_approval_is_no_approval():
    world = World()
    world.host.script = [{"delay_ms": 63000}]
    sale = world.give(cup.sale(2))
    world.run(100)
    standing = world.standing(sale)
    assert standing.state == ids.MS_UNKNOWN and standing.reversal_due()
    assert standing.flags & ids.MF_LATE and standing.f39 == "00"
    (told,) = world.told(ids.E_LATE_ANSWER)
    assert 62000 <= told[ids.A_ELAPSED_MS] <= 65000 and told[ids.A_REASON] == ids.WHY_NO_ANSWER
    assert world.answer(sale) == cup.answer(cup.sale(2))
    assert world.told(ids.E_ACKNOWLEDGED) == [] and world.counters[ids.C_ANSWERS_LATE] == 1


def test_a_late_word_to_wait_announces_no_repeat_of_what_is_over():
    """It was told that the advice leaves again in so many seconds, and it never did."""
    world = World()
    world.host.script = [{"delay_ms": 63000, "f39": "91"}]  # issuer or switch inoperative
    advice = world.give(cup.advice(2), deadline_s=30)
    world.run(7200)
    assert world.told(ids.E_EXPIRED) and world.told(ids.E_LATE_ANSWER)
    assert world.told(ids.E_REPEAT_LATER) == [] and len(world.sent) == 1
    standing = world.standing(advice)
    assert standing.state == ids.MS_REFUSED and standing.f39 == "91"
    assert len(world.told(ids.E_REFUSED)) == 1


def test_an_approval_after_its_reversal_left_is_counted_and_dropped():
    world = World()
    world.host.script = [{"silent": True}, {"delay_ms": 3000}]
    message = cup.sale(2)
    sale = world.give(message)
    world.run(62)  # its time is over, the connection still open for a moment
    reversal = world.give(cup.reversal(2))
    world.run_until_sent()
    world.family.say(cup.framed(cup.answer(message)))
    world.run(60)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED
    (told,) = world.told(ids.E_LATE_ANSWER)
    assert told[ids.A_REASON] == ids.WHY_REVERSED
    assert world.answer(sale) is None and world.state(sale) == ids.MS_UNKNOWN


def test_a_0410_for_nothing_outstanding_is_ignored():
    world = World()
    world.host.script = [{"delay_ms": 3000}]
    advice = world.give(cup.advice(2))
    world.run_until_sent()
    world.family.say(cup.framed(cup.answer(cup.reversal(77))))
    world.run(60)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED
    assert world.told(ids.E_UNMATCHED_ANSWER) == [{ids.A_MTI: 410, ids.A_STAN: 77}]


def test_of_two_answers_the_first_is_delivered_and_the_second_counted():
    world = World()
    world.up = False
    first, second = cup.advice(2), cup.advice(3)
    one, two = world.give(first), world.give(second)
    world.up = True
    world.host.script = [{"twice": True}, {"delay_ms": 2000}]
    world.run(60)
    assert world.answer(one) == cup.answer(first) and world.answer(two) == cup.answer(second)
    assert world.counters[ids.C_ANSWERS_DUPLICATE] == 1
    assert len(world.told(ids.E_ACKNOWLEDGED)) == 2


def test_leftovers_of_the_exchange_before_do_not_answer_this_one():
    world = World()
    world.host.script = [{"f11": "000009", "twice": True}, {}]
    sale = world.give(cup.sale(2))
    world.run(100)
    assert world.state(sale) == ids.MS_UNKNOWN
    assert world.counters[ids.C_ANSWERS_UNMATCHED] == 2


def test_two_dozen_ended_messages_hold_no_parsed_request_and_a_late_approval_is_still_known():
    """Parsed requests of what had long ended took a seventh of a board's free memory."""
    world = World()
    world.host.script = [{}] * 8 + [{"silent": True}]
    for stan in range(1, 9):
        sale = world.give(cup.sale(stan))
        world.run(30)
        assert world.state(sale) == ids.MS_ACKNOWLEDGED
    unknown = world.give(cup.sale(9, amount=777))
    world.run(200)
    assert world.state(unknown) == ids.MS_UNKNOWN
    assert [r.request for r in world.settlement.outbox.records] == [None] * 9
    late = cup.framed(cup.answer(cup.sale(9, amount=777)))
    again = cup.framed(cup.answer(cup.sale(8)))
    other = cup.framed(cup.answer(cup.sale(8, amount=99)))
    world.host.script = [{"silent": True}]
    world.give(cup.sale(10))
    world.run_until_sent()
    for frame in (late, again, other):
        world.family.say(frame)
    world.run(100)
    counters = world.counters
    assert counters[ids.C_ANSWERS_LATE] == 1 and world.standing(unknown).flags & ids.MF_LATE
    assert counters[ids.C_ANSWERS_DUPLICATE] == 2 and not counters[ids.C_ANSWERS_UNMATCHED]


def test_f39_94_on_an_advice_is_delivered_on_anything_else_refused():
    world = World()
    world.host.script = [{"silent": True}]  # it was booked, the answer was lost
    advice = world.give(cup.advice(2))
    world.run(300)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED and world.standing(advice).f39 == "94"
    assert world.host.advices == {(1, 2): 1}
    world.host.script = [{"f39": "94"}]
    settlement = world.give(cup.settlement(3))
    world.run(60)
    assert world.state(settlement) == ids.MS_REFUSED


def test_the_own_request_echoed_or_a_0620_is_refused_not_unanswered():
    for mti in ("0400", "0620"):
        world = World()
        world.host.script = [{"f0": mti}] * 9
        reversal = world.give(cup.reversal(2))
        world.run(3600)
        standing = world.standing(reversal)
        assert (standing.state, standing.why) == (ids.MS_REFUSED, ids.WHY_REJECTED), mti
        assert len(world.sent) == 1


def test_f39_25_on_a_reversal_means_nothing_to_undo():
    world = World()
    world.host.script = [{"f39": "25"}]
    reversal = world.give(cup.reversal(2))
    world.run(60)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED and world.settlement.verdict() == 0


def test_an_answer_cut_by_a_byte_is_unparsed_and_closes_the_connection():
    world = World()
    world.host.script = [{"spoil": lambda answer: answer[:-1]}]
    reversal = world.give(cup.reversal(2))
    world.run(10)
    assert world.counters[ids.C_ANSWERS_UNPARSED] == 1 and not world.family.open
    assert world.state(reversal) == ids.MS_SENT and len(world.told(ids.E_UNPARSED_ANSWER)) == 1
    assert world.settlement.verdict() == ids.V_ANSWER_UNPARSED
    world.run(300)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED and len(world.family.opens) == 2
    assert world.settlement.verdict() == 0


def test_an_unparsed_answer_to_a_sale_leaves_it_unknown():
    world = World()
    world.host.script = [{"spoil": lambda answer: answer + b"\0"}]
    sale = world.give(cup.sale(2))
    world.run(10)
    assert world.standing(sale).reversal_due() and not world.family.open


def test_a_prefix_that_lies_costs_the_time_limit_not_the_agent():
    world = World()
    advice = world.give(cup.advice(2))
    answer = cup.framed(cup.answer(cup.advice(2)))
    longer = (len(answer)).to_bytes(2, "big") + answer[2:]  # counts itself
    take, world.host.take = world.host.take, lambda frame: [(500, longer)]
    world.run(70)
    assert world.state(advice) == ids.MS_SENT
    world.host.take = take
    world.run(300)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED
    world = World()
    world.host.take = lambda frame: [(500, b"\xff\xff" + bytes(600))]
    world.give(cup.advice(2))
    world.run(10)
    assert not world.family.open and world.counters[ids.C_ANSWERS_UNPARSED] == 1


def test_an_answer_in_single_bytes_and_keep_alives_is_read():
    world = World()
    message = cup.advice(2)
    data = b"\0\0" + cup.framed(cup.answer(message)) + b"\0\0"
    world.host.take = lambda frame: [(500 + i * 40, data[i : i + 1]) for i in range(len(data))]
    advice = world.give(message)
    world.run(60)
    assert world.answer(advice) == cup.answer(message)


def test_a_host_that_closes_right_behind_its_answer_is_heard():
    world = World()
    world.host.script = [{"close": True}]
    settlement = world.give(cup.settlement(2))
    world.run(60)
    assert world.state(settlement) == ids.MS_ACKNOWLEDGED


def test_a_host_that_closes_in_between_is_called_again_for_the_rest():
    world = World()
    world.up = False
    ids_ = [world.give(cup.advice(stan)) for stan in (2, 3, 4)]
    world.up = True
    world.host.script = [{"close": True}]
    world.run(300)
    assert [world.state(one) for one in ids_] == [ids.MS_ACKNOWLEDGED] * 3
    assert len(world.family.opens) in (2, 3)


def test_a_closed_connection_ends_the_wait_at_once():
    world = World()
    world.host.script = [{"silent": True, "close": True, "delay_ms": 2000}]
    sale = world.give(cup.sale(2))
    world.run(10)
    assert world.standing(sale).why == ids.WHY_CONNECTION_LOST
    world = World()
    world.host.script = [{"silent": True}]
    sale = world.give(cup.sale(2))
    world.run_until_sent()
    world.settlement.on_socket(True, 0)
    world.run(10)
    assert world.standing(sale).why == ids.WHY_CONNECTION_LOST


def test_a_late_0510_settles_what_was_handed_back_as_unknown():
    world = World()
    world.host.script = [{"delay_ms": 95000}]
    settlement = world.give(cup.settlement(2))
    world.run(92)
    assert world.state(settlement) == ids.MS_UNKNOWN
    assert world.settlement.verdict() == ids.V_SETTLEMENT_UNKNOWN
    world.run(30)
    assert world.state(settlement) == ids.MS_ACKNOWLEDGED
    assert world.standing(settlement).flags & ids.MF_LATE
    assert world.settlement.verdict() == 0


def test_a_late_0410_stops_the_repeats_at_once():
    world = World()
    world.host.script = [{"delay_ms": 62000}]
    reversal = world.give(cup.reversal(2))
    world.run(3600)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED and len(world.sent) == 1


def test_repeats_stop_when_the_application_withdraws():
    world = World(answer_timeout_s=20)
    world.host.script = [{"silent": True}] * 9
    advice = world.give(cup.advice(2))
    world.run(40)
    assert world.ask(*submit.cancel(advice))[0] == ids.R_OK
    standing = world.standing(advice)
    assert (standing.state, standing.why) == (ids.MS_EXPIRED, ids.WHY_WITHDRAWN)
    assert not standing.may_hand_in_again()
    world.run(3600)
    assert len(world.sent) == 1


def test_the_hosts_orders_are_told_once():
    world = World()
    world.host.script = [{"order": 3}, {"order": 3}, {}, {"order": 1}]
    for stan in range(2, 6):
        world.give(cup.advice(stan))
        world.run(30)
    assert world.told(ids.E_HOST_ORDER) == [{ids.A_STATE: 3}, {ids.A_STATE: 1}]


def test_what_the_host_says_of_the_terminal_holds_until_it_takes_again():
    for f39, verdict in (
        ("97", ids.V_TERMINAL_DEACTIVATED),
        ("58", ids.V_TERMINAL_DEACTIVATED),
        ("03", ids.V_MERCHANT_UNKNOWN),
        ("A0", ids.V_KEYS_OUT_OF_STEP),
        ("99", ids.V_KEYS_OUT_OF_STEP),
        ("77", ids.V_BATCH_OUT_OF_STEP),
        ("96", ids.V_HOST_MAINTENANCE),
    ):
        world = World()
        world.host.script = [{"f39": f39}, {"f39": "05"}]
        for stan in (2, 3):
            world.give(cup.sale(stan))
            world.run(30)
            assert world.settlement.verdict() == verdict, f39
        cause = world.settlement.summary()[ids.REP_VERDICTS][0][1]
        assert cause == ids.CAUSE_F39 << 8 | int(f39, 36)
        world.give(cup.sign_on(4))
        world.run(30)
        assert world.settlement.verdict() == 0
        assert world.told(ids.E_HOST_TAKES_AGAIN) == [{ids.A_VERDICT: verdict}]


def test_an_outage_that_nobody_met_again_is_forgotten_a_deactivation_is_not():
    for f39, left in (("91", 0), ("97", ids.V_TERMINAL_DEACTIVATED)):
        world = World()
        world.host.script = [{"f39": f39}]
        world.give(cup.sale(2))
        world.run(4000)
        assert world.settlement.verdict() == left


def test_the_acquirers_own_codes_are_taken_from_the_config():
    world = World(f39_groups="ZZ=R 05=A")
    world.host.script = [{"f39": "ZZ"}, {"f39": "05"}]
    advice = world.give(cup.advice(2))
    world.run(600)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED and len(world.sent) == 2


def test_codes_of_any_characters_do_no_harm():
    for f39 in ("?!", "  ", "-1", "+9", "1_"):
        world = World()
        world.host.script = [{"f39": f39}]
        reversal = world.give(cup.reversal(2))
        world.run(60)
        assert world.state(reversal) == ids.MS_REFUSED
        verdicts = world.settlement.summary()[ids.REP_VERDICTS]
        assert verdicts == [[ids.V_REVERSAL_UNACKNOWLEDGED, 0]]


def test_the_modem_restarting_at_any_step_of_an_exchange_loses_nothing():
    for make in (cup.reversal, cup.settlement, cup.sale):
        steps = 0
        while True:
            world = World()
            message = world.give(make(2))
            world.run_until(lambda: world.task)  # noqa: B023
            for _ in range(steps):
                if world.task is None:
                    break
                world.step()
            if world.task is None:
                break
            world.cut_modem()
            world.run(600)
            left = len(world.sent)
            state = world.state(message)
            if make is cup.reversal:
                assert state == ids.MS_ACKNOWLEDGED and left in (1, 2)
            else:
                assert left <= 1  # cut while it was handed to the modem: it may have left
                assert state in (ids.MS_ACKNOWLEDGED, ids.MS_UNKNOWN), (steps, state)
            assert world.settlement.waiting is None
            steps += 1
        assert steps > 5
