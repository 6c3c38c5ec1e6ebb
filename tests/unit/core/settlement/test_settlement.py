"""The rules R1 to R11 of the settlement watch, each by its name, and what the field adds."""

import cup_frames as cup
from posagent.core.settlement import vault
from posagent.core.settlement.dialect import Wire
from pospractice import soft_aes
from posproto import ids, submit
from settle_world import World


def test_r1_only_the_same_bytes_leave_again():
    world = World()
    message = cup.reversal(2)
    world.host.script = [{"silent": True}, {"silent": True}, {"f39": "91"}]
    reversal = world.give(message)
    world.run(900)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED
    assert len(world.sent) == 4 and set(world.sent) == {cup.framed(message)}


def test_r2_only_the_length_prefix_is_added():
    for prefix, front in (("bin2", 2), ("bcd2", 2), ("ascii4", 4), ("hex4", 4), ("none", 0)):
        world = World(prefix=prefix)
        message = cup.echo(3)
        assert Wire(world.config).wrap(message)[front:] == message


def test_r3_a_sale_is_never_sent_twice_once_a_byte_may_have_left():
    for fault in ("silent", "send fails", "sent but fails", "link lost", "modem restarts"):
        world = World()
        if fault == "silent":
            world.host.script = [{"silent": True}]
        elif fault == "link lost":
            world.host.script = [{"silent": True, "close": True, "delay_ms": 3000}]
        elif fault == "send fails":
            world.family.send_fails = [True]
        elif fault == "sent but fails":
            world.family.send_fails = ["late"]
        sale = world.give(cup.sale(2))
        if fault == "modem restarts":
            world.run_until_sent()
            world.cut_modem()
        world.run(3600)
        standing = world.standing(sale)
        assert standing.state == ids.MS_UNKNOWN and standing.reversal_due(), fault
        assert len(world.sent) == 1, fault
        lost = fault != "silent"
        assert standing.why == (ids.WHY_CONNECTION_LOST if lost else ids.WHY_NO_ANSWER), fault
        (told,) = world.told(ids.E_OUTCOME_UNKNOWN)
        assert told[ids.A_STAN] == 2 and told[ids.A_MTI] == 200
        assert world.settlement.verdict() == ids.V_OUTCOME_UNKNOWN


def test_r3_before_any_byte_left_the_application_may_try_again():
    world = World()
    world.family.open_errors = [566] * 99
    sale = world.give(cup.sale(2))
    world.run(120)
    standing = world.standing(sale)
    assert standing.state == ids.MS_NOT_SENT and standing.may_hand_in_again()
    assert world.sent == [] and len(world.family.opens) > 2
    assert world.told(ids.E_NOT_SENT)[0][ids.A_REASON] == ids.WHY_DEADLINE
    assert world.told(ids.E_OUTCOME_UNKNOWN) == []


def test_what_waits_for_a_connection_goes_out_when_another_one_opened():
    world = World()
    world.family.open_errors = [566] * 7
    advice = world.give(cup.advice(2))
    world.run(600)
    wait_ms = world.settlement.due()
    assert world.state(advice) == ids.MS_READY and wait_ms > 60000
    world.settlement.connects()
    world.run(10)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED


def test_r4_what_states_a_fact_is_repeated_until_it_is_answered():
    for make in (cup.reversal, cup.advice, cup.detail, cup.script_result):
        world = World()
        world.host.script = [{"silent": True}] * 3
        message = world.give(make(2))
        world.run(1800)
        assert world.state(message) == ids.MS_ACKNOWLEDGED, make
        assert len(world.sent) == 4
    world = World()
    world.host.script = [{"silent": True}]
    echo = world.give(cup.echo(2), deadline_s=600)
    world.run(600)
    assert world.state(echo) == ids.MS_ACKNOWLEDGED and len(world.sent) == 2


def test_r4_settlement_and_sign_on_are_repeated_only_by_the_application():
    for make in (cup.settlement, cup.sign_on):
        world = World()
        world.host.script = [{"silent": True}]
        message = world.give(make(2))
        world.run(3600)
        assert world.state(message) == ids.MS_UNKNOWN and len(world.sent) == 1, make
        assert not world.standing(message).reversal_due()
        again = world.give(make(3))
        world.run(60)
        assert world.state(again) == ids.MS_ACKNOWLEDGED


def test_r4_a_refund_is_repeated_only_where_the_application_allows_it():
    for flags, sent, state in (
        (0, 1, ids.MS_UNKNOWN),
        (ids.MF_REPEATABLE, 2, ids.MS_ACKNOWLEDGED),
    ):
        world = World()
        world.host.script = [{"silent": True}]
        refund = world.give(cup.refund(2), flags=flags)
        world.run(1800)
        assert (len(world.sent), world.state(refund)) == (sent, state)


def test_r5_the_reversal_leaves_before_the_next_sale():
    world = World()
    world.host.script = [{"silent": True}, {"silent": True}]
    world.give(cup.sale(2))
    world.run(100)
    world.give(cup.reversal(2))
    world.run(80)  # it got no answer either
    world.give(cup.sale(3), deadline_s=300)
    world.run(300)
    assert world.host.seen == [("0200", 2), ("0400", 2), ("0400", 2), ("0200", 3)]
    assert world.host.charges == {(1, 2): 0, (1, 3): 1}


def test_r5_a_sale_waits_while_a_reversal_is_open_and_is_never_half_sent():
    world = World()
    world.host.script = [{"silent": True}] * 50
    world.give(cup.reversal(2))
    world.run(10)
    sale = world.give(cup.sale(3))
    world.run(300)
    assert world.arrived("0200") == [] and world.state(sale) == ids.MS_NOT_SENT


def test_r5_everything_is_drained_before_the_settlement():
    world = World()
    world.up = False
    for make, stan in (
        (cup.settlement, 9),
        (cup.end_marker, 8),
        (cup.detail, 7),
        (cup.advice, 6),
        (cup.sale, 5),
        (cup.reversal, 4),
        (cup.script_result, 3),
        (cup.sign_on, 2),
    ):
        world.give(make(stan), deadline_s=600)
    world.run(10)
    world.up = True
    world.host.script = [{}, {}, {}, {}, {"silent": True}]  # the advice must be repeated first
    world.run(400)
    order = [mti for mti, _ in world.host.seen]
    assert order[:4] == ["0620", "0400", "0200", "0800"]
    assert order[4:] == ["0220", "0220", "0320", "0320", "0500"]
    assert world.arrived("0320") == [7, 8]


def test_r5_advices_leave_one_at_a_time_and_sales_between_them():
    world = World()
    world.up = False
    for stan in (2, 3, 4):
        world.give(cup.advice(stan))
    world.up = True
    world.run_until_sent()
    world.give(cup.sale(5))
    world.run(60)
    assert world.host.seen == [("0220", 2), ("0200", 5), ("0220", 3), ("0220", 4)]


def test_r6_an_answer_is_matched_by_kind_stan_and_batch():
    for change in (
        {"f11": "000003"},
        {"f60": "22000009000"},
        {"f0": "0230"},
    ):
        world = World()
        world.host.script = [change]
        sale = world.give(cup.sale(2))
        world.run(100)
        assert world.state(sale) == ids.MS_UNKNOWN, change
        assert world.counters[ids.C_ANSWERS_UNMATCHED] == 1
        assert len(world.told(ids.E_UNMATCHED_ANSWER)) == 1


def test_a_host_that_rewrites_terminal_or_merchant_answers_all_the_same():
    changes = (
        {"f41": "TEST0002"},
        {"f41": "TEST001 "},
        {"f42": "999999999999999"},
        {"f4": "1" * 12},
    )
    for change in changes:
        world = World()
        world.host.script = [change, change, change]
        sale = world.give(cup.sale(2))
        world.run(100)
        assert world.state(sale) == ids.MS_ACKNOWLEDGED, change
        remark = world.told(ids.E_ANSWER_DIFFERS)[0]
        assert "f" + remark[ids.A_KEY] in change and remark[ids.A_RECORD] == sale
        mine, theirs = remark[ids.A_TEXT].split(" / ")
        assert mine != theirs and mine.startswith("*") and theirs.startswith("*")
        reversal = world.give(cup.reversal(2))
        world.run(2000)
        assert world.state(reversal) == ids.MS_ACKNOWLEDGED
        assert world.arrived("0400") == [2]  # and not six times in half an hour
        world = World(match="41 42 4")  # an acquirer who wants them equal
        world.host.script = [change]
        sale = world.give(cup.sale(2))
        world.run(100)
        assert world.state(sale) == ids.MS_UNKNOWN


def test_r6_hosts_omit_fields_and_keep_the_repeat_digit():
    for change in ({"f41": None, "f42": None}, {"f60": None}, {"f42": None}):
        world = World()
        world.host.script = [change]
        reversal = world.give(cup.reversal(2))
        world.run(30)
        assert world.state(reversal) == ids.MS_ACKNOWLEDGED, change
    world = World()
    world.host.script = [{"f0": "0411"}]
    reversal = world.give(cup.reversal(2))
    world.run(30)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED


def test_r7_acknowledged_is_not_settled_before_the_end_marker_is():
    world = World()
    world.give(cup.sale(1))
    world.run(30)
    assert world.settlement.batch[ids.MSG_STATE] == ids.SET_OPEN
    settlement = world.give(cup.settlement(2))
    world.run(30)
    assert world.state(settlement) == ids.MS_ACKNOWLEDGED
    assert world.settlement.batch[ids.MSG_STATE] == ids.SET_BALANCED
    world.give(cup.end_marker(3, code=207))
    world.run(30)
    assert world.settlement.batch[ids.MSG_STATE] == ids.SET_CLOSED
    states = [args[ids.A_STATE] for args in world.told(ids.E_SETTLEMENT_STATE)]
    assert states == [ids.SET_OPEN, ids.SET_SENT, ids.SET_BALANCED, ids.SET_CLOSED]


def test_r7_the_application_gets_the_answer_as_it_came():
    world = World()
    message = cup.settlement(2)
    settlement = world.give(message)
    world.run(30)
    assert world.answer(settlement) == cup.answer(message)
    assert world.ask(*submit.done(settlement))[0] == ids.R_OK
    assert world.answer(settlement) is None and world.state(settlement) == ids.MS_DONE


def test_r8_no_sale_ever_reaches_the_flash():
    world = World()
    world.host.script = [{}, {"silent": True}, {}]
    for make in (cup.sale, cup.authorization, cup.balance):
        message = make(world.next_id + 2)
        world.give(message)
        world.run(100)
        _assert_no_trace(world, message)
        _assert_no_trace(world, cup.answer(message))
    assert [name for name in world.storage.files if name[:2] in ("ob", "oa")] == []


def _assert_no_trace(world, message):
    for name in world.storage.files:
        data = world.storage.files[name].replace(b"1121090", b"")  # a reference number may stay
        if name == "terminal":
            assert data == b"TEST0001\n000000000000001"  # of the shop, not of a card
            continue
        for i in range(11, len(message) - 8):
            part = message[i : i + 8]
            assert len(set(part)) < 4 or part not in data, (name, i)


def test_r8_what_is_kept_is_sealed_and_erased_when_acknowledged():
    for make in (cup.advice, cup.detail, cup.reversal, cup.settlement, cup.script_result):
        world = World()
        message = make(2)
        world.up = False
        kept = world.give(message)
        assert [name for name in world.storage.files if name.startswith("ob")] == ["ob0"]
        _assert_no_trace(world, message)
        world.up = True
        world.run(30)
        assert world.state(kept) == ids.MS_ACKNOWLEDGED
        assert [name for name in world.storage.files if name.startswith("ob")] == []
        _assert_no_trace(world, cup.answer(message))


def test_r8_a_board_that_cannot_seal_refuses_and_says_why():
    for cipher, key in ((None, b"k" * 32), (soft_aes.aes, b"")):
        own, vault.aes = vault.aes, None
        try:
            world = World(cipher=cipher, key=key)
        finally:
            vault.aes = own
        result, standing = world.hand_in(cup.reversal(2))
        assert result == ids.R_REFUSED and standing.why == ids.WHY_NO_VAULT
        assert world.storage.files == {}
        sale = world.give(cup.sale(3))  # needs no sealing
        world.run(30)
        assert world.state(sale) == ids.MS_ACKNOWLEDGED


def test_r8_a_reset_reports_unknown_and_the_marker_says_what():
    world = World()
    world.host.script = [{"silent": True}]
    sale = world.give(cup.sale(2, batch=7))
    world.run_until_sent()
    world.boot()
    standing = world.standing(sale)
    assert standing.state == ids.MS_UNKNOWN and standing.reversal_due()
    (told,) = world.told(ids.E_OUTCOME_UNKNOWN)
    assert told[ids.A_STAN] == 2 and told[ids.A_BATCH] == 7 and told[ids.A_MTI] == 200
    assert told[ids.A_REASON] == ids.WHY_RESTART
    world.run(3600)
    assert len(world.sent) == 1


def test_r8_without_a_mark_on_flash_no_byte_leaves():
    world = World()
    world.up = False
    sale = world.give(cup.sale(2))
    world.up = True
    world.storage.fail_at = 1
    world.run(5)
    assert world.sent == [] and world.counters[ids.C_FLASH_ERRORS] == 1
    world.run(120)
    assert world.state(sale) in (ids.MS_NOT_SENT, ids.MS_ACKNOWLEDGED)


def test_r9_no_event_and_no_report_holds_card_data():
    world = World()
    for stan, make in enumerate(
        (cup.sale, cup.reversal, cup.advice, cup.detail, cup.settlement, cup.sign_on)
    ):
        world.give(make(stan + 2))
        world.run(30)
    summary = world.settlement.summary()
    assert summary.pop(ids.REP_TERMINAL) == ["TEST0001", "000000000000001"]
    text = repr(world.events) + repr(summary)
    for secret in (cup.PAN, cup.PAN[6:-4], "622202", "eeee", "5a5a", "d3012201", "12345,"):
        assert secret not in text.lower(), secret


def test_r10_plain_tcp_needs_a_closed_apn():
    world = World(closed_apn=False)
    for make in (cup.sale, cup.settlement, cup.sign_on):
        result, standing = world.hand_in(make(2))
        assert result == ids.R_REFUSED and standing.why == ids.WHY_OPEN_NETWORK
    opaque = {"flags": ids.MF_OPAQUE, "mti": 200, "stan": 2}
    assert world.hand_in(cup.sale(2), **opaque)[0] == ids.R_REFUSED
    world = World(closed_apn=False, opaque_open=True)  # its owner says that they are encrypted
    assert world.hand_in(cup.sale(2), **opaque)[0] == ids.R_OK
    assert World(closed_apn=False, tls=True).hand_in(cup.sale(2))[0] == ids.R_OK


def test_r11_an_unknown_code_stops_the_repeats():
    for f39 in ("ZZ", "30", "12", "A0", "13"):
        world = World()
        world.host.script = [{"f39": f39}] * 5
        reversal = world.give(cup.reversal(2))
        world.run(7200)
        assert world.state(reversal) == ids.MS_REFUSED and len(world.sent) == 1, f39
        assert world.told(ids.E_REFUSED)[0][ids.A_F39] == f39


def test_r11_only_retry_codes_are_repeated_by_timer():
    for f39 in ("91", "96", "98", "68", "90"):
        world = World()
        world.host.script = [{"f39": f39}] * 2
        advice = world.give(cup.advice(2))
        world.run(1800)
        assert world.state(advice) == ids.MS_ACKNOWLEDGED and len(world.sent) == 3
        assert len(world.told(ids.E_REPEAT_LATER)) == 2
    world = World()
    world.host.script = [{"f39": "91"}]
    sale = world.give(cup.sale(2))
    world.run(1800)
    assert world.state(sale) == ids.MS_REFUSED and len(world.sent) == 1  # a decline is final
    for flags, sent in ((0, 1), (ids.MF_REPEATABLE, 2)):
        world = World()
        world.host.script = [{"f39": "91"}]
        world.give(cup.refund(2), flags=flags)
        world.run(1800)
        assert len(world.sent) == sent
    assert world.ask(ids.OP_SUBMIT_COMMIT, {ids.SUB_ID: 5})[0] == ids.R_BAD_REQUEST
