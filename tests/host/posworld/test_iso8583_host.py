"""The test host itself: what it books, answers and does wrong, read by the agent's own walker."""

import random

import pytest

from dual import vectors
from posproto.iso8583 import ascii87, cup, match, nac, walker
from posworld.acquirer.desk import Policy
from posworld.acquirer.faults import KINDS, Fault, Faults
from posworld.acquirer.host import Acquirer
from posworld.acquirer.messages import CARD, FOREIGN_CARD, Terminal
from posworld.acquirer.recorded import Recorded
from posworld.acquirer.wire import add_prefix
from posworld.rng import Rng

DEVICE = {"cup": cup, "nac": nac, "ascii87": ascii87}
KEY = ("TEST0001", "000001", "000001")


def walk(frame, dialect="cup"):
    device = DEVICE[dialect]
    return walker.walk(frame, device.TABLE, device.SKIP, device.HEADER)


def ask(host, frame, now_ms=0):
    """The one answer to a frame."""
    replies = host.handle(frame, now_ms)
    assert len(replies) == 1 and not replies[0].close
    return replies[0].data


def sell(host, terminal, *args, **kwargs):
    terminal.take(ask(host, terminal.sale(*args, **kwargs)))


def test_worked_requests_get_the_worked_answers_byte_for_byte():
    rows = {row["name"]: bytes.fromhex(row["frame"])[2:] for row in vectors("iso8583/frames.json")}
    host = Acquirer()
    host.faults.add("order", 3, mti="0320", stan="000005")
    day = {"sign-on": 0, "sale": 70, "reversal": 170, "settlement": 46800}
    day |= {"upload detail": 46803, "upload end": 46805}
    for name, at_s in day.items():
        assert ask(host, rows[name], at_s * 1000).hex() == rows[name + " answer"].hex(), name
    echo = ask(Acquirer("ascii87"), rows["echo"])
    assert walk(echo, "ascii87").f39 == "00"


@pytest.mark.parametrize("dialect", ["cup", "nac", "ascii87"])
def test_a_sale_charges_once(dialect):
    host, terminal = Acquirer(dialect), Terminal(dialect=dialect)
    frame = terminal.sale(12345)
    answer = ask(host, frame)
    request, message = walk(frame, dialect), walk(answer, dialect)
    assert match.relate(request, message) == match.ANSWER
    assert match.outcome(request, message) == match.DONE
    assert host.ledger.charged_minor(CARD) == 12345
    assert not host.ledger.double_bookings()


def test_a_sale_sent_twice_charges_twice_and_the_ledger_says_so():
    host, terminal = Acquirer(), Terminal()
    frame = terminal.sale(500)
    ask(host, frame)
    ask(host, frame)
    assert host.ledger.charged_minor(CARD) == 1000
    assert host.ledger.double_bookings() == [KEY]
    assert host.ledger.sent_again("0200") == [KEY]


def test_a_careful_host_refuses_the_second_copy():
    host, terminal = Acquirer(policy=Policy(repeated_request="94")), Terminal()
    frame = terminal.sale(500)
    ask(host, frame)
    assert walk(ask(host, frame)).f39 == "94"
    assert host.ledger.charged_minor(CARD) == 500
    assert host.ledger.sent_again("0200") == [KEY]


def test_a_lost_answer_leaves_the_charge_until_it_is_reversed():
    host, terminal = Acquirer(), Terminal()
    host.faults.add("lose", mti="0200")
    assert host.handle(terminal.sale(700), 0) == []
    assert host.ledger.charged_minor(CARD) == 700
    reversal = terminal.reversal()
    for _ in range(2):
        answer = walk(ask(host, reversal))
        assert match.relate(walk(reversal), answer) == match.ANSWER
        assert answer.f39 == "00"
    assert host.ledger.charged_minor(CARD) == 0


def test_a_reversal_overtakes_its_sale_and_wins():
    host, terminal = Acquirer(), Terminal()
    sale = terminal.sale(700)
    assert walk(ask(host, terminal.reversal())).f39 == "25"
    assert walk(ask(host, sale)).f39 == "12"
    assert host.ledger.charged_minor(CARD) == 0


def test_an_advice_that_comes_again_is_booked_once():
    host, terminal = Acquirer(), Terminal()
    frame = terminal.offline_sale(900)
    assert walk(ask(host, frame)).f39 == "00"
    assert walk(ask(host, frame)).f39 == "94"
    assert host.ledger.charged_minor(CARD) == 900
    refund = terminal.refund(100)
    assert match.is_refund(walk(refund))
    ask(host, refund)
    assert host.ledger.charged_minor(CARD) == 800


@pytest.mark.parametrize(("keep", "mti"), [(False, 410), (True, 411)])
def test_hosts_differ_on_the_answer_to_a_repeat(keep, mti):
    host, terminal = Acquirer(policy=Policy(keep_origin=keep)), Terminal()
    sell(host, terminal, 100)
    repeat = terminal.reversal().replace(b"\x04\x00\x70", b"\x04\x01\x70", 1)
    answer = walk(ask(host, repeat))
    assert answer.mti == mti and answer.f39 == "00"
    assert match.relate(walk(repeat), answer) == match.ANSWER
    assert host.ledger.charged_minor(CARD) == 0


def test_a_balance_moves_nothing():
    host, terminal = Acquirer(), Terminal()
    frame = terminal.balance()
    assert not match.reversal_due(walk(frame))
    assert walk(ask(host, frame)).f39 == "00"
    assert not host.ledger.bookings


def test_a_balanced_day_closes_and_the_next_batch_opens():
    host, terminal = Acquirer(), Terminal()
    terminal.take(ask(host, terminal.sign_on()))
    sell(host, terminal, 1000)
    sell(host, terminal, 2000, FOREIGN_CARD)
    terminal.take(ask(host, terminal.void(300)))
    ask(host, terminal.offline_sale(50))
    answer = ask(host, terminal.settlement())
    terminal.take(answer)
    assert terminal.flags == "11"
    assert match.settlement(walk(answer), True) == match.SETTLE_BALANCED
    end = terminal.upload_end(True)
    assert not match.end_mismatch(match.SETTLE_BALANCED, walk(end).f60_3)
    assert walk(ask(host, end)).f39 == "00"
    assert walk(ask(host, end)).f39 == "00"  # its answer may have been lost
    assert host.desk.batch("TEST0001", "000001").state == "closed"
    assert walk(ask(host, terminal.sale(1))).f39 == "77"
    terminal.take(ask(host, terminal.sign_on()))
    assert terminal.batch == 2
    sell(host, terminal, 1)


def test_an_unbalanced_day_is_uploaded_and_closed():
    host, terminal = Acquirer(), Terminal()
    for i in range(11):
        sell(host, terminal, 100 + i, FOREIGN_CARD if i == 4 else CARD)
    answer = ask(host, terminal.settlement(off_by_minor=1))
    terminal.take(answer)
    assert terminal.flags == "21"
    assert match.settlement(walk(answer), True) == match.SETTLE_UNBALANCED
    uploads = terminal.uploads()
    assert len(uploads) == 2
    for frame in uploads + uploads[:1]:
        assert walk(ask(host, frame)).f39 == "00"
    assert walk(ask(host, terminal.upload_end(False))).f39 == "00"
    batch = host.desk.batch("TEST0001", "000001")
    assert batch.state == "closed" and batch.ends == ["202"]
    assert sum(len(part) for part in batch.details.values()) == 11


def test_an_upload_with_a_detail_missing_stays_open():
    host, terminal = Acquirer(), Terminal()
    for i in range(9):
        sell(host, terminal, 100 + i)
    ask(host, terminal.settlement(off_by_minor=1))
    ask(host, terminal.uploads()[0])
    assert walk(ask(host, terminal.upload_end(False))).f39 == "79"
    assert host.desk.batch("TEST0001", "000001").state == "cut"


@pytest.mark.parametrize("dialect", ["nac", "ascii87"])
def test_the_classic_dialect_settles_twice_when_unbalanced(dialect):
    host, terminal = Acquirer(dialect), Terminal(dialect=dialect)
    sell(host, terminal, 1000)
    terminal.take(ask(host, terminal.refund(10)))
    states = []
    for again in (False, True):
        answer = walk(ask(host, terminal.settlement(again, off_by_minor=5)), dialect)
        states.append(match.settlement(answer, False))
        for frame in terminal.uploads():
            assert walk(ask(host, frame), dialect).f39 == "00"
    assert states == [match.SETTLE_UNBALANCED, match.SETTLE_DIFFERENCE]
    balanced = Acquirer(dialect)
    terminal = Terminal(dialect=dialect)
    sell(balanced, terminal, 1000)
    answer = walk(ask(balanced, terminal.settlement()), dialect)
    assert match.settlement(answer, False) == match.SETTLE_BALANCED
    assert answer.f60_2 == "000001"


def test_every_code_on_demand_and_only_accepting_ones_book():
    groups = vectors("iso8583/responses.json")
    for letter in groups:
        for f39 in groups[letter]:
            host, terminal = Acquirer(), Terminal()
            host.faults.add("f39", f39, mti="0200")
            assert walk(ask(host, terminal.sale(100))).f39 == f39
            assert host.ledger.charged_minor(CARD) == (100 if letter == "A" else 0), f39
            assert walk(ask(host, terminal.sale(100))).f39 == "00"


def test_unknown_and_closed_terminals_are_refused():
    policy = Policy(merchants={"TEST0001": "000000000000001"})
    host = Acquirer(policy=policy)
    assert walk(ask(host, Terminal().sign_on())).f39 == "00"
    assert walk(ask(host, Terminal(tid="OTHER001").sign_on())).f39 == "97"
    assert walk(ask(host, Terminal(mid="999999999999999").sign_on())).f39 == "03"
    policy.refused["TEST0001"] = "58"
    assert walk(ask(host, Terminal().sale(1))).f39 == "58"
    assert not host.ledger.bookings


def test_r1_one_changed_byte_breaks_the_mac():
    host = Acquirer(policy=Policy(mac_key=b"secret"))
    terminal = Terminal(mac_key=b"secret")
    sell(host, terminal, 100)
    sale = terminal.sale(200)
    repeat = sale.replace(b"\x02\x00\x70", b"\x02\x01\x70", 1)  # 0201
    assert repeat != sale
    assert walk(ask(host, repeat)).f39 == "A0"
    assert host.bad_macs == 1 and host.ledger.charged_minor(CARD) == 100


def test_r2_the_header_is_outside_the_mac():
    host = Acquirer(policy=Policy(mac_key=b"secret"))
    sale = Terminal(mac_key=b"secret").sale(200)
    readdressed = b"\x60\x01\x23\x45\x67" + sale[5:]
    assert walk(ask(host, readdressed)).f39 == "00"


FIELD_FAULTS = {
    "tpdu": (match.ANSWER, {}),
    "order": (match.ANSWER, {"order": 3}),
    "origin": (match.ANSWER, {"mti": 511}),
    "stan": (match.UNRELATED, {"f11": "000003"}),
    "without": (match.ANSWER, {"flags": None}),
    "flags": (match.ANSWER, {"flags": (2, 2)}),
    "reject": (match.REJECTED, {"mti": 620}),
    "echo": (match.REJECTED, {"mti": 500}),
}


@pytest.mark.parametrize("kind", FIELD_FAULTS)
def test_spoiled_answers_are_seen_for_what_they_are(kind):
    host, terminal = Acquirer(), Terminal()
    sell(host, terminal, 100)
    host.faults.add(kind)
    request = terminal.settlement()
    message = walk(ask(host, request))
    relation, fields = FIELD_FAULTS[kind]
    assert match.relate(walk(request), message) == relation
    for name, value in fields.items():
        assert getattr(message, name) == value
    assert match.relate(walk(request), walk(ask(host, request))) == match.ANSWER


WIRE_FAULTS = {
    # (close, total of bytes against the plain answer's, replies)
    "ignore": (None, 0, 0),
    "lose": (None, 0, 0),
    "hang_up": ("close", 0, 1),
    "hang_up_after": ("close", 0, 1),
    "half_close": ("half", 0, 1),
    "half_close_after": ("half", 1, 1),
    "reset": ("reset", None, 1),
    "garbage": ("close", None, 1),
    "delay": ("", 1, 1),
    "duplicate": ("", 2, 2),
    "keep_alive": ("", None, 2),
    "pieces": ("", 1, None),
    "short": ("", None, 1),
    "long_prefix": ("", 1, 1),
}


@pytest.mark.parametrize("kind", WIRE_FAULTS)
def test_the_wire_goes_wrong_as_asked(kind):
    host, terminal = Acquirer(), Terminal()
    wire = add_prefix("bin2", terminal.echo())
    plain = host.session().feed(wire, 0)[0]
    host.faults.add(kind)
    replies = host.session().feed(wire, 0)
    close, copies, count = WIRE_FAULTS[kind]
    assert count is None or len(replies) == count
    if replies:
        assert replies[-1].close == close
    if copies is not None:
        assert sum(len(reply.data) for reply in replies) == copies * len(plain.data)
    if kind == "delay":
        assert replies[0].delay_ms == plain.delay_ms + 5000
    if kind == "reset":
        assert replies[0].data == plain.data[:5]
    if kind == "short":
        frame = replies[0].data[2:]
        assert int.from_bytes(replies[0].data[:2], "big") == len(frame) == len(plain.data) - 3


def test_every_fault_has_its_test():
    assert set(KINDS) == {*FIELD_FAULTS, *WIRE_FAULTS, "f39"}
    with pytest.raises(ValueError, match="no such fault"):
        Fault("nonsense")


def test_a_fault_strikes_where_and_as_often_as_it_was_told():
    host, terminal = Acquirer(), Terminal()
    host.faults.add("f39", "91", mti="0200", times=2, skip=1)
    assert walk(ask(host, terminal.echo())).f39 == "00"
    codes = [walk(ask(host, terminal.sale(1))).f39 for _ in range(4)]
    assert codes == ["00", "91", "91", "00"]
    assert [kind for kind, _, _ in host.faults.struck] == ["f39", "f39"]


def test_random_faults_repeat_with_their_seed():
    def day(seed):
        faults = Faults(Rng(seed), {"lose": 100, "f39": 200, "duplicate": 100, "reset": 50})
        host, terminal = Acquirer(faults=faults), Terminal()
        return [host.handle(terminal.sale(i), i) for i in range(200)], host.codes()

    assert day(7) == day(7)
    assert day(7) != day(8)
    assert day(7)[1]["91"] > 0


def test_two_wires_of_one_host_share_the_books():
    host, terminal = Acquirer(form="ascii4"), Terminal()
    frame = terminal.sale(100)
    wire = b"%04d" % len(frame) + frame
    first, second = host.session(), host.session()
    assert first.feed(wire[:30], 0) == []
    assert len(second.feed(wire + wire, 0)) == 2
    assert len(first.feed(wire[30:], 0)) == 1
    assert host.ledger.charged_minor(CARD) == 300
    assert host.session().feed(b"0000", 0)[0].data == b"0000"
    assert host.session().feed(b"what", 0)[0].close == "close"


def test_damaged_frames_never_break_the_host():
    rng = random.Random(3)
    host, terminal = Acquirer(), Terminal()
    for frame in (terminal.sale(1), terminal.settlement(), terminal.sign_on(), terminal.echo()):
        for _ in range(400):
            hurt = bytearray(frame)
            for _ in range(rng.randrange(1, 4)):
                hurt[rng.randrange(len(hurt))] = rng.randrange(256)
            host.handle(bytes(hurt), 0)
    assert host.unreadable > 100
    for size in range(60):
        host.handle(rng.randbytes(size), 0)


def test_recorded_answers_are_read_by_the_codec_and_fit_the_terminal():
    host, terminal = Recorded(), Terminal(stan=123456, batch=42)
    for frame in (
        terminal.sign_on(),
        terminal.sale(500),
        terminal.reversal(),
        terminal.offline_sale(20),
        terminal.script_result(),
        terminal.settlement(),
        *terminal.uploads(),
        terminal.upload_end(True),
        terminal.echo(),
    ):
        answer = host.answer(frame)
        assert match.relate(walk(frame), walk(answer)) == match.ANSWER
        assert terminal.take(answer)["60"][2:8] == "000042"
    assert terminal.flags == "11"
    assert host.unreadable == 0
