"""What the application hands in: taken once, refused with a reason, never lost in silence."""

import cup_frames as cup
from memory_storage import MemoryStorage, PowerCutError
from posagent.core.life.prng import Prng
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
    result, standing = world.hand_in(message, 5)
    assert result == ids.R_OK and standing.state == ids.MS_READY
    world.run(30)
    result, standing = world.hand_in(message, 5)
    assert result == ids.R_OK and standing.state == ids.MS_ACKNOWLEDGED
    world.boot()
    assert world.hand_in(message, 5)[1].state == ids.MS_ACKNOWLEDGED
    world.ask(*submit.done(5))
    assert world.hand_in(message, 5)[1].state == ids.MS_DONE
    world.run(600)
    assert world.arrived("0220") == [2]


def test_an_id_is_never_used_for_another_message():
    world = _offline()
    world.hand_in(cup.advice(2), 5)
    result, standing = world.hand_in(cup.advice(3), 5)
    assert result == ids.R_REFUSED and standing.why == ids.WHY_ID_IN_USE
    world.boot()
    assert world.hand_in(cup.advice(3), 5)[0] == ids.R_REFUSED
    sales = _offline(key=b"")  # nothing keyed to compare: this boot still knows
    assert sales.hand_in(cup.sale(2), 6)[0] == ids.R_OK
    assert sales.hand_in(cup.sale(3), 6)[0] == ids.R_REFUSED


def test_a_second_one_of_its_kind_and_stan_is_refused_while_the_first_waits():
    world = _offline()
    world.give(cup.sale(2))
    result, standing = world.hand_in(cup.sale(2, amount=200))
    assert result == ids.R_REFUSED and standing.why == ids.WHY_SAME_STAN
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
        got, standing = world.hand_in(message)
        assert (got, standing.why) == (result, why), message[:20]
    for wrong in (0, 1 << 32):
        op, args = next(submit.hand_in(wrong, cup.sale(2)))
        assert world.ask(op, args)[0] == ids.R_BAD_REQUEST
    assert world.storage.files == {}
    no_host = _offline(port=0)
    assert no_host.hand_in(cup.sale(2))[1].why == ids.WHY_NO_HOST


def test_what_the_application_calls_protected_leaves_no_open_network_unless_told():
    """R10 was gone around by a flag of the application."""
    for changes, result in (
        ({}, ids.R_REFUSED),
        ({"opaque_open": True}, ids.R_OK),
        ({"tls": True}, ids.R_OK),
    ):
        world = _offline(closed_apn=False, **changes)
        flags = {"flags": ids.MF_OPAQUE, "mti": 220, "stan": 2}
        assert world.hand_in(b"protected bytes", **flags)[0] == result, changes


def test_withdrawn_before_a_byte_left_and_not_after():
    world = _offline()
    kept = world.give(cup.settlement(2))
    assert world.ask(*submit.cancel(kept))[0] == ids.R_OK
    assert world.ask(*submit.cancel(kept))[0] == ids.R_OK
    assert world.standing(kept).may_hand_in_again()
    assert [n for n in world.storage.files if n.startswith("ob")] == []
    assert world.ask(*submit.cancel(99))[0] == ids.R_NOT_FOUND
    world.up = True
    world.run(60)
    assert world.sent == []
    sent = world.give(cup.advice(3))
    world.host.script = [{"silent": True}]
    world.run(10)
    result, value = world.ask(*submit.cancel(sent))
    assert result == ids.R_REFUSED and submit.Standing(value).why == ids.WHY_SENT
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
    result, standing = world.hand_in(cup.advice(9))
    assert result == ids.R_FULL and standing.why == ids.WHY_FULL
    assert world.told(ids.E_OUTBOX_FULL) == [{ids.A_COUNT: 4}]
    assert ids.V_OUTBOX_FULL in [v for v, _ in world.settlement.summary()[ids.REP_VERDICTS]]
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
        result, standing = world.hand_in(cup.advice(2), 5)
        assert result == ids.R_FLASH and standing.why == ids.WHY_FLASH
        assert world.storage.files == {}
        world.boot()
        assert world.ask(*submit.query(5))[0] == ids.R_NOT_FOUND


def test_a_power_cut_while_it_is_handed_in_leaves_it_taken_or_not_there():
    for lose_at in (1, 2, 3, 4):
        world = _offline()
        world.storage.lose_at = lose_at
        try:
            world.hand_in(cup.advice(2), 5)
            told = True
        except PowerCutError:
            told = False
        world.storage.lose_at = 0
        world.boot()
        assert told == (lose_at == 4)
        taken = lose_at > 2  # in the third write only the terminal's own number is lost
        assert (world.ask(*submit.query(5))[0] == ids.R_OK) == taken
        assert bool(world.storage.names("ob")) == taken
        if not taken:
            assert world.hand_in(cup.advice(2), 5)[0] == ids.R_OK


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
    ops = range(ids.OP_SUBMIT_PART, ids.OP_ENDS + 1)
    answered = 0
    for _ in range(4000):
        op = ops[rng.below(len(ops))]
        if op in (ids.OP_CANCEL, ids.OP_ANSWER_DONE):
            op = ids.OP_SUBMIT_COMMIT
        args = {rng.below(11): values[rng.below(len(values))] for _ in range(rng.below(7))}
        result, _ = world.ask(op, args)
        answered += result != ids.R_BAD_REQUEST
        assert result != ids.R_OK or op not in (ids.OP_SUBMIT_COMMIT,), args
    assert answered > 50 and world.storage.files == before
    assert world.state(kept) == ids.MS_READY


def test_the_same_bytes_under_another_id_are_not_sent_again():
    # The application restarts behind the answer, forgets its number and hands in again.
    for build, mti in (
        (cup.sale, "0200"),
        (cup.authorization, "0100"),
        (cup.advice, "0220"),
        (cup.refund, "0220"),
        (cup.reversal, "0400"),
        (cup.settlement, "0500"),
    ):
        for silent in (False, True):
            for taken in (False, True):
                for cut in (False, True):
                    world = World(attempts_max=1, answer_timeout_s=5, settle_timeout_s=5)
                    world.host.script = [{"silent": True}] if silent else []
                    first = world.give(build(2))
                    world.run(60)
                    if taken:
                        world.ask(*submit.done(first))
                    ended = world.state(first)
                    if cut:
                        world.boot()
                    result, standing = world.hand_in(build(2))
                    again = ended == ids.MS_EXPIRED  # it may be repeated by nature
                    wanted = (ids.R_OK, first + 1) if again else (ids.R_KNOWN, first)
                    assert (result, standing.id) == wanted, (mti, silent, taken, cut)
                    world.run(600)
                    sent = 2 if again else 1
                    assert len(world.arrived(mti)) == sent, (mti, silent, taken, cut)
                    charged = max(list(world.host.charges.values()) or [0])
                    assert charged <= 1, (mti, silent, taken, cut)


def test_the_answer_to_known_bytes_can_be_fetched_under_the_old_id():
    world = World()
    first = world.give(cup.sale(2))
    world.run(30)
    result, standing = world.hand_in(cup.sale(2))
    assert (result, standing.id, standing.state) == (ids.R_KNOWN, first, ids.MS_ACKNOWLEDGED)
    assert world.answer(standing.id)


def test_bytes_of_which_none_ever_left_may_be_handed_in_again():
    for end in ("cancel", "deadline", "restart"):
        world = _offline()
        first = world.give(cup.sale(2), deadline_s=60)
        if end == "cancel":
            world.ask(*submit.cancel(first))
        elif end == "restart":
            world.boot()
        world.run(120)
        assert world.state(first) in (ids.MS_NOT_SENT, ids.MS_CANCELLED), end
        world.ask(*submit.done(first))
        world.boot()
        result, standing = world.hand_in(cup.sale(2))
        assert (result, standing.state) == (ids.R_OK, ids.MS_READY), end


def test_without_any_key_a_message_of_the_same_length_is_still_another_one():
    for cut in (False, True):
        world = _offline(key=b"")
        first = world.give(cup.sale(2))
        if cut:
            world.boot()
        result, standing = world.hand_in(cup.sale(3, amount=700), first)
        assert (result, standing.why) == (ids.R_REFUSED, ids.WHY_ID_IN_USE), cut
        if not cut:
            assert world.hand_in(cup.sale(2), first)[0] == ids.R_OK


def test_answers_that_nobody_takes_leave_room_for_two_messages_in_ram_and_no_more():
    """Sales and their answers are kept in RAM alone: two dozen long answers took all there was."""
    world = World(message_bytes=512)
    long = {"f62": b"\x22" * 300}
    given = []
    result = ids.R_OK
    while result == ids.R_OK and len(given) < 24:
        world.host.script = [long]
        result, standing = world.hand_in(cup.sale(len(given) + 2))
        if result == ids.R_OK:
            given.append(standing.id)
            world.run(60)
    assert result == ids.R_FULL and 2 <= len(given) <= 4
    assert world.hand_in(cup.advice(90))[0] == ids.R_OK  # that one is kept on flash
    for message_id in given:
        assert world.answer(message_id)
        world.ask(*submit.done(message_id))
    assert world.hand_in(cup.sale(91))[0] == ids.R_OK
