"""Worked and damaged messages: what the walk reaches, keeps, and refuses."""

from binascii import hexlify, unhexlify

from dual import raises, vectors
from posproto.iso8583 import ascii87, cup, nac, walker

DIALECTS = {"cup": cup, "nac": nac, "ascii87": ascii87}
KNOWN = (
    "mti",
    "order",
    "f3",
    "f7",
    "f11",
    "f12",
    "f13",
    "f15",
    "f37",
    "f39",
    "f41",
    "f42",
    "f70",
    "f60_1",
    "f60_2",
    "f60_3",
    "flags",
)


def read(name, frame):
    dialect = DIALECTS[name]
    return walker.walk(frame, dialect.TABLE, dialect.SKIP, dialect.HEADER)


def worked(name):
    for row in vectors("iso8583/frames.json"):
        if row["name"] == name:
            return unhexlify(row["frame"])[2:]
    raise KeyError(name)


def test_worked_frames_say_what_they_carry_and_nothing_else():
    for row in vectors("iso8583/frames.json"):
        message = read(row["dialect"], unhexlify(row["frame"])[2:])
        for key in KNOWN:
            want = row["expect"].get(key)
            got = getattr(message, key)
            assert got == (tuple(want) if key == "flags" and want else want), (row["name"], key)


def test_every_cut_of_a_worked_frame_is_refused():
    for row in vectors("iso8583/frames.json"):
        frame = unhexlify(row["frame"])[2:]
        for n in range(len(frame)):
            raises(walker.Unparsed, read, row["dialect"], frame[:n])
        error = raises(walker.Unparsed, read, row["dialect"], frame + b"\x00")
        assert error.reason == "trailing"


def test_no_card_data_stays_in_a_message():
    for name in ("sale", "sale answer", "upload detail", "reversal"):
        message = read("cup", worked(name))
        kept = " ".join(str(getattr(message, key)) for key in KNOWN)
        assert "6222" not in kept and "0200000000000" not in kept, name
        assert "012345" not in kept


def test_an_error_names_a_place_and_no_content():
    frame = worked("sale").replace(unhexlify("17622202"), unhexlify("1A622202"))
    error = raises(walker.Unparsed, read, "cup", frame)
    assert error.reason == "field 2"
    assert "622202" not in str(error)


def test_text_that_is_no_text_is_refused():
    frame = worked("sale answer").replace(b"TEST0001", b"TEST\xce\xd2\x001")
    assert raises(walker.Unparsed, read, "cup", frame).reason == "text"
    frame = worked("sale answer").replace(b"00TEST0001", b"0\xffTEST0001")
    assert raises(walker.Unparsed, read, "cup", frame).reason == "text"


def test_a_stan_with_letters_is_refused():
    frame = worked("reversal answer").replace(unhexlify("000002090250"), unhexlify("00000A090250"))
    assert raises(walker.Unparsed, read, "cup", frame).reason == "field 11"


def test_the_other_dialect_is_refused_where_they_differ():
    # F48 and F60 count digits in one and bytes in the other.
    frame = worked("settlement answer")
    raises(walker.Unparsed, walker.walk, frame, nac.TABLE, 11)


def test_a_private_field_is_walked_once_the_acquirer_configures_it():
    frame = bytearray(worked("upload end answer"))
    frame[13 + 4] |= 0x01  # F40, which UnionPay's table leaves to the acquirer
    at = frame.index(b"00TEST0001") + 2
    frame = bytes(frame[:at]) + b"\x00\x03abc" + bytes(frame[at:])
    assert raises(walker.Unparsed, read, "cup", frame).reason == "field 40"
    table = walker.override(cup.TABLE, {40: ord("B")})
    message = walker.walk(frame, table, cup.SKIP, cup.HEADER)
    assert message.f39 == "00" and message.f60_3 == "202"


def test_a_packed_response_code_is_read_where_configured():
    frame = worked("upload end answer").replace(b"00TEST0001", b"\x95TEST0001")
    raises(walker.Unparsed, read, "cup", frame)
    table = walker.override(cup.TABLE, {39: 1})
    assert walker.walk(frame, table, cup.SKIP).f39 == "95"


def test_a_second_bitmap_is_walked_only_where_configured():
    frame = worked("sign-on")
    wide = frame[:13] + bytes([frame[13] | 0x80]) + frame[14:21]
    wide += unhexlify("0400000000000001") + frame[21:] + unhexlify("0301") + b"12345678"
    assert raises(walker.Unparsed, read, "cup", wide).reason == "second bitmap"
    table = walker.override(cup.TABLE, {70: 2, 128: 8})
    assert walker.walk(wide, table, cup.SKIP).f41 == "TEST0001"
    assert len(cup.TABLE) == 65
    raises(walker.Unparsed, walker.walk, wide, walker.override(cup.TABLE, {70: 2}), cup.SKIP)


def test_a_batch_as_text_is_kept_and_other_private_text_is_not():
    head = unhexlify("600003000005000020000000C00010000007") + b"TEST0001" + b"0" * 15
    message = read("nac", head + b"\x00\x06000042")
    assert message.f60_2 == "000042" and message.f11 == "000007"
    for other in (b"\x00\x06ABC042", b"\x00\x225413330089020011222222"):
        message = read("nac", head + other)
        assert message.f60_2 is None and message.f60_1 is None


def test_headers_of_other_lengths_move_the_message():
    frame = worked("upload end answer")
    for extra in (2, 14, 50):
        longer = frame[:11] + b"\x00" * extra + frame[11:]
        message = walker.walk(longer, cup.TABLE, 11 + extra, 5)
        assert message.order == 3 and message.mti == 330
        raises(walker.Unparsed, walker.walk, longer, cup.TABLE, 11, 5)


def test_only_messages_between_terminal_and_acquirer_are_believed():
    frame = worked("sign-on")
    good = (100, 110, 120, 130, 200, 210, 220, 230, 320, 330, 400, 410, 420, 430, 500, 510)
    good += (620, 630, 800, 810, 820, 830, 201, 221, 401, 411, 405)
    for mti in range(1000):
        wire = frame[:11] + unhexlify("%04d" % mti) + frame[13:]
        if mti in good or (mti // 10 * 10 in good and mti % 10 < 6):
            assert read("cup", wire).mti == mti
        else:
            assert raises(walker.Unparsed, read, "cup", wire).reason == "mti"
    raises(walker.Unparsed, read, "cup", frame[:11] + b"\x1a\xbc" + frame[13:])
    raises(walker.Unparsed, read, "cup", frame[:11] + b"\x18\x00" + frame[13:])


def test_random_damage_ends_in_a_message_or_in_unparsed():
    seed = 1
    for row in vectors("iso8583/frames.json"):
        frame = bytearray(unhexlify(row["frame"])[2:])
        for _ in range(150):
            seed = seed * 1103515245 + 12345 & 0x7FFFFFFF
            hurt = bytearray(frame)
            hurt[(seed >> 8) % len(hurt)] ^= 1 << (seed & 7)
            try:
                message = read(row["dialect"], bytes(hurt))
            except walker.Unparsed as error:
                assert len(error.reason) < 16
            else:
                assert message.mti < 1000, hexlify(hurt)
