"""What is kept of the account through restarts: one small file, written when a balance, a text, a
day or a plan brings something new. Another card starts with an empty one.
"""

from binascii import crc32

from posproto import cbor, const

_FILE = "credit"
_SIZE = const(1024)
_VERSION = const(1)

# Order is the file's: append, never move. balance_unix_s is 0 while the clock was not set.
_NAMES = (
    "card",
    "balance_minor",
    "currency",
    "balance_unix_s",
    "said",
    "said_unix_s",
    "valid_day",
    "fee_dom",
    "fee_minor",
    "jump_day",
    "alerts",
    "keyword",
    "drops",
    "mute",
    "month",
    "asked",
    "paid",
    "left_kb",
    "period",
    "module_bytes",
    "traffic_bytes",
    "traffic_before",
    "history",
    "plan",
    "ask_unix_s",
    "count_day",  # on which the traffic of this period began to be counted
)


def _clear(c):
    for name in _NAMES:
        setattr(c, name, 0)
    c.balance_minor = c.left_kb = None
    c.balance_up_s = 0
    c.currency = ""
    c.traffic_bytes = [0, 0, 0]
    c.traffic_before = [0, 0, 0]
    c.history = []
    c.plan = {}


def load(c):
    """Fill the Credit `c` from flash; what is damaged counts as never written."""
    _clear(c)
    raw = c.storage.read(_FILE)
    if raw is None or len(raw) < 5 or crc32(raw[4:]) != int.from_bytes(raw[:4], "big"):
        return
    try:
        values = cbor.decode(raw, 4)
    except cbor.CborError:
        return
    if values[0] == _VERSION:
        for i in range(min(len(values) - 1, len(_NAMES))):
            setattr(c, _NAMES[i], values[i + 1])


def save(c):
    """Write it; a full flash is survived."""
    values = [_VERSION]
    for name in _NAMES:
        values.append(getattr(c, name))
    data = cbor.encode(values, _SIZE)
    try:
        c.storage.write(_FILE, crc32(data).to_bytes(4, "big") + data)
    except OSError:
        pass  # the next change tries again


def card(c, number):
    """The card is `number`: what was kept of another one no longer holds."""
    mark = crc32(number.encode())
    if c.card != mark:
        if c.card:
            plan = {}
        else:
            plan = c.plan  # provisioned before the card was seen
        _clear(c)
        c.plan = plan
        c.card = mark
        save(c)
