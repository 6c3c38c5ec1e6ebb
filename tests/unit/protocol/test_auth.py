from binascii import hexlify, unhexlify

from posproto.auth import derive, hmac_sha256, same

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


def test_a_derived_key_is_that_of_rfc_5869():
    """Case 3 of its appendix A: no salt, no info."""
    okm = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert derive(b"\x0b" * 22, b"") == unhexlify(okm)
    assert derive(KEY, b"a") != derive(KEY, b"b")
