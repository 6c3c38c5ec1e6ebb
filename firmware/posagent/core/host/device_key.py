"""Who may change this device, and the orders that change how it starts: keyed requests only.

A key that may be wrong is counted on flash before it is looked at, so neither restart nor power
cut wins a try; from the third on, challenges come later and later. Loaded with such a request.
"""

from posproto import const, ids, keyed
from posproto.auth import hmac_sha256

from .. import modules

KEY_SIZE = const(32)
_COUNT = "wrong"
_FREE_TRIES = const(3)
_WAIT_MAX_S = const(900)
_LABEL = b"POSMA key 1"
_SEALED = ("ob", "oa")  # messages and answers; a further acquirer's begin with its number
_RESTART = "restart"
_DONE = (ids.R_OK, None, "restarts")


def tries(storage):
    """Wrong keys since the last right one."""
    kept = storage.read(_COUNT)
    return kept[0] if kept else 0


def wait_s(a) -> int:
    """Seconds until the next challenge; a start counts as the moment of the last wrong key."""
    count = tries(a.storage)
    if count < _FREE_TRIES:
        return 0
    assert a.wrong_s <= a.clock.s
    wait = min(1 << (count - _FREE_TRIES + 1), _WAIT_MAX_S)
    return max(a.wrong_s + wait - a.clock.s, 0)


def challenge(a):
    """OP_CHALLENGE's answer, where there is a key."""
    wait = wait_s(a)
    if wait:
        return ids.R_BUSY, wait, "wrong keys"
    if a.challenges is None:
        a.challenges = keyed.Challenges()
    nonce = a.challenges.issue(a.random_bytes(keyed.NONCE_SIZE), a.clock.s)
    return ids.R_OK, {0: nonce, 1: a.challenges.valid_s}, None


def check(a, request, frame):
    """R_OK, or why this keyed request is not done. Raises OSError where flash cannot count.

    Flash is written only for a whole message with a nonce of ours that still holds: each of those
    costs a challenge, and challenges become rare.
    """
    nonce = request.get(ids.RQ_NONCE)
    fresh = nonce is not None and a.challenges is not None and a.challenges.take(nonce, a.clock.s)
    if ids.RQ_MAC in request:
        return ids.R_OLD
    if not a.key or nonce is None or ids.RQ_COSE not in request:
        a.counters[ids.C_UNKEYED] += 1
        return ids.R_KEY_NEEDED
    if not fresh:
        return ids.R_STALE
    assert a.key and fresh
    count = tries(a.storage)
    a.storage.write(_COUNT, bytes([min(count + 1, 255)]))
    if keyed.is_right(request, a.key, a.config["device_id"], frame.request_id):
        a.storage.remove(_COUNT)
        return ids.R_OK
    a.wrong_s = a.clock.s
    a.counters[ids.C_KEY_WRONG] += 1
    a.event(ids.E_KEY_REFUSED, ids.SEV_WARNING, {ids.A_COUNT: count + 1})
    a.log.flush()  # a power cut must not take it away; the wait spares the flash
    return ids.R_KEY_WRONG


def act(a, op: int, args: dict):
    """(R_*, value, detail) of OP_RESTART, OP_LOCK, OP_UNLOCK, OP_KEY_SET."""
    try:
        return _ORDERS[op](a, args)
    except OSError:
        return ids.R_FLASH, None, None


def _restart(a, args):
    if args.get(0):
        a.storage.write("maintenance", b"1")
    if a.safe_mode:
        modules.call("life.crash", "forget", a.storage)
    return _again(a)


def _again(a):
    a.log.flush()
    a.pins.append((_RESTART, 1))
    return _DONE


def _lock(a, args):
    a.storage.write("locked", b"1")
    a.event(ids.E_LOCKED, ids.SEV_INFO)
    return _again(a)


def _unlock(a, args):
    _tell(a, ids.E_UNLOCKED)
    a.storage.remove("locked")
    return _again(a)


def _tell(a, event_id):
    """On flash before it is done: no power cut takes the evidence away."""
    a.event(event_id, ids.SEV_INFO)
    a.log.flush()


def _key_set(a, args):
    """What the old key sealed could not be read any more: not while a message waits."""
    salt, wrapped = args[0], args[1]
    for name in a.storage.names():
        if name.split(".")[-1][:2] in _SEALED:
            return ids.R_BUSY, None, "messages wait"
    mask = hmac_sha256(a.key, _LABEL, salt)
    _tell(a, ids.E_KEY_SET)
    a.storage.write("key", bytes([mask[i] ^ wrapped[i] for i in range(KEY_SIZE)]))
    return _again(a)


_ORDERS = {
    ids.OP_RESTART: _restart,
    ids.OP_LOCK: _lock,
    ids.OP_UNLOCK: _unlock,
    ids.OP_KEY_SET: _key_set,
}
