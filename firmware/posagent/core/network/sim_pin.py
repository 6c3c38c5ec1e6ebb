"""The card's PIN: at most one wrong try in the life of a card and a configuration.

What was tried is on flash before it is sent, with the tries that were left then: where the power
goes in between, the count tells afterwards whether the card took it. A PIN is never sent where the
count cannot be read or where one try is left, nor to a card with fewer tries left than one had
that refused: it may be the same card, of which the module tells another number or place.
"""

from hashlib import sha256

from posproto import const, ids
from posproto.at.result import CME, OK

from .. import modules
from ..modem.command import Command

_FILE = "pin"
_KEY = const(8)
_ROWS = const(9)  # eight cards, and what holds for each
_REFUSED = const(255)
_WRONG = (12, 16)  # +CME ERROR: PUK asked for, incorrect password
# Who tells the tries left, and in which field: TS 27.007 cl. 8.65, Quectel, SIMCom, u-blox.
_COUNTS = ((b"+CPINR", 1), (b'+QPINC="SC"', 1), (b"+SPIC", 0), (b"+UPINCNT", 0))


def enter(a, iccid: bytes):
    """Procedure: True when the PIN of the configuration was taken, None where the wire left that
    open and nothing was lost. Where the module tells no ICCID before the PIN, the last known card
    is meant.
    """
    pin = a.card["sim_pin"].encode()
    if not pin:
        return False
    if not iccid:
        iccid = a.storage.read("iccid") or b""
        if a.config["sim2"]:
            iccid = modules.call("healing.cards", "Cards", a.storage).rows[a.slot][0]
    key = _key(bytes(iccid), pin)
    every = _key(a.config["sim_pin"].encode(), a.config["sim2_pin"].encode())
    known, most = _state(a, key), _state(a, every)
    left = yield from _left()
    if known == _REFUSED or (known and left is not None and left < known):
        _refused(a, key, known)
        return False
    if left is None:
        return None
    if left < most:
        a.pin_refused = True
        return False
    if left < 2 or not _keep(a, key, left, every, left):
        return False
    assert known != _REFUSED and 2 <= left < 100 and left >= most  # it may be wrong, once
    reply = yield Command(b'+CPIN="%s"' % pin, prefix=(), timeout_ms=10000)
    if reply.result == OK:
        _keep(a, key, 0, every, most)
        a.pin_refused = False
        a.event(ids.E_PIN_ENTERED, ids.SEV_INFO)
        return True
    after = yield from _left()
    if (reply.result == CME and reply.code in _WRONG) or (after is not None and after < left):
        _refused(a, key, left)
        return False
    return None


def _key(whose, pin):
    return sha256(whose + b"/" + pin).digest()[:_KEY]


def _left():
    for text, at in _COUNTS:
        reply = yield Command(text)
        for line in reply.lines:
            fields = line[line.find(b":") + 1 :].split(b",")
            ours = at == 0 or fields[0].strip(b' "') in (b"SIM PIN", b"SC")
            count = fields[at].strip() if len(fields) > at else b""
            if ours and count.isdigit() and len(count) < 3:  # no card counts further
                return int(count)
    return None


def _state(a, key):
    """_REFUSED, the tries left before a try that the card did not take for sure, or 0."""
    kept = a.storage.read(_FILE) or b""
    for i in range(0, len(kept) - _KEY, _KEY + 1):
        if kept[i : i + _KEY] == key:
            return kept[i + _KEY]
    return 0


def _keep(a, *told):
    """Remember the state behind each key of `told`; False where the flash refuses."""
    kept = a.storage.read(_FILE) or b""
    rows = [kept[i : i + _KEY + 1] for i in range(0, len(kept) - _KEY, _KEY + 1)]
    assert len(told) % 2 == 0 and len(told[0]) == _KEY and 0 <= told[1] <= _REFUSED
    for i in range(0, len(told), 2):
        rows = [row for row in rows if row[:_KEY] != told[i]] + [told[i] + bytes([told[i + 1]])]
    try:
        a.storage.write(_FILE, b"".join(rows[-_ROWS:]))
    except OSError:
        a.counters[ids.C_FLASH_ERRORS] += 1
        return False
    return True


def _refused(a, key, known):
    if known != _REFUSED:
        _keep(a, key, _REFUSED)
        a.event(ids.E_PIN_REFUSED, ids.SEV_CRITICAL)
    a.pin_refused = True
