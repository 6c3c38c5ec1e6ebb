"""The second card of a terminal that has two (setting sim2): which is in use, why the other one
was left, and when to change over. Loaded for that; a terminal with one card never loads it.

Each card's account stands in a file of its own, its budgets with its CRC in the budgets' file,
its PIN's tries by its number; here, in one small file, which card is wanted and what speaks
against each. What is wanted is written before the module is told, so that a power cut amid a
change ends in it: the start compares (card_change.py).

To the other card, where nothing speaks against it or its time has come:
    two minutes after the network or the card itself said no (LEFT_DENIED and the like), half a
    minute where somebody waits for the line;
    sim2_after_min after data or coverage were lost without a word;
    from the second one back to the first, while all is well and nothing waits to be sent: when
    that was paid, or after hours, as a probe.
Where both fail it is back on the first one, which is healed as if it were alone, and the second
one is tried ever more seldom.
"""

import struct
from binascii import crc32

from posproto import const, ids
from posproto.verdicts import severity_of

from .. import modules, situation

_FILE = "cards"
_VERSION = const(1)
_TOLD_S = const(120)  # what was said for sure
_WAITED_S = const(30)  # the same, and somebody waits for the line
_SETTLED_S = const(60)  # what works is not left before
_NOBODY_TOLD = (ids.LEFT_COVERAGE, ids.LEFT_NO_DATA)
# Seconds after which a card that was left is tried again, by how often it failed in a row. That
# coverage is back is learnt at no price; a card that nobody paid is not asked all day.
AGAIN_S = (14400, 43200, 86400)
_AGAIN_COVERAGE_S = (600, 3600, 14400)

_LEFT_BY = {
    situation.SIM_LOST: ids.LEFT_CARD,
    situation.SIM_LOCKED: ids.LEFT_LOCKED,
    situation.DENIED: ids.LEFT_DENIED,
    situation.UNREGISTERED: ids.LEFT_COVERAGE,
    situation.ABROAD: ids.LEFT_COVERAGE,
    situation.REFUSED: ids.LEFT_REFUSED,
    situation.NO_CONTEXT: ids.LEFT_NO_DATA,
}
_OF_FIRST = ("operator", "balance_to", "balance_text")  # settings that say nothing of the second
_SETTINGS = ("apn", "apn_user", "apn_password")


class Cards:
    """What stands on flash: `wanted` (0 or 1) and for each card its ICCID, why it was left
    (LEFT_*, 0 nothing), how often in a row, and in which second under power.
    """

    def __init__(self, storage) -> None:
        self.storage = storage
        self.wanted = 0
        self.rows = [[b"", 0, 0, 0], [b"", 0, 0, 0]]
        raw = storage.read(_FILE)
        whole = raw and len(raw) == 58 and raw[0] == _VERSION
        if whole and crc32(raw[:54]) == struct.unpack_from(">I", raw, 54)[0]:
            self.wanted = raw[1] & 1
            for slot in (0, 1):
                row = struct.unpack_from(">20sBBI", raw, 2 + 26 * slot)
                self.rows[slot] = [row[0].rstrip(b"\0"), row[1], row[2], row[3]]

    def save(self) -> None:
        """Raises OSError where the flash refuses."""
        raw = bytes((_VERSION, self.wanted))
        for row in self.rows:
            raw += struct.pack(">20sBBI", *row)
        assert self.wanted in (0, 1) and len(raw) == 54  # as __init__ takes it
        self.storage.write(_FILE, raw + struct.pack(">I", crc32(raw)))


def start(a) -> None:
    """At the start of the agent `a`, before its account is read."""
    use(a, Cards(a.storage).wanted)


def use(a, slot: int) -> None:
    """Card number `slot` is the one that is spoken of from now on."""
    assert slot in (0, 1)
    a.slot = slot
    config = a.config
    if slot:
        config = dict(config)
        for name in _SETTINGS:
            config[name] = config["sim2_" + name] or config[name]
        config["sim_pin"] = config["sim2_pin"]
        config["balance_by"] = "none" if config["balance_by"] == "none" else "auto"
        for name in _OF_FIRST:
            config[name] = ""
    a.card = config
    a.left = Cards(a.storage).rows[1 - slot][1]


def powered_s(a):
    """Seconds under power in all lives."""
    return a.ladder.base_s + a.clock.s + 1


# When


def rung(a, kind: int):
    """The rung for choice.py with the seconds until it may act, () where it may not; the trouble
    of the agent `a` is of this kind, a key of choice.RUNGS.
    """
    wait = _wait_s(a, kind)
    return ((ids.RUNG_OTHER_CARD, wait),) if wait >= 0 else ()


def _wait_s(a, kind):
    plight = a.situation
    if plight == situation.WELL:
        return _home_s(a)
    left = why(a, kind)
    if not left:
        return -1
    ladder = a.ladder
    after_s, spent_s = _TOLD_S, ladder.spent_s[plight]
    if left in _NOBODY_TOLD:
        after_s = a.config["sim2_after_min"] * 60
        spent_s = sum(ladder.spent_s[situation.SIM_LOST :])
    elif a.demand or a.settlement.pending:
        after_s = _WAITED_S
    if after_s > _WAITED_S:
        after_s += after_s // 4 * ladder.lag // 255  # a fleet fails in one second
    return max(after_s - spent_s, 0 if a.slot else _again_s(a, 1), 0)


def _home_s(a):
    """Seconds until the first card is gone back to, while the second one works."""
    if not a.slot or a.settlement.pending:
        return -1
    wait = max(_again_s(a, 0), a.rise_s + _SETTLED_S - a.clock.s, 0)
    return wait if wait else a.credit.busy_s()


def why(a, kind: int):
    """LEFT_* for the card in use as it stands, 0 where another card would change nothing."""
    if a.verdict // 100 == 1 and severity_of(a.verdict) >= ids.SEV_ERROR:
        return ids.LEFT_UNPAID
    if a.situation == situation.HOST_DOWN:
        return ids.LEFT_NO_DATA if kind != situation.HOST_DOWN and a.path.doubt() > 1 else 0
    return _LEFT_BY.get(a.situation, 0)


def _again_s(a, slot):
    _, why, tries, since_s = Cards(a.storage).rows[slot]
    if not why:
        return 0
    table = _AGAIN_COVERAGE_S if why == ids.LEFT_COVERAGE else AGAIN_S
    return since_s + table[min(max(tries, 1), len(table)) - 1] - powered_s(a)


# What is told


def arrived(a, iccid: bytes) -> bool:
    """The card in use was read, and is not the one that was read last: True where it is the
    known card of its place, or the first one there, and not one that somebody put in.
    """
    cards = Cards(a.storage)
    row = cards.rows[a.slot]
    kept = row[0]
    modules.call("healing.budgets", "card", a.ladder, crc32(iccid))
    assert 18 <= len(iccid) <= 20  # what is longer would be another card at each start
    if kept != iccid:
        row[:] = iccid, 0, 0, 0
        a.on_flash(cards.save)
    return not kept or kept == iccid


def is_other(a, tail: bytes):
    """Is it about the card that is not in use, what is told of a number that ends so?"""
    rows = Cards(a.storage).rows
    if len(tail) < 4:
        return False
    return rows[1 - a.slot][0].endswith(tail) and not rows[a.slot][0].endswith(tail)


def paid(a) -> None:
    """A platform, or a hand, says that the card which is not in use is paid."""
    kept = Cards(a.storage)
    row = kept.rows[1 - a.slot]
    if row[1]:
        row[1:] = 0, 0, 0
        a.on_flash(kept.save)
        a.left = 0
        a.ladder.stir()
