"""The acquirer's byte stream cut into frames, whatever the reads and the prefixes are."""

from binascii import unhexlify

from dual import raises, vectors
from posproto.iso8583 import ascii87, bare, cup, framing, nac, walker

DIALECTS = {"cup": cup, "nac": nac, "ascii87": ascii87}


def one_by_one(reader, data):
    out = []
    for i in range(len(data)):
        out.extend(reader.feed(data[i : i + 1]))
    return out


def test_every_prefix_form_survives_single_byte_reads():
    for form in range(len(framing.FORMS)):
        reader = framing.FrameIn(form)
        for length in (1, 70, 300, 4096):
            body = bytes(i & 255 for i in range(length))
            stream = framing.prefix(form, length) + body
            assert one_by_one(reader, stream) == [body], (framing.FORMS[form], length)
            assert not reader.partial()


def test_prefixes_of_seventy_bytes():
    wire = {
        "bin2": b"\x00\x46",
        "bin2-self": b"\x00\x48",
        "bcd2": b"\x00\x70",
        "ascii4": b"0070",
        "ascii4-self": b"0074",
        "hex4": b"0046",
        "bin2-zero2": b"\x00\x46\x00\x00",
    }
    assert sorted(wire) == sorted(framing.FORMS)
    for name in wire:
        assert framing.prefix(framing.FORMS.index(name), 70) == wire[name]


def test_several_frames_in_one_read_and_a_cut_last_one():
    frames = [bytes([i]) * (i + 1) for i in range(5)]
    stream = b"".join(framing.prefix(0, len(frame)) + frame for frame in frames)
    reader = framing.FrameIn(0)
    assert reader.feed(stream[:-2]) == frames[:4]
    assert reader.partial()
    assert reader.feed(stream[-2:]) == frames[4:]
    assert not reader.partial()


def test_keep_alives_of_no_length_are_counted():
    for form in range(len(framing.FORMS)):
        reader = framing.FrameIn(form)
        idle = framing.prefix(form, 0)
        frame = framing.prefix(form, 3) + b"abc"
        assert reader.feed(idle + frame + idle) == [b"abc"]
        assert reader.keepalives == 2


def test_zeros_are_a_keep_alive_also_where_the_prefix_counts_itself():
    reader = framing.FrameIn(framing.FORMS.index("bin2-self"))
    assert reader.feed(b"\x00\x00") == []
    assert reader.keepalives == 1


def test_a_wrong_prefix_is_reported_and_stays_until_reset():
    wrong = {
        "bin2": b"\xff\xff",
        "bin2-self": b"\x00\x01",
        "bcd2": b"\x00\x4a",
        "ascii4": b"00 7",
        "ascii4-self": b"0003",
        "hex4": b"00G0",
        "bin2-zero2": b"\x00\x46\x00\x01",
    }
    for name in wrong:
        reader = framing.FrameIn(framing.FORMS.index(name))
        good = framing.prefix(framing.FORMS.index(name), 2) + b"ok"
        error = raises(framing.FramingError, reader.feed, wrong[name])
        assert error.reason in ("prefix", "too long"), name
        assert reader.lost
        assert raises(framing.FramingError, reader.feed, good) is not None
        reader.reset()
        assert reader.feed(good) == [b"ok"]


def test_frames_before_a_lost_framing_are_still_given():
    reader = framing.FrameIn(0, 100)
    assert reader.feed(b"\x00\x02ok\x00\x65bad") == [b"ok"]
    assert reader.lost == "too long"
    assert raises(framing.FramingError, reader.feed, b"\x00\x02ok").reason == "too long"


def test_a_prefix_refuses_what_it_cannot_hold():
    for form in range(len(framing.FORMS)):
        raises(framing.FramingError, framing.prefix, form, 65536)
    raises(framing.FramingError, framing.prefix, framing.FORMS.index("ascii4-self"), 9997)
    assert framing.prefix(framing.FORMS.index("bcd2"), 9999) == b"\x99\x99"


def test_the_answer_swaps_the_tpdu():
    assert framing.swap_tpdu(b"\x60\x00\x03\x12\x34") == b"\x60\x12\x34\x00\x03"


def test_worked_frames_arrive_in_any_cut():
    for row in vectors("iso8583/frames.json"):
        wire = unhexlify(row["frame"])
        for cut in (1, 2, 3, 20, len(wire) - 1):
            reader = framing.FrameIn(0)
            got = reader.feed(wire[:cut]) + reader.feed(wire[cut:])
            assert got == [wire[2:]], row["name"]


def test_without_a_prefix_the_message_tells_its_end():
    for name in DIALECTS:
        dialect = DIALECTS[name]
        frames = []
        for row in vectors("iso8583/frames.json"):
            if row["dialect"] == name:
                frames.append(unhexlify(row["frame"])[2:])
        reader = bare.BareIn(dialect.TABLE, dialect.SKIP)
        assert one_by_one(reader, b"".join(frames)) == frames
        assert not reader.partial()


def test_without_a_prefix_garbage_and_floods_lose_the_framing():
    reader = bare.BareIn(cup.TABLE, cup.SKIP)
    assert raises(framing.FramingError, reader.feed, bytes(40)).reason == "message"
    assert raises(framing.FramingError, reader.feed, b"").reason == "message"
    reader = bare.BareIn(ascii87.TABLE, 0, 64)
    start = b"0800" + b"0000000000010000" + b"999"
    assert raises(framing.FramingError, reader.feed, start + b"x" * 60).reason == "too long"
    reader.reset()
    assert reader.feed(start) == []
    assert reader.partial()


def test_measure_wants_more_until_the_last_byte():
    wire = unhexlify(vectors("iso8583/frames.json")[3]["frame"])[2:]
    for n in range(len(wire)):
        assert bare.measure(wire[:n], cup.TABLE, cup.SKIP) == 0
    assert bare.measure(wire + b"next", cup.TABLE, cup.SKIP) == len(wire)
    raises(walker.Unparsed, bare.measure, b"\x99" * 30, cup.TABLE, cup.SKIP)


def test_a_message_between_stx_and_etx_is_recognised_and_not_only_waited_for():
    body = unhexlify("0104") + b"60000300000810 and more " * 3
    for length in (b"", b"\x01\x04", b"0072"):
        data = length + body + b"\x03"
        lrc = 0
        for byte in data:
            lrc ^= byte
        whole = b"\x02" + data + bytes([lrc])
        for form in range(7):
            reader = framing.FrameIn(form)
            try:
                frames = reader.feed(whole)
            except framing.FramingError:
                continue  # lost at once: named by the prefix
            if not frames:
                assert reader.stx(), (length, form)
                reader.feed(b"x")
                assert not reader.stx(), (length, form)
    reader = framing.FrameIn(0)
    reader.feed(b"\x00\x10abc")
    assert not reader.stx()
