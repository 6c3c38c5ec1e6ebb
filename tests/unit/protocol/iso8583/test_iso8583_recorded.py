"""The recorded host of virtual-time runs answers as the worked frames do, on both runtimes."""

from binascii import unhexlify

from dual import vectors
from posproto.iso8583 import cup, match, walker
from posworld.acquirer.recorded import Recorded
from posworld.rng import Rng


def walk(frame):
    return walker.walk(frame, cup.TABLE, cup.SKIP, cup.HEADER)


def frames():
    return {
        row["name"]: unhexlify(row["frame"])[2:]
        for row in vectors("iso8583/frames.json")
        if row["dialect"] == "cup"
    }


def requests():
    rows = frames()
    return [rows[name] for name in sorted(rows) if not name.endswith("answer")]


def test_recorded_answers_belong_to_their_requests():
    host = Recorded()
    for frame in requests():
        request, answer = walk(frame), walk(host.answer(frame))
        assert match.relate(request, answer) == match.ANSWER, request.mti
        assert match.outcome(request, answer) == match.DONE
        assert answer.f41 == request.f41 and answer.f60_3 == request.f60_3
    assert len(host.journal) == len(requests())


def test_numbers_of_another_terminal_and_batch_come_back():
    host = Recorded()
    for frame in requests():
        own = walk(frame)
        frame = frame.replace(b"TEST0001", b"SHOP0042")
        frame = frame.replace(unhexlify(own.f11) + b"SHOP", unhexlify("654321") + b"SHOP")
        answer = walk(host.answer(frame))
        assert answer.f41 == "SHOP0042"
        assert answer.f11 == walk(frame).f11


def test_every_answer_has_its_own_reference():
    host = Recorded()
    frame = frames()["settlement"]
    references = [walk(host.answer(frame)).f37 for _ in range(3)]
    assert len(set(references)) == 3
    assert host.count("0500") == 3 and host.count("0500", "000003") == 3
    assert host.count("0500", "000004") == 0


def test_flags_orders_and_refusals_on_demand():
    host = Recorded()
    frame = frames()["settlement"]
    assert walk(host.answer(frame)).flags == (1, 1)
    host.flags = (2, 3)
    host.order = 3
    host.refuse = ["96", None]
    answer = walk(host.answer(frame))
    assert answer.flags == (2, 3) and answer.order == 3 and answer.f39 == "96"
    assert walk(host.answer(frame)).f39 == "00"


def test_totals_come_back_as_they_went():
    frame = frames()["settlement"]
    sums = unhexlify("0000000123450010")
    assert sums in frame
    assert sums in Recorded().answer(frame)


def test_a_stream_cut_anywhere_gives_the_same_answers():
    host = Recorded()
    wire = b""
    for frame in requests():
        wire += bytes([0, len(frame)]) + frame
    wire += b"\x00\x00"
    whole = host.session().feed(wire, 0)
    session = Recorded().session()
    pieces = []
    for i in range(len(wire)):
        pieces += session.feed(wire[i : i + 1], i)
    assert whole == pieces and len(whole) == len(requests())
    assert Recorded().handle(wire, 0) == whole
    assert whole[0][0] == 200 and whole[0][2] == ""


def test_what_is_not_a_request_is_not_answered():
    host = Recorded()
    rows = frames()
    sale = rows["sale"]
    for bad in (b"", b"GET / HTTP/1.1", sale[:-1], sale + b"\x00", rows["sale answer"]):
        assert host.answer(bad) is None
    assert host.unreadable == 5


def test_losses_repeat_with_their_seed():
    def run(seed):
        host = Recorded(Rng(seed))
        host.lose_before = 300
        host.lose_after = 300
        frame = frames()["reversal"]
        return [host.answer(frame) is None for _ in range(60)], len(host.journal)

    assert run(5) == run(5)
    lost, arrived = run(5)
    assert 10 < lost.count(True) < 50
    assert 60 - lost.count(True) < arrived < 60
