"""The manifest of a program: written and read on both runtimes; others judge it in
tests/host/protocol/test_cose_judges.py, a locked board in tests/world/test_keyed_program.py.
"""

from dual import raises
from posproto import manifest

KEY = bytes(range(32))
DIGEST = bytes(range(32, 64))


def test_what_the_key_made_is_read_and_nothing_else():
    made = manifest.make(KEY, 0x00010000, DIGEST)
    assert len(made) == manifest.SIZE
    assert manifest.read(made, KEY) == (0x00010000, DIGEST)
    assert manifest.read(made, bytes(32)) is None
    for at in range(len(made)):
        wrong = bytearray(made)
        wrong[at] ^= 1
        assert manifest.read(bytes(wrong), KEY) is None, at


def test_what_flash_gives_instead_is_no_manifest():
    made = manifest.make(KEY, 0x00010000, DIGEST)
    for data in (None, b"", made[:-1], made + b"\0", bytes(94), b"\xff" * 94, b"\x84" * 94):
        assert manifest.read(data, KEY) is None


def test_a_later_version_has_a_greater_number():
    versions = ("0.1.0", "0.1.1", "0.1.65535", "0.2.0", "0.10.0", "1.0.0", "10.0.3")
    numbers = [manifest.number_of(version) for version in versions]
    assert numbers == sorted(numbers) and len(set(numbers)) == len(numbers)
    assert numbers[0] == 65536  # of five bytes in CBOR, as boot.py reads it
    raises(ValueError, lambda: manifest.number_of("1.0.dev"))
