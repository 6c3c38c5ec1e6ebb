"""COSE_Mac0: what is refused, and the golden status; host/protocol/test_cose_judges.py judges."""

from dual import raises, vectors
from posproto import auth, cbor, cose
from posproto.cose import CoseError, key_id, mac0, verify
from posproto.link import FrameReader

KEY = bytes(range(32))
OTHER = bytes(32)


def refusal(message, key=KEY, **options):
    def read():
        return verify(message, key, **options)

    return raises(CoseError, read).reason


def test_what_the_key_made_is_read_and_nothing_else():
    for alg, size in ((cose.HMAC_256_64, 8), (cose.HMAC_256_256, 32)):
        for kid in (None, key_id(KEY)):
            message = mac0(KEY, b"payload", b"aad", alg, kid)
            assert len(message[3]) == size
            assert cose.kid_of(message) == kid
            read = cbor.decode(cbor.encode(message))
            assert verify(read, KEY, b"aad", alg) == b"payload"
            assert refusal(read, aad=b"aae", alg=alg) == "tag"
            assert refusal(read, aad=b"", alg=alg) == "tag"
            wrong = "tag" if kid is None else "key id"
            assert refusal(read, OTHER, aad=b"aad", alg=alg) == wrong
            other = cose.HMAC_256_64 + cose.HMAC_256_256 - alg
            assert refusal(read, aad=b"aad", alg=other) == "algorithm"


def test_a_tag_of_another_length_is_refused():
    message = mac0(KEY, b"payload")
    for tag in (b"", message[3][:8], message[3][:31], message[3] + b"\0"):
        assert refusal(message[:3] + [tag]) == "tag"
    short = mac0(KEY, b"payload", b"", cose.HMAC_256_64)
    assert refusal(short[:3] + [message[3]], alg=cose.HMAC_256_64) == "tag"


def test_what_is_no_message_is_refused_by_name():
    whole = mac0(KEY, b"payload", kid=key_id(KEY))
    twice = cbor.encode({1: 5, 4: key_id(KEY)})
    for wrong in (
        None,
        {},
        b"bytes",
        whole[:3],
        whole + [0],
        ["text"] + whole[1:],
        [whole[0], [], whole[2], whole[3]],
        [whole[0], {}, None, whole[3]],
        [whole[0], {}, whole[2], "tag"],
        [b"\xff", {}, whole[2], whole[3]],
        [b"\x05", {}, whole[2], whole[3]],
        [twice, whole[1], whole[2], whole[3]],  # one parameter in both headers
        [cbor.encode({1: 5, 2: [99]}), {}, whole[2], whole[3]],  # critical, not understood
    ):
        assert refusal(wrong) == "form"
    # The algorithm counts only where the tag covers it.
    assert refusal([b"", {1: 5}, whole[2], whole[3]]) == "algorithm"
    assert refusal([whole[0], {4: b"wrong"}, whole[2], whole[3]]) == "key id"


def test_the_golden_status_verifies_under_the_report_key_alone():
    (golden,) = [g for g in vectors("protocol/frames.json") if g["name"] == "status-signed"]
    (frame,) = FrameReader().feed(golden["line"].encode())
    message = cbor.decode(frame.payload)
    report_key = auth.derive(KEY, auth.REPORT)
    data = verify(message, report_key, alg=cose.HMAC_256_64)
    assert len(frame.payload) == len(data) + 27
    assert refusal(message, alg=cose.HMAC_256_64) == "key id"
    again = cose.Signer(report_key).sign(data)
    assert cbor.encode(again) == frame.payload
    inner = cose.inside(frame)
    assert inner.payload == data[6:] and inner.type == 2


def test_a_signed_frame_with_nothing_inside_is_refused():
    (frame,) = FrameReader().feed(vectors("protocol/frames.json")[0]["line"].encode())
    for payload, reason in (
        (cbor.encode({0: 1}), "no message"),
        (cbor.encode([b"", {}, b"short", b""]), "truncated"),
        (b"\x84", "length"),
    ):
        frame.payload = payload
        assert raises(cbor.CborError, cose.inside, frame).reason == reason
