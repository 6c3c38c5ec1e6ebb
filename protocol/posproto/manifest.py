"""The manifest of a program: a COSE_Mac0 of the device's *program key* over a number and a hash.

A locked board starts a new program only with one (firmware/boot.py, which reads it by itself: of
one form only, 94 bytes). The program key is made of the device's key under a label of its own.
"""

from posproto import auth, cbor, const, cose

SIZE = const(94)
NUMBER = const(0)
HASH = const(1)


def number_of(version: str) -> int:
    """What must not go back: "1.2.3" is 0x01020003."""
    parts = [int(part) for part in version.split(".")]
    return parts[0] << 24 | parts[1] << 16 | parts[2]


def make(key: bytes, number: int, digest: bytes) -> bytes:
    """The manifest under the device's `key`. `digest`: SHA-256 of the program's file without its
    trailer (posagent/io/in_place.py); zeros where the program is in the firmware.
    """
    program_key = auth.derive(key, auth.PROGRAM)
    payload = cbor.encode({NUMBER: number, HASH: digest})
    message = cose.mac0(program_key, payload, kid=cose.key_id(program_key))
    return cbor.encode(message)


def read(data, key: bytes):
    """(number, digest) of a manifest's bytes; None where this device's `key` did not make it."""
    if not data or len(data) != SIZE:
        return None
    number, digest = int.from_bytes(data[21:25], "big"), bytes(data[28:60])
    made = make(key, number, digest)
    return (number, digest) if len(made) == SIZE and auth.same(data, made) else None
