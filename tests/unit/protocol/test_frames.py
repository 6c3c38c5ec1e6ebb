from binascii import hexlify, unhexlify

from dual import raises, vectors
from posproto import cbor, frames, ids
from posproto.cbor import CborError, encode
from posproto.link import Frame, FrameReader, FrameWriter

GOLDEN = vectors("protocol/frames.json")


def value_of(data):
    """A golden value as Python has it: JSON knows neither bytes nor integer keys."""
    if isinstance(data, list):
        return [value_of(item) for item in data]
    if not isinstance(data, dict):
        return data
    if "hex" in data:
        return unhexlify(data["hex"])
    value = {}
    for key in data:
        value[int(key) if key.isdigit() else key] = value_of(data[key])
    return value


def frame_of(golden):
    (frame,) = FrameReader().feed(golden["line"].encode())
    return frame


def as_list(record, size):
    return [record.get(key) for key in range(size)]


def put(w, kind, value):
    if kind == ids.FRAME_HELLO:
        frames.put_hello(w, as_list(value, 9))
    elif kind == ids.FRAME_STATUS:
        frames.put_status(w, as_list(value, 31))
    elif kind == ids.FRAME_SIGNED or ids.RQ_COSE in value:
        w.value(value)
    elif kind == ids.FRAME_REQUEST:
        frames.put_request(w, *as_list(value, 2))
    elif kind == ids.FRAME_RESPONSE:
        frames.put_response(w, *as_list(value, 3))
    else:
        frames.put_event(w, value)


def test_golden_frames_read_as_written_down():
    assert len(GOLDEN) == 34
    for golden in GOLDEN:
        frame = frame_of(golden)
        for name in ("type", "version", "request_id", "sequence"):
            assert getattr(frame, name) == golden[name], golden["name"]
        assert hexlify(frame.payload).decode() == golden["cbor"]
        record, flags = (cbor.decode(frame.payload), 0)
        if golden["type"] != ids.FRAME_SIGNED:
            record, flags = frames.parse(frame)
        assert record == value_of(golden["value"]), golden["name"]
        assert flags == golden["flags"], golden["name"]


def test_golden_frames_are_written_byte_for_byte():
    writer = FrameWriter()
    for golden in GOLDEN:
        if golden["version"] == ids.PROTOCOL_VERSION:
            writer.sequence = golden["sequence"]
            w = writer.begin(golden["type"], golden["request_id"])
            put(w, golden["type"], value_of(golden["value"]))
            assert writer.end() == golden["line"].encode(), golden["name"]


def test_a_full_status_takes_156_bytes_of_cbor():
    sizes = {}
    for golden in GOLDEN:
        sizes[golden["name"]] = (len(golden["cbor"]) // 2, len(golden["line"]))
    assert sizes["status-full"] == (156, 227)
    assert sizes["status-usual"] == (68, 107)


def test_the_texts_of_a_status_may_be_bytes():
    sent = []
    for currency, plmn in (("CNY", "46000"), (b"CNY", b"46000")):
        writer = FrameWriter()
        record = {ids.ST_BOOT: 1, ids.ST_CURRENCY: currency, ids.ST_PLMN: plmn}
        status = as_list(record, 31)
        frames.put_status(writer.begin(ids.FRAME_STATUS), status)
        sent.append(writer.end())
    assert sent[0] == sent[1]
    (frame,) = FrameReader().feed(sent[1])
    assert frames.parse(frame) == (
        {ids.ST_BOOT: 1, ids.ST_CURRENCY: "CNY", ids.ST_PLMN: "46000"},
        0,
    )


def framed(kind, value, version=ids.PROTOCOL_VERSION):
    return Frame(bytes([kind, version, 0, 0, 0, 0]) + encode(value) + b"\0\0\0\0")


def test_every_numbered_key_has_its_type():
    """A key added to ids.py and not to the tables would be taken for unknown."""
    for prefix, kind in (
        ("HELLO_", ids.FRAME_HELLO),
        ("ST_", ids.FRAME_STATUS),
        ("EV_", ids.FRAME_EVENT),
        ("RQ_", ids.FRAME_REQUEST),
        ("RS_", ids.FRAME_RESPONSE),
    ):
        keys = [getattr(ids, name) for name in dir(ids) if name.startswith(prefix)]
        flags = frames.parse(framed(kind, dict.fromkeys(keys)))[1]
        assert not flags & frames.UNKNOWN_KEYS, prefix
        assert flags & frames.MISFIT_KEYS
        assert max(keys) + 1 == len(keys)
        assert frames.parse(framed(kind, {max(keys) + 1: 0}))[1] == frames.UNKNOWN_KEYS


def test_a_key_of_another_type_is_left_out_and_the_rest_kept():
    status = {ids.ST_BOOT: "17", ids.ST_UPTIME_S: 5, ids.ST_VERDICT: -1, ids.ST_REGISTRATION: {}}
    assert frames.parse(framed(ids.FRAME_STATUS, status)) == ({1: 5}, frames.MISFIT_KEYS)
    event = {ids.EV_ID: True, ids.EV_ARGS: [], ids.EV_BOOT: 1, "text": 1, -1: 1}
    record, flags = frames.parse(framed(ids.FRAME_EVENT, event))
    assert record == {ids.EV_BOOT: 1, "text": 1, -1: 1}
    assert flags == frames.MISFIT_KEYS | frames.UNKNOWN_KEYS


def test_a_new_agent_is_understood_as_far_as_it_goes():
    status = {ids.ST_BOOT: 17, 40: [1, 2], ids.ST_VERDICT: 101}
    record, flags = frames.parse(framed(ids.FRAME_STATUS, status, 3))
    assert record == status
    assert flags == frames.NEWER_VERSION | frames.UNKNOWN_KEYS
    assert frames.parse(framed(9, {0: 1}, 3)) == ({0: 1}, 1 | frames.UNKNOWN_TYPE)
    assert frames.parse(framed(0, {}))[1] == frames.UNKNOWN_TYPE


def test_a_payload_that_is_no_map_is_refused():
    for value in (0, [1], "status", None):
        assert raises(CborError, frames.parse, framed(2, value)).reason == "no map"
        assert raises(CborError, frames.parse_request, encode(value)).reason == "request"
    cut = framed(2, {})
    cut.payload = b"\xa1\x00"
    assert raises(CborError, frames.parse, cut).reason == "length"


def test_requests_are_taken_only_whole():
    whole = {ids.RQ_OP: 32, ids.RQ_ARGS: {}, ids.RQ_NONCE: b"n", 9: 1}
    assert frames.parse_request(encode(whole)) == whole
    old = {ids.RQ_OP: 32, ids.RQ_ARGS: b"\xa0", ids.RQ_NONCE: b"n", ids.RQ_MAC: b"m"}
    assert ids.RQ_ARGS not in frames.parse_request(encode(old))  # a version that signed otherwise
    assert frames.parse_request(encode({ids.RQ_OP: 2})) == {ids.RQ_OP: 2}
    for wrong in (
        {},
        {ids.RQ_ARGS: {}},
        {ids.RQ_OP: "status"},
        {ids.RQ_OP: -1},
        {ids.RQ_OP: True},
        {ids.RQ_OP: 4, ids.RQ_ARGS: [1]},
        {ids.RQ_OP: 4, ids.RQ_ARGS: "a"},
        {ids.RQ_OP: 4, ids.RQ_ARGS: b"\xa0"},
        {ids.RQ_OP: 4, ids.RQ_COSE: {}},
        {ids.RQ_OP: 4, ids.RQ_ARGS: None},
        {ids.RQ_OP: 4, ids.RQ_NONCE: "text"},
        {ids.RQ_OP: 4, ids.RQ_MAC: 5},
    ):
        assert raises(CborError, frames.parse_request, encode(wrong)).reason == "request"
    assert raises(CborError, frames.parse_request, b"").reason == "truncated"
