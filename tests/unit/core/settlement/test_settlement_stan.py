"""A STAN that comes again: what is about which sale, and who is never closed by mistake."""

import cup_frames as cup
from posproto import ids, submit
from posproto.iso8583 import cup as dialect
from posproto.iso8583 import walker
from settle_world import World

SILENT = {"silent": True}
LOST = {"lost": True}


def _world():
    return World(answer_timeout_s=5, linger_s=0)


def _unknown(world, stan=2, **details):
    """A sale whose outcome stays unknown: an open end. Its id."""
    world.host.script = [SILENT]
    sale = world.give(cup.sale(stan, **details))
    world.run(20)
    assert world.standing(sale).reversal_due()
    return sale


def _reverse(world, stan=2, **details):
    world.host.script = []
    reversal = world.give(cup.reversal(stan, **details))
    world.run(20)
    assert world.state(reversal) == ids.MS_ACKNOWLEDGED


def _approved(world, stan=2, **details):
    world.host.script = []
    sale = world.give(cup.sale(stan, **details))
    world.run(20)
    assert world.state(sale) == ids.MS_ACKNOWLEDGED
    return sale


def test_the_reversal_of_the_one_open_sale_closes_it_whatever_else_differs():
    for details in ({}, {"amount": 1}, {"pan": cup.PAN[:-1] + "9"}):
        world = _world()
        sale = _unknown(world)
        _reverse(world, **details)
        assert not world.standing(sale).reversal_due(), details
        assert not world.settlement.outbox.issues()


def test_the_reversal_of_day_2_does_not_close_the_open_end_of_day_1():
    # The batch number never advances at this shop, and its STANs start again each morning.
    for amount in (12345, 500):
        for gap_s in (1800, 80000):
            world = _world()
            first = _unknown(world)
            world.run(gap_s)
            second = _approved(world, amount=amount, pan=cup.PAN[:-1] + "9")
            _reverse(world, amount=amount)
            assert world.standing(first).reversal_due(), (amount, gap_s)
            assert not world.standing(second).reversal_due()


def test_of_two_open_sales_of_a_stan_the_amount_decides():
    for which, amount in ((0, 12345), (1, 500)):
        world = _world()
        sales = [_unknown(world, amount=12345), _unknown(world, amount=500)]
        _reverse(world, amount=amount)
        assert [world.standing(sale).reversal_due() for sale in sales] == [which == 1, which == 0]


def test_of_two_open_sales_of_a_stan_and_amount_the_time_decides():
    world = _world()
    sales = [_unknown(world)]
    world.run(40000)
    sales.append(_unknown(world, pan=cup.PAN[:-1] + "9"))
    _reverse(world)
    assert [world.standing(sale).reversal_due() for sale in sales] == [True, False]


def test_of_two_open_sales_of_a_stan_terminal_or_merchant_decides():
    for was, other in ((b"TEST0001", b"TEST0009"), (b"000000000000001", b"000000000000777")):
        for which in (0, 1):
            for restarts in (False, True):
                world = _world()
                sales = []
                for message in (cup.sale(2), cup.sale(2).replace(was, other)):
                    world.host.script = [SILENT]
                    sales.append(world.give(message))
                    world.run(20)
                if restarts:
                    world.boot()
                reversal = cup.reversal(2)
                world.give(reversal.replace(was, other) if which else reversal)
                world.run(20)
                due = [world.standing(sale).reversal_due() for sale in sales]
                assert due == [which == 1, which == 0], (was, which, restarts)


def test_where_two_sales_remain_neither_is_closed_and_that_is_told():
    world = _world()
    sales = [_unknown(world), _unknown(world, pan=cup.PAN[:-1] + "9")]
    _reverse(world)
    assert [world.standing(sale).reversal_due() for sale in sales] == [True, True]
    assert world.told(ids.E_REVERSAL_UNCLEAR)[0][ids.A_COUNT] == 2
    assert world.settlement.verdict() == ids.V_REVERSAL_UNCLEAR
    world.boot()
    assert world.settlement.verdict() == ids.V_REVERSAL_UNCLEAR
    for sale in sales:  # a person looked at the slips
        world.ask(*submit.done(sale, held=True))
    assert world.settlement.verdict() == 0


def test_another_batch_is_another_sale():
    world = _world()
    sale = _unknown(world, batch=1)
    _reverse(world, batch=2)
    assert world.standing(sale).reversal_due()


def test_the_decision_is_the_same_after_a_restart():
    world = _world()
    sales = [_unknown(world, amount=12345), _unknown(world, amount=500)]
    world.boot()
    _reverse(world, amount=500)
    assert [world.standing(sale).reversal_due() for sale in sales] == [True, False]


def test_a_late_answer_belongs_to_the_sale_that_it_fits_best():
    world = World(answer_timeout_s=20, linger_s=0)
    world.host.script = [dict(LOST), {"f4": "000000012345"}]
    first = world.give(cup.sale(2, amount=12345))
    world.run(30)
    second = world.give(cup.sale(2, amount=500))
    world.run(15)
    # The answer that came tells the first one's amount: it approves nothing of the second.
    assert world.state(second) in (ids.MS_SENT, ids.MS_UNKNOWN)
    world.run(60)
    assert world.standing(second).reversal_due()
    assert world.standing(first).flags & ids.MF_LATE


def test_a_rewritten_terminal_or_merchant_gives_no_answer_to_an_earlier_one_of_the_stan():
    # What has ended is known by its marker, which holds neither: it must not seem to fit better.
    for build, old in ((cup.sale, ids.MS_UNKNOWN), (cup.advice, ids.MS_EXPIRED)):
        world = World(answer_timeout_s=5, linger_s=0, attempts_max=1)
        world.host.script = [LOST, {"f42": "888888888888888", "f41": "TEST0009"}]
        first = world.give(build(2))
        world.run(30)
        assert world.state(first) == old
        second = world.give(build(2, amount=600))
        world.run(30)
        assert world.state(second) == ids.MS_ACKNOWLEDGED
        assert world.state(first) == old and not world.standing(first).flags & ids.MF_LATE


def test_a_0510_without_a_code_is_read_by_its_flags():
    for flags, state in (("11", ids.SET_BALANCED), ("21", ids.SET_UNBALANCED), ("00", None)):
        world = World()
        f48 = "0" * 30 + flags[0] + "0" * 30 + flags[1]
        world.host.script = [{"f39": None, "f48": f48}]
        world.give(cup.settlement(2))
        world.run(120)
        stands = world.settlement.batch[ids.MSG_STATE]
        assert stands == (state or ids.SET_NO_ANSWER), flags
        assert bool(world.told(ids.E_UNPARSED_ANSWER)) == (state is None), flags


def test_a_sale_answered_without_a_code_is_neither_approved_nor_refused():
    world = World()
    world.host.script = [{"f39": None}]
    sale = world.give(cup.sale(2))
    world.run(60)
    assert world.standing(sale).reversal_due() and world.told(ids.E_UNPARSED_ANSWER)
    world = World()
    world.host.script = [{"f39": None}]
    advice = world.give(cup.advice(2))
    world.run(200)
    assert world.state(advice) == ids.MS_ACKNOWLEDGED  # sent again, as after no answer


def test_short_forms_of_f60_tell_type_and_batch():
    for digits in range(8, 18):
        for batch in (1, 415, 999999):
            text = ("22%06d00060123456" % batch)[:digits]
            said = cup.answer(cup.sale(2), f60=text)
            message = walker.walk(said, dialect.TABLE, dialect.SKIP, dialect.HEADER)
            assert (message.f60_1, message.f60_2) == ("22", "%06d" % batch), digits
            assert message.f60_3 == ("000" if digits >= 11 else None), digits


def test_a_host_that_frames_by_stx_and_etx_is_named():
    world = World(answer_timeout_s=5, linger_s=0)
    world.give(cup.sale(2))
    world.run_until_sent()
    data = b"\x01\x04" + b"60000000030810" * 4 + b"\x03"
    lrc = 0
    for byte in data:
        lrc ^= byte
    world.family._due = [(world.now_ms, b"\x02" + data + bytes([lrc]))]
    world.run(20)
    assert world.told(ids.E_UNPARSED_ANSWER) == [{ids.A_TEXT: "STX/ETX/LRC"}]
    assert ids.V_ANSWER_UNPARSED in [v for v, _ in world.settlement.verdicts]
