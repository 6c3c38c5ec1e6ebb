from binascii import hexlify, unhexlify

from dual import raises, vectors
from posproto import frames, ids
from posproto.auth import Challenges, hmac_sha256, request_mac, same
from posproto.link import FrameReader

# RFC 4231, cases 1 to 7: key, data, HMAC-SHA-256 (case 5 is cut to 128 bits there).
RFC_4231 = (
    (
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        b"\xaa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data."
        b" The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
)

KEY = b"0123456789abcdef0123456789abcdef"
NONCE = bytes(range(16))
ARGS = unhexlify("a1001a6ab13b80")


def test_hmac_gives_the_values_of_rfc_4231():
    for key, data, mac in RFC_4231:
        assert hexlify(hmac_sha256(key, data)).decode().startswith(mac)
        assert hmac_sha256(key, data[:3], b"", data[3:]) == hmac_sha256(key, data)


def test_keys_around_the_block_size_differ():
    macs = [hmac_sha256(b"k" * n, b"data") for n in (1, 63, 64, 65, 66)]
    for i in range(len(macs)):
        assert len(macs[i]) == 32 and macs.index(macs[i]) == i


def test_same_compares_every_byte():
    mac = hmac_sha256(KEY, b"x")
    assert same(mac, bytes(mac)) and same(b"", b"")
    for i in range(32):
        other = bytearray(mac)
        other[i] ^= 1
        assert not same(mac, other)
    assert not same(mac, mac[:31]) and not same(mac, mac + b"\0") and not same(b"", mac)


def request(mac, nonce=NONCE, op=ids.OP_SET_TIME, args=ARGS):
    return {ids.RQ_OP: op, ids.RQ_ARGS: args, ids.RQ_NONCE: nonce, ids.RQ_MAC: mac}


def store(**options):
    return Challenges("POS-0042", **options)


def right_mac(nonce=NONCE, key=KEY, op=ids.OP_SET_TIME, request_id=513, device="POS-0042"):
    return request_mac(key, nonce, device, request_id, op, ARGS)


def test_a_keyed_request_passes_once():
    challenges = store()
    assert not challenges.knows(NONCE)
    assert challenges.issue(NONCE, 1000) == NONCE
    assert challenges.knows(NONCE)
    assert challenges.check(KEY, 513, request(right_mac()), 1010) == ids.R_OK
    assert challenges.check(KEY, 513, request(right_mac()), 1010) == ids.R_STALE


def test_the_mac_binds_everything_that_could_be_swapped():
    for mac in (
        right_mac(key=b"other"),
        right_mac(nonce=b"n" * 16),
        right_mac(op=ids.OP_HEAL),
        right_mac(request_id=514),
        right_mac(device="POS-0043"),
        right_mac()[:31] + b"?",
        right_mac()[:16],
        b"",
    ):
        challenges = store()
        challenges.issue(NONCE, 0)
        assert challenges.check(KEY, 513, request(mac), 0) == ids.R_KEY_WRONG
    challenges.issue(NONCE, 0)
    changed = request(right_mac(), args=ARGS[:-1] + b"\x81")
    assert challenges.check(KEY, 513, changed, 0) == ids.R_KEY_WRONG


def test_a_longer_device_id_cannot_eat_into_what_follows_it():
    a = request_mac(KEY, NONCE, "A", 0x4243, 0x44, b"E")
    for device, request_id, op, args in (("AB", 0x4344, 0x45, b""), ("", 0x4142, 0x43, b"DE")):
        assert request_mac(KEY, NONCE, device, request_id, op, args) != a


def test_a_wrong_key_uses_its_challenge_up():
    challenges = store()
    challenges.issue(NONCE, 0)
    assert challenges.check(KEY, 513, request(right_mac(key=b"guess")), 0) == ids.R_KEY_WRONG
    assert challenges.check(KEY, 513, request(right_mac()), 0) == ids.R_STALE


def test_a_challenge_expires():
    for age_s, result in ((0, ids.R_OK), (30, ids.R_OK), (31, ids.R_STALE), (86400, ids.R_STALE)):
        challenges = store(valid_s=30)
        challenges.issue(NONCE, 500)
        assert challenges.check(KEY, 513, request(right_mac()), 500 + age_s) == result


def test_a_captured_exchange_replayed_after_a_restart_is_refused():
    challenges = store()
    challenges.issue(b"a fresh nonce 16", 0)
    assert challenges.check(KEY, 513, request(right_mac()), 0) == ids.R_STALE
    assert store().check(KEY, 513, request(right_mac()), 0) == ids.R_STALE


def test_only_the_last_challenges_are_kept():
    challenges = store(kept=2)
    nonces = [bytes([n]) * 16 for n in range(3)]
    for nonce in nonces:
        challenges.issue(nonce, 0)
    results = [challenges.check(KEY, 513, request(right_mac(n), n), 0) for n in nonces]
    assert results == [ids.R_STALE, ids.R_OK, ids.R_OK]


def test_requests_without_a_mac_or_without_a_provisioned_key_change_nothing():
    challenges = store()
    challenges.issue(NONCE, 0)
    whole = request(right_mac())
    for key in (ids.RQ_NONCE, ids.RQ_MAC):
        part = dict(whole)
        del part[key]
        assert challenges.check(KEY, 513, part, 0) == ids.R_KEY_NEEDED
    assert challenges.check(KEY, 513, request(right_mac(), args={0: 1}), 0) == ids.R_KEY_NEEDED
    for key in (None, b""):
        empty = request(right_mac(key=b""))
        assert challenges.check(key, 513, empty, 0) == ids.R_KEY_NEEDED
    assert challenges.check(KEY, 513, whole, 0) == ids.R_OK


def test_a_nonce_of_another_size_is_a_programming_error():
    assert raises(ValueError, store().issue, b"short", 0)


def test_the_golden_exchange_holds():
    lines = {}
    for golden in vectors("protocol/frames.json"):
        lines[golden["name"]] = golden["line"].encode()
    (challenge,) = FrameReader().feed(lines["response-challenge"])
    nonce = frames.parse(challenge)[0][ids.RS_VALUE][0]
    (frame,) = FrameReader().feed(lines["request-set-time"])
    golden = frames.parse_request(frame.payload)
    challenges = store()
    challenges.issue(nonce, 0)
    assert challenges.check(bytes(range(32)), frame.request_id, golden, 30) == ids.R_OK
