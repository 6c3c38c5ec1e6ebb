"""Keyed requests: what their message binds, and how long a challenge holds."""

from dual import raises, vectors
from posproto import cbor, cose, frames, ids, keyed
from posproto.link import FrameReader, FrameWriter

KEY = b"0123456789abcdef0123456789abcdef"
NONCE = bytes(range(16))
TIME = {0: 1790000000}


def sent(key=KEY, device="POS-0042", request_id=513, nonce=NONCE, op=ids.OP_SET_TIME, args=TIME):
    """The frame of a keyed request."""
    writer = FrameWriter()
    begun = writer.begin(ids.FRAME_REQUEST, request_id)
    keyed.put_request(begun, key, device, request_id, nonce, op, args)
    (frame,) = FrameReader().feed(writer.end())
    return frame


def is_right(frame, key=KEY, device="POS-0042", change=None):
    request = frames.parse_request(frame.payload)
    if change:
        change(request)
    return keyed.is_right(request, key, device, frame.request_id)


def test_a_keyed_request_arrives_with_its_operation_and_arguments():
    frame = sent()
    request = frames.parse_request(frame.payload)
    assert (request[ids.RQ_OP], request[ids.RQ_ARGS]) == (ids.OP_SET_TIME, TIME)
    assert request[ids.RQ_NONCE] == NONCE
    assert is_right(frame)
    assert ids.RQ_ARGS not in frames.parse_request(sent(args=None).payload)


def test_the_message_binds_everything_that_could_be_swapped():
    frame = sent()
    frame.request_id = 514
    assert not is_right(frame)
    for other in (sent(key=b"k" * 32), sent(device="POS-0043"), sent(request_id=514)):
        other.request_id = 513
        assert not is_right(other)
    assert not is_right(sent(), change=lambda r: r.update({ids.RQ_NONCE: b"n" * 16}))
    for at in (0, 2, 3):
        for bit in (1, 128):

            def flip(request, at=at, bit=bit):
                part = bytearray(request[ids.RQ_COSE][at])
                part[-1] ^= bit
                request[ids.RQ_COSE][at] = bytes(part)

            assert not is_right(sent(), change=flip)


def test_who_shortens_the_tag_or_names_a_weaker_algorithm_is_refused():
    request = frames.parse_request(sent().payload)
    message = request[ids.RQ_COSE]
    aad = keyed.additional("POS-0042", 513, NONCE)
    weak = cose.mac0(KEY, message[2], aad, cose.HMAC_256_64)
    for wrong in (message[:3] + [message[3][:8]], message[:3] + [b""], weak):
        request[ids.RQ_COSE] = wrong
        assert not keyed.is_right(request, KEY, "POS-0042", 513)
    request[ids.RQ_COSE] = message
    assert keyed.is_right(request, KEY, "POS-0042", 513)


def test_what_stands_outside_of_the_message_is_no_request():
    """Who could add an operation or arguments beside the signed ones would command."""
    record = cbor.decode(sent().payload)
    for key, value in ((ids.RQ_OP, ids.OP_LOCK), (ids.RQ_ARGS, {0: 1}), (ids.RQ_ARGS, b"")):
        changed = dict(record)
        changed[key] = value
        if key == ids.RQ_ARGS:  # what is signed goes before
            if isinstance(value, dict):
                assert frames.parse_request(cbor.encode(changed))[ids.RQ_ARGS] == TIME
            continue
        assert raises(cbor.CborError, frames.parse_request, cbor.encode(changed))
    for message in ([], [b""] * 3, [b"", {}, "text", b""], [b"", {}, b"\xa1\x00", b""], [0] * 4):
        changed = dict(record)
        changed[ids.RQ_COSE] = message
        assert raises(cbor.CborError, frames.parse_request, cbor.encode(changed))


def test_a_challenge_serves_once_and_for_30_seconds():
    for age_s, holds in ((0, True), (30, True), (31, False), (86400, False)):
        challenges = keyed.Challenges()
        assert challenges.issue(NONCE, 500) == NONCE
        assert not challenges.take(b"another nonce 16", 500)
        assert challenges.take(NONCE, 500 + age_s) == holds
        assert not challenges.take(NONCE, 500)


def test_only_the_last_challenges_are_kept():
    challenges = keyed.Challenges()
    nonces = [bytes([n]) * 16 for n in range(3)]
    for nonce in nonces:
        challenges.issue(nonce, 0)
    assert [challenges.take(n, 0) for n in nonces] == [False, True, True]


def test_a_nonce_of_another_size_is_a_programming_error():
    assert raises(ValueError, keyed.Challenges().issue, b"short", 0)


def test_the_golden_exchange_holds():
    lines = {}
    for golden in vectors("protocol/frames.json"):
        lines[golden["name"]] = golden["line"].encode()
    (challenge,) = FrameReader().feed(lines["response-challenge"])
    nonce = frames.parse(challenge)[0][ids.RS_VALUE][0]
    (frame,) = FrameReader().feed(lines["request-set-time"])
    golden = frames.parse_request(frame.payload)
    assert golden[ids.RQ_NONCE] == nonce
    assert keyed.is_right(golden, bytes(range(32)), "POS-0042", frame.request_id)
    ours = sent(bytes(range(32)), "POS-0042", frame.request_id, nonce)
    assert ours.payload == frame.payload
