"""posproto.cose before other people's code: python-cwt makes and reads the same messages, and
cryptography derives the same keys.
"""

import secrets

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cwt import COSE, COSEKey

import judge
from posdiag.keys.key_derivation import hkdf_sha256
from posproto import auth, cbor, cose, keyed, manifest

KEY = bytes(range(32))
ALGORITHMS = (cose.HMAC_256_64, cose.HMAC_256_256)


def their_key(key, alg, kid=None):
    return COSEKey.from_symmetric_key(key, alg=alg, kid=kid)


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("size", [0, 1, 23, 24, 255, 256, 700])
def test_python_cwt_reads_what_we_sign_and_we_read_what_it_signs(alg, size):
    payload = secrets.token_bytes(size)
    aad = keyed.additional("POS-0042", 7, bytes(16))
    kid = cose.key_id(KEY)
    ours = cbor.encode(cose.mac0(KEY, payload, aad, alg, kid), 1024)
    theirs = their_key(KEY, alg, kid)
    tagged = b"\xd1" + ours  # tag 17, which our CBOR leaves out
    assert COSE.new().decode(tagged, theirs, external_aad=aad) == payload
    made = COSE.new(alg_auto_inclusion=True, kid_auto_inclusion=True).encode_and_mac(
        payload, theirs, external_aad=aad
    )
    assert made == tagged
    assert cose.verify(cbor.decode(made[1:], items_max=64), KEY, aad, alg) == payload


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_python_cwt_refuses_what_we_refuse(alg):
    message = cose.mac0(KEY, b"payload", b"aad", alg)
    wrong = [*message[:3], message[3][:-1] + bytes([message[3][-1] ^ 1])]
    cases = [
        (message, KEY, b"aae"),
        (message, bytes(32), b"aad"),
        (wrong, KEY, b"aad"),
        ([*message[:3], message[3][:4]], KEY, b"aad"),
    ]
    for case, key, aad in cases:
        with pytest.raises(cose.CoseError):
            cose.verify(case, key, aad, alg)
        with pytest.raises(Exception, match=r".*"):
            COSE.new().decode(
                cbor2.dumps(cbor2.CBORTag(17, case)), their_key(key, alg), external_aad=aad
            )


def test_the_key_id_is_the_thumbprint_of_rfc_9679():
    """Over the deterministic encoding of the key's required members."""
    import hashlib

    members = cbor2.dumps({1: 4, -1: KEY}, canonical=True)
    assert cose.key_id(KEY) == hashlib.sha256(members).digest()[:8]


def test_derived_keys_are_those_of_the_cryptography_library():
    for label in (auth.REPORT, b"x" * 100):
        theirs = HKDF(hashes.SHA256(), 32, None, label).derive(KEY)
        assert auth.derive(KEY, label) == theirs == hkdf_sha256(KEY, b"", label)


def test_python_cwt_and_the_schema_read_the_manifest_of_a_program():
    digest = secrets.token_bytes(32)
    made = manifest.make(KEY, manifest.number_of("0.2.7"), digest)
    key = HKDF(hashes.SHA256(), 32, None, b"POSMA program 1").derive(KEY)
    theirs = their_key(key, cose.HMAC_256_256, cose.key_id(key))
    payload = COSE.new().decode(b"\xd1" + made, theirs)
    assert cbor2.loads(payload) == {0: 0x00020007, 1: digest}
    judge.check("manifest", made)
    judge.check("program", payload)
