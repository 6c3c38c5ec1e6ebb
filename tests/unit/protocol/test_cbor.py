from binascii import hexlify, unhexlify

from dual import raises, vectors
from posproto import cbor
from posproto.cbor import CborError, Writer, decode, encode

# Values of appendix A that JSON cannot hold, as Python has them.
WITHOUT_JSON = {"40": b"", "4401020304": b"\x01\x02\x03\x04", "a201020304": {1: 2, 3: 4}}

# What we refuse of appendix A, by the first byte that decides.
REFUSED = {
    "c": "tag",
    "d": "tag",
    "f7": "undefined",
    "f0": "simple",
    "f8": "simple",
    "f9": "float",
    "fa": "float",
    "fb": "float",
    "5f": "indefinite",
    "7f": "indefinite",
    "9f": "indefinite",
    "bf": "indefinite",
    "83018202039f": "indefinite",
    "83019f": "indefinite",
    "826161bf": "indefinite",
}


def refusal(code):
    for start in REFUSED:
        if code.startswith(start):
            return REFUSED[start]
    return None


def refused(code, **limits):
    data = unhexlify(code)
    return raises(CborError, lambda: decode(data, **limits)).reason


def test_every_rfc_example_is_read_exactly_or_refused_by_name():
    read = 0
    examples = vectors("cbor-appendix-a.json")
    for example in examples:
        code = example["hex"]
        reason = refusal(code)
        if reason:
            assert refused(code) == reason, code
            continue
        value = example["decoded"] if "decoded" in example else WITHOUT_JSON[code]
        got = decode(unhexlify(code))
        assert got == value and type(got) is type(value), code
        read += 1
    assert (read, len(examples)) == (37, 82)


def test_every_rfc_example_that_we_read_is_written_back_exactly():
    written = 0
    for example in vectors("cbor-appendix-a.json"):
        code = example["hex"]
        if example["roundtrip"] and not refusal(code):
            assert encode(decode(unhexlify(code))) == unhexlify(code), code
            written += 1
    assert written == 37


def test_one_value_of_a_record_is_read_without_the_rest():
    record = {0: 7, 3: -2, 5: 70000, 6: {1: "text", 2: [1, b"x"]}}
    data = encode(record)
    assert [cbor.peek(data, key) for key in record] == list(record.values())
    assert cbor.peek(data, 4) is None and cbor.peek(encode({}), 0) is None
    assert cbor.peek(data[: data.index(b"\x06")], 5) == 70000  # nothing behind it is looked at


def test_integers_keep_to_64_bits_and_say_so():
    for value, code in (
        (1 << 64, None),
        ((1 << 64) - 1, b"1bffffffffffffffff"),
        (1 << 32, b"1b0000000100000000"),
        ((1 << 32) - 1, b"1affffffff"),
        (1 << 30, b"1a40000000"),
        (65536, b"1a00010000"),
        (65535, b"19ffff"),
        (256, b"190100"),
        (255, b"18ff"),
        (24, b"1818"),
        (23, b"17"),
        (-24, b"37"),
        (-25, b"3818"),
        (-256, b"38ff"),
        (-257, b"390100"),
        (-(1 << 30) - 1, b"3a40000000"),
        (-(1 << 64), b"3bffffffffffffffff"),
        (-(1 << 64) - 1, None),
    ):
        if code:
            assert hexlify(encode(value)) == code
            assert decode(unhexlify(code)) == value
        else:
            assert raises(CborError, encode, value).reason == "integer"


def test_integers_and_lengths_in_more_bytes_than_needed_are_refused():
    for code in ("1800", "1817", "190000", "1900ff", "1a0000ffff", "1b00000000ffffffff"):
        assert refused(code) == "not shortest"
        assert refused("%02x" % (int(code[:2], 16) | 0x20) + code[2:]) == "not shortest"
    for code in ("580161", "780161", "980101", "b8010101", "59000161", "5b000000000000000161"):
        assert refused(code) == "not shortest"


def test_a_cut_anywhere_is_refused_never_guessed():
    whole = encode({0: 1000, 1: [b"abc", "def", 70000, None], 2: {3: -1 << 40, "key": True}})
    for end in range(len(whole)):
        error = raises(CborError, decode, whole[:end])
        assert error.reason in ("truncated", "length"), error.reason
        assert error.at <= end
        assert raises(CborError, decode, whole, 0, end).reason == error.reason


def test_bytes_behind_the_value_are_refused():
    assert refused("0102") == "trailing"
    assert refused("a000") == "trailing"
    assert decode(unhexlify("ff8101ff"), 1, 3) == [1]


def test_a_length_larger_than_the_frame_takes_no_memory():
    for code in (
        "5a7fffffff00",
        "7a7fffffff00",
        "9a7fffffff00",
        "ba7fffffff00",
        "5bffffffffffffffff00",
        "9bffffffffffffffff00",
        "a2010203",
        "4361",
    ):
        assert refused(code) == "length"


def test_nesting_ends_at_the_depth_allowed():
    assert decode(unhexlify("8181818181" + "80")) == [[[[[[]]]]]]
    assert refused("818181818181" + "80") == "depth"
    assert refused("81" * 300 + "80") == "depth"
    assert refused("a100" * 300 + "a0") == "depth"
    assert refused("8180", depth_max=1) == "depth"
    assert decode(unhexlify("80"), 0, None, 1) == []
    assert refused("80", depth_max=0) == "depth"
    assert decode(b"\x00", depth_max=0) == 0


def test_more_items_than_allowed_are_refused():
    assert refused("83010203", items_max=3) == "items"
    assert decode(unhexlify("83010203"), items_max=4) == [1, 2, 3]
    assert refused("a20102" + "0304", items_max=4) == "items"
    assert refused("990200" + "00" * 512) == "items"


def test_a_key_that_comes_twice_is_refused():
    assert refused("a201000101") == "duplicate key"
    assert refused("a26161006161" + "01") == "duplicate key"
    assert decode(unhexlify("a2010020" + "01")) == {1: 0, -1: 1}


def test_keys_are_integers_or_text():
    for code in ("a1f500", "a1f600", "a1410000", "a18000", "a1a000", "a1c10000", "a1f9000000"):
        assert refused(code) == "key type", code
    for key in (True, None, b"a", (1,)):
        assert raises(CborError, encode, {key: 1}).reason == "key type"


def test_reserved_codes_are_refused_by_name():
    for code, reason in (
        ("1c", "reserved"),
        ("1f", "reserved"),
        ("3f", "reserved"),
        ("5e", "reserved"),
        ("9d", "reserved"),
        ("fc", "reserved"),
        ("fe", "reserved"),
        ("ff", "break"),
        ("8201ff", "break"),
        ("f818", "simple"),
        ("f80f", "simple"),
        ("e0", "simple"),
        ("f3", "simple"),
        ("f7", "undefined"),
        ("df", "tag"),
    ):
        assert refused(code) == reason, code


def test_text_that_is_no_utf8_is_refused_alike_on_both_runtimes():
    for code in (
        "6180",  # starts with a continuation
        "61c3",  # cut
        "62c328",
        "62c080",  # long form of NUL
        "62c1bf",
        "63e08080",
        "63eda080",  # surrogates
        "63edbfbf",
        "64f0808080",
        "64f4908080",  # above U+10FFFF
        "64f7bfbfbf",
        "65f888808080",
        "61ff",
    ):
        assert refused(code) == "utf-8", code
    for code, text in (
        ("62c280", "\x80"),
        ("63e0a080", "\u0800"),
        ("63ed9fbf", "\ud7ff"),
        ("63ee8080", "\ue000"),
        ("63efbfbf", "\uffff"),
        ("64f0908080", "\U00010000"),
        ("64f48fbfbf", "\U0010ffff"),
        ("66e4bd99e9a29d", "余额"),
    ):
        assert decode(unhexlify(code)) == text
        assert hexlify(encode(text)).decode() == code


def test_map_keys_are_written_in_one_order_whatever_the_dict():
    value = {}
    for key in ("bb", "b", -25, -1, 24, 23, 0, "a"):
        value[key] = 1
    code = b"a8" + b"0001" + b"1701" + b"181801" + b"2001" + b"381801" + b"616101" + b"616201"
    assert hexlify(encode(value)) == code + b"62626201"


def test_the_writer_fills_the_callers_buffer_and_stops_at_its_end():
    buf = bytearray(8)
    w = Writer(buf, 2, 6)
    w.map(1)
    w.uint(5)
    w.text("a")
    assert (w.at, bytes(buf)) == (6, b"\0\0\xa1\x05\x61a\0\0")
    for write in (lambda: w.int(0), lambda: w.bytes(b""), lambda: w.value([]), w.null):
        assert raises(CborError, write).reason == "full"
        assert (w.at, bytes(buf)) == (6, b"\0\0\xa1\x05\x61a\0\0")
    w.at = 2
    for write in (lambda: w.bytes(b"1234"), lambda: w.text("1234"), lambda: w.int(1 << 32)):
        assert raises(CborError, write).reason == "full"
        assert w.at == 2
    w.bytes(memoryview(b"123"))
    assert (w.at, len(buf)) == (6, 8)
    assert raises(CborError, lambda: cbor.encode(b"12345678", 8)).reason == "full"


def test_texts_may_be_handed_over_as_bytes():
    w = Writer(bytearray(16))
    w.text(b"CNY")
    w.text("CNY")
    w.text(memoryview(b"CNY"))
    w.bool(True)
    w.bool(False)
    assert hexlify(w.buf[: w.at]) == b"63434e59" * 3 + b"f5f4"


def test_values_outside_our_cbor_are_not_written():
    assert raises(CborError, encode, 1.5).reason == "float"
    assert raises(CborError, encode, [1.0]).reason == "float"
    assert raises(CborError, encode, object()).reason == "type"
    deep = []
    for _ in range(7):
        deep = [deep]
    assert raises(CborError, encode, deep).reason == "depth"
