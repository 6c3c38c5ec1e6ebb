"""Generated input for the codec, the link, HMAC and parts, judged by cbor2, zlib and hmac."""

import hashlib
import hmac
import zlib

import cbor2
from hypothesis import example, given
from hypothesis import strategies as st

import judge
from posproto import auth, cbor, frames, link, parts

INTEGERS = st.integers(-(1 << 64), (1 << 64) - 1)
SCALARS = st.none() | st.booleans() | INTEGERS | st.binary(max_size=40) | st.text(max_size=20)
KEYS = INTEGERS | st.integers(-30, 300) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
PAYLOADS = st.binary(max_size=200)


def same(a, b):
    """Equal, and of the same types all through: Python takes True for 1."""
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


@given(VALUES)
def test_what_we_write_is_what_cbor2_writes_in_canonical_order(value):
    try:
        ours = cbor.encode(value, 4096)
    except cbor.CborError as error:
        assert error.reason == "depth"
        return
    assert ours == judge.canonical(value)
    assert same(cbor.decode(ours), value)
    assert same(cbor2.loads(ours), value)


@given(st.binary(max_size=60) | VALUES.map(cbor2.dumps))
@example(b"\x5b" + b"\xff" * 8)
@example(b"\xa2\x00\x01\x00\x01")
def test_any_bytes_are_read_as_cbor2_reads_them_or_refused_by_name(data):
    try:
        value = cbor.decode(data)
    except cbor.CborError as error:
        assert error.reason and 0 <= error.at <= len(data)
        return
    assert same(cbor2.loads(data), value)
    assert len(cbor.encode(value)) == len(data)  # nothing but the order of keys is free


@given(VALUES, st.data())
def test_one_changed_byte_never_raises_anything_but_its_own_error(value, data):
    code = bytearray(cbor2.dumps(value))
    code[data.draw(st.integers(0, len(code) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        cbor.decode(bytes(code))
    except cbor.CborError:
        pass


@st.composite
def streams(draw):
    """Text, frames and noise; returns (bytes, payloads, text)."""
    writer = link.FrameWriter(200)
    stream, payloads, text = b"", [], b""
    for part in draw(st.lists(st.tuples(st.booleans(), PAYLOADS), max_size=8)):
        if part[0]:
            w = writer.begin(3, len(payloads))
            w.buf[w.at : w.at + len(part[1])] = part[1]
            w.at += len(part[1])
            stream += writer.end()
            payloads.append(part[1])
        else:
            clean = part[1].replace(b"\x06", b"")
            stream += clean
            text += clean
    return stream, payloads, text


@given(streams(), st.lists(st.integers(1, 50), min_size=1))
def test_a_stream_cut_anywhere_gives_the_same_frames_and_text(stream, cuts):
    data, payloads, text = stream
    reader, heard, found = link.FrameReader(), [], []
    reader.text = heard.append
    at = i = 0
    while at < len(data):
        size = cuts[i % len(cuts)]
        found += reader.feed(data[at : at + size])
        at += size
        i += 1
    assert [frame.payload for frame in found] == payloads
    assert b"".join(heard) == text
    assert reader.bad_crc == reader.bad_base64 == reader.overlong == reader.cut == 0


@given(st.binary(max_size=400), st.integers(1, 50))
def test_noise_in_front_costs_at_most_what_the_mark_ends(noise, line_max):
    writer = link.FrameWriter()
    writer.begin(2).map(0)
    line = writer.end()
    reader = link.FrameReader(64 + line_max)
    found = list(reader.feed(noise + line))
    assert found[-1].payload == b"\xa0"
    assert judge.raw(line)[6:-4] == b"\xa0"


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), max_size=4))
def test_hmac_is_hmac(key, pieces):
    ours = auth.hmac_sha256(key, *pieces)
    assert ours == hmac.new(key, b"".join(pieces), hashlib.sha256).digest()


@given(st.binary(max_size=600), st.data())
def test_parts_in_any_sequence_give_the_message_or_a_refusal(message, data):
    assembler = parts.Assembler(512)
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, len(message)))
        end = data.draw(st.integers(at, len(message)))
        try:
            assembler.put(at, message[at:end])
        except parts.PartError as error:
            assert error.reason in ("gap", "overlap", "too long")
    try:
        whole = assembler.commit(len(message), zlib.crc32(message))
    except parts.PartError as error:
        assert error.reason in ("length", "crc")
        return
    assert whole == message


@given(st.integers(0, 255), VALUES | st.dictionaries(st.integers(-1, 30), SCALARS, max_size=9))
def test_any_map_in_any_frame_is_sorted_out_without_another_error(kind, value):
    try:
        payload = cbor.encode(value)
    except cbor.CborError:
        return
    frame = link.Frame(bytes([kind, 1, 0, 0, 0, 0]) + payload + bytes(4))
    try:
        record, flags = frames.parse(frame)
    except cbor.CborError as error:
        assert error.reason == "no map" and not isinstance(value, dict)
    else:
        assert all(same(value[key], record[key]) for key in record)
        assert (len(record) < len(value)) == bool(flags & frames.MISFIT_KEYS)
    try:
        request = frames.parse_request(payload)
    except cbor.CborError as error:
        assert error.reason == "request"
    else:
        assert same(request, value)
