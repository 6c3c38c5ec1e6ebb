"""The settlement of a batch: states of 7.3, the two dialects' ways, and what is left to tell."""

import cup_frames as cup
from posproto import ids, submit
from settle_world import World

_UNBALANCED = "%012d%03d%012d%03d2" % (12345, 1, 0, 0) + "0" * 30 + "1"


def _state(world):
    return world.settlement.batch[ids.MSG_STATE]


def _send(world, message, **step):
    if step:
        world.host.script = [step]
    one = world.give(message)
    world.run(120)
    return one


def test_open_after_the_first_sale_and_late_after_a_day():
    world = World()
    world.ask(*submit.done(_send(world, cup.sale(2))))
    assert _state(world) == ids.SET_OPEN and world.settlement.verdict() == 0
    world.run(25 * 3600)
    assert world.settlement.verdict() == ids.V_NOT_SETTLED
    world.boot()
    assert _state(world) == ids.SET_OPEN
    _send(world, cup.settlement(3))
    assert world.settlement.verdict() == 0


def test_declines_and_inquiries_open_no_batch():
    world = World()
    _send(world, cup.sale(2), f39="51")
    _send(world, cup.balance(3))
    _send(world, cup.sign_on(4))
    assert _state(world) == ids.SET_NONE


def test_sent_without_an_answer_is_unknown_at_once_and_survives_a_restart():
    world = World()
    one = _send(world, cup.settlement(9, batch=7), silent=True)
    assert _state(world) == ids.SET_NO_ANSWER
    assert world.settlement.verdict() == ids.V_SETTLEMENT_UNKNOWN
    assert len(world.sent) == 1 and world.state(one) == ids.MS_UNKNOWN
    world.boot()
    assert world.settlement.verdict() == ids.V_SETTLEMENT_UNKNOWN
    world.ask(*submit.done(one))
    world.run(100)
    assert world.settlement.verdict() == ids.V_SETTLEMENT_UNKNOWN  # until somebody settles
    summary = world.settlement.summary()[ids.REP_SETTLEMENT]
    assert summary[ids.MSG_BATCH] == 7 and summary[ids.MSG_STAN] == 9
    _send(world, cup.settlement(10, batch=7))
    assert _state(world) == ids.SET_BALANCED and world.settlement.verdict() == 0


def test_power_that_fails_after_the_0500_left_is_unknown_too():
    world = World()
    world.host.script = [{"silent": True}]
    world.give(cup.settlement(9))
    world.run_until_sent()
    world.boot()
    assert _state(world) == ids.SET_NO_ANSWER
    assert world.settlement.verdict() == ids.V_SETTLEMENT_UNKNOWN


def test_refused_with_its_code():
    world = World()
    _send(world, cup.settlement(2), f39="30")
    assert _state(world) == ids.SET_REFUSED
    cause = ids.CAUSE_F39 << 8 | int("30", 36)
    assert world.settlement.summary()[ids.REP_VERDICTS] == [[ids.V_SETTLEMENT_REFUSED, cause]]


def test_unbalanced_then_uploaded_is_closed_after_upload():
    world = World()
    _send(world, cup.sale(1))
    _send(world, cup.settlement(2), f48=_UNBALANCED)
    assert _state(world) == ids.SET_UNBALANCED
    assert world.settlement.verdict() == ids.V_SETTLEMENT_UNBALANCED
    assert world.settlement.summary()[ids.REP_SETTLEMENT][ids.MSG_FLAGS] == 0x21
    _send(world, cup.detail(3))
    assert _state(world) == ids.SET_UPLOADING
    _send(world, cup.end_marker(4, code=202))
    assert _state(world) == ids.SET_CLOSED_AFTER_UPLOAD and world.settlement.verdict() == 0
    assert world.told(ids.E_END_MISMATCH) == []


def test_an_upload_that_stops_half_way_is_incomplete():
    world = World()
    _send(world, cup.settlement(2), f48=_UNBALANCED)
    _send(world, cup.detail(3))
    world.run(700)
    assert _state(world) == ids.SET_UPLOADING
    assert world.settlement.verdict() == ids.V_UPLOAD_INCOMPLETE
    world = World()
    _send(world, cup.settlement(2), f48=_UNBALANCED)
    world.run(700)
    assert world.settlement.verdict() == ids.V_UPLOAD_INCOMPLETE


def test_an_end_marker_that_is_refused_or_never_answered_is_incomplete():
    world = World()
    _send(world, cup.settlement(2), f48=_UNBALANCED)
    _send(world, cup.end_marker(4), f39="30")
    assert _state(world) == ids.SET_UPLOAD_INCOMPLETE
    _send(world, cup.end_marker(5))
    assert _state(world) == ids.SET_CLOSED_AFTER_UPLOAD
    world = World()
    _send(world, cup.settlement(2), f48=_UNBALANCED)
    world.host.script = [{"silent": True}] * 9
    world.give(cup.end_marker(4), deadline_s=200)
    world.run(60)
    world.boot()
    world.run(300)
    assert _state(world) == ids.SET_UPLOAD_INCOMPLETE
    assert ids.V_UPLOAD_INCOMPLETE in [v for v, _ in world.settlement.summary()[ids.REP_VERDICTS]]


def test_an_end_marker_that_contradicts_the_flags_is_told():
    world = World()
    _send(world, cup.settlement(2))
    _send(world, cup.end_marker(3, code=202))
    (told,) = world.told(ids.E_END_MISMATCH)
    assert told[ids.A_STATE] == ids.SET_BALANCED
    world = World()
    _send(world, cup.settlement(2), f48=_UNBALANCED)
    _send(world, cup.end_marker(3, code=207))
    assert len(world.told(ids.E_END_MISMATCH)) == 1


def test_an_accepted_0510_without_flags_is_answered_not_closed():
    world = World()
    _send(world, cup.settlement(2), f48=None)
    assert _state(world) == ids.SET_NO_FLAGS


def test_only_chip_certificates_uploaded_is_closed():
    world = World()
    _send(world, cup.settlement(2))
    _send(world, cup.detail(3))
    _send(world, cup.end_marker(4, code=207))
    assert _state(world) == ids.SET_CLOSED


def test_the_next_sale_opens_the_next_batch():
    world = World()
    _send(world, cup.sale(1, batch=1))
    _send(world, cup.settlement(2, batch=1))
    _send(world, cup.sale(3, batch=1))
    assert _state(world) == ids.SET_BALANCED  # its end marker is still to come
    _send(world, cup.sale(4, batch=2))
    assert _state(world) == ids.SET_OPEN
    assert world.settlement.batch[ids.MSG_BATCH] == 2


def test_sales_do_not_hide_a_settlement_that_is_in_doubt():
    world = World()
    _send(world, cup.settlement(2), silent=True)
    _send(world, cup.sale(3, batch=2))
    assert world.settlement.verdict() == ids.V_SETTLEMENT_UNKNOWN


def test_the_state_costs_few_writes():
    world = World()
    _send(world, cup.sale(1))
    before = world.storage.files["settle"]
    for stan in range(2, 9):
        _send(world, cup.sale(stan))
    assert world.storage.files["settle"] == before


def test_a_damaged_state_file_starts_anew():
    world = World()
    _send(world, cup.settlement(2))
    world.storage.files["settle"] = b"\x01" * 70
    world.boot()
    assert _state(world) == ids.SET_NONE


def _nac_answer(f39):
    """0510 of the NAC dialect, built by hand: F3 F11 F12 F13 F24 F37 F39 F41."""

    def take(frame):
        stan = frame[5 + 2 + 8 + 3 : 5 + 2 + 8 + 3 + 3]
        body = b"\x05\x10" + (
            1 << 64 - 3 | 1 << 64 - 11 | 1 << 64 - 12 | 1 << 64 - 13 | 1 << 64 - 24
            | 1 << 64 - 37 | 1 << 64 - 39 | 1 << 64 - 41
        ).to_bytes(8, "big")  # fmt: skip
        body += frame[15:18] + stan + b"\x09\x01\x10\x11\x21\x00\x03112109000003"
        body += f39.encode() + b"TEST0001"
        return [(500, cup.framed(b"\x60\x00\x00\x00\x03" + body))]

    return take


def _nac_settlement(stan, code):
    bits = (1 << 64 - 3 | 1 << 64 - 11 | 1 << 64 - 24 | 1 << 64 - 41).to_bytes(8, "big")
    digits = bytes([code, 0, 0, 0, 0, stan])
    return b"\x60\x00\x03\x00\x00" + b"\x05\x00" + bits + digits + b"\x00\x03TEST0001"


def test_a_refused_reversal_or_advice_is_told_until_its_batch_is_closed():
    for make, verdict in (
        (cup.reversal, ids.V_REVERSAL_UNACKNOWLEDGED),
        (cup.advice, ids.V_SETTLEMENT_REFUSED),
    ):
        world = World()
        one = _send(world, make(2), f39="13")
        for _ in range(2):  # the application knows, the technician comes later
            cause = ids.CAUSE_F39 << 8 | int("13", 36)
            assert [verdict, cause] in world.settlement.summary()[ids.REP_VERDICTS]
            world.ask(*submit.done(one))
        world.boot()
        assert world.settlement.verdict() == verdict
        _send(world, cup.settlement(3))
        assert world.settlement.verdict() == verdict
        _send(world, cup.end_marker(4, 1, 207))
        assert _state(world) == ids.SET_CLOSED and world.settlement.verdict() == 0
        assert world.state(one) == ids.MS_DONE


def test_the_next_batch_settles_nothing_of_this_one():
    world = World()
    one = _send(world, cup.reversal(2), f39="13")
    world.ask(*submit.done(one))
    _send(world, cup.settlement(3, batch=2))
    _send(world, cup.end_marker(4, 2, 207))
    assert world.settlement.verdict() == ids.V_REVERSAL_UNACKNOWLEDGED


def test_nac_closes_with_the_0510_itself():
    for f39, state, verdict in (
        ("00", ids.SET_CLOSED, 0),
        ("77", ids.SET_DIFFERENCE, ids.V_CLOSED_WITH_DIFFERENCE),
        ("95", ids.SET_UNBALANCED, ids.V_SETTLEMENT_UNBALANCED),
        ("12", ids.SET_REFUSED, ids.V_SETTLEMENT_REFUSED),
    ):
        world = World(dialect="nac")
        world.host.take = _nac_answer(f39)
        world.give(_nac_settlement(2, 0x92))
        world.run(30)
        assert _state(world) == state, f39
        assert world.settlement.verdict() == verdict, f39


def test_nac_closes_after_the_second_0500():
    world = World(dialect="nac")
    world.host.take = _nac_answer("95")
    world.give(_nac_settlement(2, 0x92))
    world.run(30)
    world.host.take = _nac_answer("00")
    world.give(_nac_settlement(3, 0x96))
    world.run(30)
    assert _state(world) == ids.SET_CLOSED and world.settlement.verdict() == 0


def test_late_is_judged_by_what_the_link_allows():
    world = World()
    world.up = False
    world.give(cup.advice(2))
    world.run(20)
    assert world.settlement.verdict() == 0
    world.run(40)
    assert world.settlement.verdict() == ids.V_SETTLEMENT_PENDING
    world.run(1200)
    assert world.settlement.verdict() == ids.V_SETTLEMENT_PENDING  # down: an hour
    world.up = True
    world.family.open_errors = [566] * 99
    world.run(300)
    assert world.settlement.verdict() == ids.V_SETTLEMENT_PENDING  # up again: ten minutes more
    world.up = False
    world.run(2700)
    assert world.settlement.verdict() == ids.V_SETTLEMENT_LATE
    world = World(answer_timeout_s=5)
    world.host.script = [{"silent": True}] * 99
    world.give(cup.advice(2))
    world.run(700)  # up: ten minutes
    assert world.settlement.verdict() == ids.V_SETTLEMENT_LATE


def test_who_causes_the_traffic_is_named():
    link = World(answer_timeout_s=5, linger_s=0, retry_max_s=60)
    link.family.open_errors = [566] * 999
    link.give(cup.advice(2))
    link.run(3000)
    host = World(retry_max_s=60)
    host.host.script = [{"f39": "96"}] * 99
    host.give(cup.advice(2))
    host.run(3000)
    app = World()
    for stan in range(2, 40):
        app.give(cup.sign_on(stan))
        app.run(20)
    counter = [(code, World()) for code in ("55", "61")]
    for code, world in counter:
        for stan in range(2, 40):
            world.host.script = [{"f39": code}]
            sale = world.give(cup.sale(stan))
            world.run(20)
            world.ask(*submit.done(sale))
    for world, verdict in (
        (link, ids.V_TRAFFIC_LINK),
        (host, ids.V_TRAFFIC_HOST),
        (app, ids.V_TRAFFIC_APPLICATION),
        (counter[0][1], ids.V_TRAFFIC_CARDS),
        (counter[1][1], ids.V_TRAFFIC_LIMITS),
    ):
        assert verdict in [v for v, _ in world.settlement.summary()[ids.REP_VERDICTS]]
        world.settlement.outbox.records.clear()
        world.settlement.touch()
        world.run(8000)
        assert world.settlement.summary()[ids.REP_VERDICTS] in ([], [[ids.V_HOST_MAINTENANCE, 0]])


def test_repeats_are_counted_apart_from_attempts_that_failed():
    lost = World(settle_timeout_s=5, linger_s=0)
    lost.host.script = [{"silent": True}]
    _send(lost, cup.settlement(2))  # never repeated
    lost.run(60)
    declined = World()
    declined.host.script = [{"f39": "51"}]
    _send(declined, cup.sale(2))
    slow = World(answer_timeout_s=5, linger_s=0)
    slow.host.script = [{"silent": True}] * 2
    _send(slow, cup.advice(2))
    slow.run(300)
    cut = World(answer_timeout_s=5, linger_s=0)
    cut.family.open_errors = [566] * 2
    _send(cut, cup.advice(2))
    cut.run(300)
    for world, failed, repeats in (
        (lost, [0, 1, 0, 0, 0], 0),  # a host that is silent is not the line's fault
        (declined, [0, 0, 0, 1, 0], 0),
        (slow, [0, 2, 0, 0, 0], 2),
        (cut, [2, 0, 0, 0, 0], 2),
    ):
        summary = world.settlement.summary()
        assert summary[ids.REP_TRAFFIC] == failed
        again, count = summary[ids.REP_REPEATS]
        assert again == repeats and count > 100


def test_a_verdict_about_traffic_ends_when_its_cause_ends():
    world = World(answer_timeout_s=5, linger_s=0, retry_s=5, retry_max_s=30)
    world.host.script = [{"silent": True}] * 60
    world.give(cup.advice(2))
    world.run(2400)
    assert ids.V_TRAFFIC_HOST in [v for v, _ in world.settlement.summary()[ids.REP_VERDICTS]]
    world.run(1200)  # answered now, a quarter of an hour ago
    assert world.settlement.summary()[ids.REP_VERDICTS] == []


def test_where_is_my_money_in_pages_that_fit_a_frame():
    from posproto import frames, link

    world = World()
    for stan in range(2, 22):
        _send(world, cup.advice(stan))
    order, seen = 0, []
    while True:
        summary = world.settlement.summary(order)
        writer = link.FrameWriter()
        frames.put_response(writer.begin(ids.FRAME_RESPONSE, 1), ids.R_OK, summary)
        assert len(writer.end()) <= link.LINE_MAX
        seen += summary[ids.REP_MESSAGES]
        if ids.REP_NEXT not in summary:
            break
        order = summary[ids.REP_NEXT]
    assert [one[ids.MSG_STAN] for one in seen] == list(range(2, 22))
    for one in seen:
        assert one[ids.MSG_STATE] == ids.MS_ACKNOWLEDGED and one[ids.MSG_F39] == "00"
        assert len(one[ids.MSG_RRN]) == 12 and one[ids.MSG_HOST_TIME] == 1121090110
        assert one[ids.MSG_HOST_DATE] == 1121 and one[ids.MSG_ATTEMPTS] == 1
        assert ids.MSG_DIGEST not in one
