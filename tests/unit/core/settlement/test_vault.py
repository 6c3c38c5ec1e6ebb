"""Messages at rest: nobody reads them, nobody changes them, nobody swaps them."""

from binascii import unhexlify

from posagent.core.settlement import vault
from pospractice import soft_aes

try:
    import cryptolib
except ImportError:
    cryptolib = None

_KEY = bytes(range(32))
_ZERO = bytes(16)


def test_the_tests_own_aes_agrees_with_fips_197_and_the_board():
    plain = unhexlify("00112233445566778899aabbccddeeff")
    for size, sealed in (
        (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
        (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
        (32, "8ea2b7ca516745bfeafc49904b496089"),
    ):
        key = _KEY[:size]
        assert soft_aes.aes(key, 2, _ZERO).encrypt(plain) == unhexlify(sealed)
        assert soft_aes.aes(key, 2, _ZERO).decrypt(unhexlify(sealed)) == plain
    if cryptolib:
        data = bytes(range(96))
        sealed = cryptolib.aes(_KEY, 2, plain).encrypt(data)
        assert soft_aes.aes(_KEY, 2, plain).encrypt(data) == sealed
        assert soft_aes.aes(_KEY, 2, plain).decrypt(sealed) == data


def _keys(key=_KEY):
    return vault.keys(key, soft_aes.aes)


def test_what_was_sealed_is_opened_again_at_every_length():
    for size in (0, 1, 15, 16, 17, 31, 32, 158):
        data = bytes(i * 7 & 255 for i in range(size))
        sealed = vault.seal(_keys(), b"b01", data)
        assert vault.unseal(_keys(), b"b01", sealed) == data
        assert len(sealed) <= size + vault.OVERHEAD
        assert size < 8 or data not in sealed


def test_boards_and_the_tests_seal_alike():
    if cryptolib:
        board = vault.keys(_KEY)
        sealed = vault.seal(board, b"x", b"message")
        assert sealed == vault.seal(_keys(), b"x", b"message")
        assert vault.unseal(board, b"x", sealed) == b"message"


def test_any_change_of_a_byte_is_noticed():
    sealed = vault.seal(_keys(), b"b01", b"0400 reversal body")
    for i in range(len(sealed)):
        changed = bytearray(sealed)
        changed[i] ^= 1
        assert vault.unseal(_keys(), b"b01", bytes(changed)) is None
    for cut in range(len(sealed)):
        assert vault.unseal(_keys(), b"b01", sealed[:cut]) is None


def test_a_message_in_another_place_or_under_another_key_is_none():
    sealed = vault.seal(_keys(), b"b01", b"message")
    assert vault.unseal(_keys(), b"b02", sealed) is None
    assert vault.unseal(_keys(bytes(32)), b"b01", sealed) is None
    assert vault.unseal(_keys(), b"b01", None) is None


def test_equal_messages_under_different_labels_look_different():
    one = vault.seal(_keys(), b"1", b"same text")
    two = vault.seal(_keys(), b"2", b"same text")
    assert one[:16] != two[:16] and one[16:32] != two[16:32]


def test_a_digest_needs_the_devices_own_secret():
    one, two = vault.digest(b"secret", b"a message"), vault.digest(b"another", b"a message")
    assert one and two and one != two and vault.digest(b"secret", b"a messagf") != one
    assert max(one, two) >> 32  # eight bytes of it


def test_a_digest_of_version_0_1_needs_the_key():
    for keys in (_keys(), _keys(bytes(32))):
        assert 0 < vault.old_digest(keys, b"163 12345") < 1 << 32
    assert vault.old_digest(_keys(), b"1") != vault.old_digest(_keys(bytes(32)), b"1")


def test_without_a_key_or_a_cipher_nothing_is_sealed():
    for keys in (vault.keys(b""), vault.keys(b"", soft_aes.aes), vault.keys(None)):
        assert keys is None
        assert vault.unseal(keys, b"x", bytes(48)) is None and vault.old_digest(keys, b"x") == 0
    assert (vault.keys(_KEY) is None) == (cryptolib is None)
