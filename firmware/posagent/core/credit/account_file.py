"""What is kept of the account through restarts: one small file, written when a balance, a text, a
day or a plan brings something new. Another card starts with an empty one.
"""

from binascii import crc32

from posproto import cbor, const

_SIZE = const(1024)
_VERSION = const(1)

# The file's fields, in its order: append, never move. Three lists, row by row the same; what each
# field is says account.py. An older file has fewer of them.
# fmt: off


def _empty():
    # What holds before anything is known. The file must have the same types, or a number or
    # nothing where None stands.
    return [
        0, None, "", 0,
        0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
        0, 0, 0,
        None, 0, 0, [0, 0, 0], [0, 0, 0],
        [], {}, 0, 0,
    ]


def values(c):
    """What is kept of the Credit `c`."""
    return [
        c.card, c.balance_minor, c.currency, c.balance_unix_s,
        c.said, c.said_unix_s, c.valid_day, c.fee_dom, c.fee_minor, c.jump_day,
        c.alerts, c.keyword, c.drops, c.mute,
        c.month, c.asked, c.paid,
        c.left_kb, c.period, c.module_bytes, c.traffic_bytes, c.traffic_before,
        c.history, c.plan, c.ask_unix_s, c.count_day,
    ]


def take(c, kept) -> None:
    """Let the Credit `c` hold what values() gave."""
    (
        c.card, c.balance_minor, c.currency, c.balance_unix_s,
        c.said, c.said_unix_s, c.valid_day, c.fee_dom, c.fee_minor, c.jump_day,
        c.alerts, c.keyword, c.drops, c.mute,
        c.month, c.asked, c.paid,
        c.left_kb, c.period, c.module_bytes, c.traffic_bytes, c.traffic_before,
        c.history, c.plan, c.ask_unix_s, c.count_day,
    ) = kept


# fmt: on


def _clear(c):
    take(c, _empty())
    c.balance_up_s = 0


def load(c) -> None:
    """Fill the Credit `c` from flash; what is damaged or of a strange type was never written."""
    _clear(c)
    raw = c.storage.read(c.file)
    if raw is None or len(raw) < 5 or crc32(raw[4:]) != int.from_bytes(raw[:4], "big"):
        return
    try:
        kept = cbor.decode(raw, 4)
    except cbor.CborError:
        return
    if isinstance(kept, list) and kept[:1] == [_VERSION]:
        empty = _empty()
        kept = kept[1 : len(empty) + 1]
        for i in range(len(kept)):
            if not _fits(kept[i], empty[i]):
                return
        take(c, kept + empty[len(kept) :])


def _fits(value, empty):
    if empty is None:
        return value is None or type(value) is int
    return type(value) is type(empty) or (value is None and empty == "")


def save(c) -> None:
    """Write it; a full flash is survived."""
    assert len(values(c)) == len(_empty()) and len(c.history) % 2 == 0  # as load() takes it
    data = cbor.encode([_VERSION] + values(c), _SIZE)
    try:
        c.storage.write(c.file, crc32(data).to_bytes(4, "big") + data)
    except OSError:
        pass  # the next change tries again


def card(c, number) -> None:
    """The card is `number`: what was kept of another one no longer holds."""
    known = crc32(number.encode())
    if c.card != known:
        if c.card:
            plan = {}
        else:
            plan = c.plan  # provisioned before the card was seen
        _clear(c)
        c.plan = plan
        c.card = known
        save(c)
