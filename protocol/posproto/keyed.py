"""Requests that change something: a fresh nonce, answered with a COSE_Mac0 of the device's key.

What is authenticated is the whole request, {RQ_OP: .., RQ_ARGS: ..}; device id, request id and
nonce stand beside it as additional data, so that no message holds for another device or moment.
"""

from posproto import cbor, const, cose, ids

NONCE_SIZE = const(16)
_VALID_S = const(30)
_KEPT = const(2)


def additional(device_id: str, request_id: int, nonce: bytes) -> bytes:
    """The external_aad: `device_id` of the hello, `request_id` of the frame's header, `nonce` as
    the challenge gave it.
    """
    return cbor.encode([device_id, request_id, nonce], 4 * len(device_id) + 32)


def put_request(w, key, device_id: str, request_id: int, nonce: bytes, op: int, args=None):
    """Writes the keyed request for `op` with `args` (a dict or None) to the Writer `w`."""
    inner = {ids.RQ_OP: op}
    if args:
        inner[ids.RQ_ARGS] = args
    code = cbor.encode(inner)
    aad = additional(device_id, request_id, nonce)
    message = cose.mac0(key, code, aad, kid=cose.key_id(key))
    w.value({ids.RQ_NONCE: nonce, ids.RQ_COSE: message})


def is_right(request: dict, key: bytes, device_id: str, request_id: int) -> bool:
    """Did the holder of `key` make this parsed request?"""
    aad = additional(device_id, request_id, request[ids.RQ_NONCE])
    try:
        cose.verify(request[ids.RQ_COSE], key, aad)
    except ValueError:  # CoseError: of another load it would be another class
        return False
    return True


class Challenges:
    """Nonces handed out and not used up: the last two, each for one request within 30 s."""

    valid_s = _VALID_S

    def __init__(self):
        self._open: list = []  # (nonce, issued at), oldest first

    def issue(self, random: bytes, now_s: int) -> bytes:
        """A new challenge from 16 fresh random bytes; `now_s` is uptime in seconds. Raises
        ValueError where they are fewer or more.
        """
        nonce = bytes(random)
        if len(nonce) != NONCE_SIZE:
            raise ValueError("nonce size")
        while len(self._open) >= _KEPT:
            self._open.pop(0)
        self._open.append((nonce, now_s))
        assert len(self._open) <= _KEPT
        return nonce

    def take(self, nonce, now_s: int) -> bool:
        """Was it handed out within its time? Naming it uses it up, whatever comes of it."""
        for known in self._open:
            if known[0] == nonce:
                self._open.remove(known)
                return now_s - known[1] <= _VALID_S
        return False
