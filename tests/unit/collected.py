"""The collected texts of operators, and how a reading of one is judged field by field.

vectors/credit/collected.json and collected_lookalikes.json hold own renderings of forms that
operators use, each with what a careful human reads in it. `half` says which half a text is on: the
words of the reader are written with the open half in sight, the held one is only counted. A form
and its siblings stay on one side: the half is the last bit of the CRC-32 of `key`.

vectors/credit/unseen.json and unseen_lookalikes.json came later, in three sets: A to mend the
words with, B and C to judge them; the set is the CRC-32 of `key` modulo 3.

vectors/credit/later.json and later_lookalikes.json came when C had been judged: D from elsewhere,
E out of three public inboxes that were read whole.

vectors/credit/blind.json and blind_lookalikes.json, set F, are counted and not looked at;
vectors/credit/judged.json, mixed.json, turned.json and their look-alikes, sets G, H and I, were
written down before the reader met them: from its sources, by chance, by situation.
"""

from binascii import crc32

from dropping import keep_modules
from dual import vectors
from posagent.core import modules
from posagent.core.credit import hearing, operators
from posagent.core.credit.calendar import day_of
from posproto import ids

keep_modules(True)

TODAY = (2026, 8, 20)  # of a text that names no other day
AMOUNTS = ("balance", "debt", "left_kb", "used_kb", "total_kb", "used_percent", "valid", "fee_dom")
# States that count when they are read where none is; the others are remarks about an answer.
STATES = (
    "LOW",
    "SUSPENDED",
    "ONE_WAY",
    "DATA_STOPPED",
    "DATA_USED_UP",
    "EXPIRED",
    "RESTRICTED",
    "BOUND",
    "RESTORED",
    "TOPPED_UP",
    "WAIT",
    "MAINTENANCE",
)
REMARKS = ("RESTART", "NO_NUMBER", "WARNING")
# Nothing of these may come of a text that is about something else.
TAKEN = ("balance", "debt", "left_kb", "valid", "fee_dom") + STATES[:-2]


class Card:
    """As much of a Credit as reading needs."""

    def __init__(self, plmn, today):
        profile = operators.load("", plmn + "1234567890", "")
        self.country, self.row = profile.country, profile.row
        self.config = {"currency": ""}
        self._today = day_of(*today)

    def today(self):
        return self._today


SETS = "ABC"  # of the unseen texts
LATER = "DE"  # of those that came later
BLIND = "F"  # of those that came then
JUDGED = "GHI"  # of those that judged all of it
FILES = {"A": "unseen", "B": "unseen", "C": "unseen", "D": "later", "E": "later"}
FILES.update({"F": "blind", "G": "judged", "H": "mixed", "I": "turned"})


def texts(half=None):
    """Of a half, of both, the fresh ones (collected when the words stood), of a set."""
    return _of("", half)


def lookalikes(half=None):
    return _of("_lookalikes", half)


def _of(kind, half):
    if half == "fresh":
        return vectors("credit/fresh%s.json" % kind)
    if half in FILES:
        name = "credit/%s%s.json" % (FILES[half], kind)
        return [case for case in vectors(name) if case["set"] == half]
    cases = vectors("credit/collected%s.json" % kind)
    return [case for case in cases if half in (None, case["half"])]


def half_of(key):
    return "held" if crc32(key.encode()) & 1 else "open"


def set_of(key):
    return SETS[crc32(key.encode()) % 3]


def read(case):
    """What the agent reads in a text from the operator's own number."""
    card = Card(case["plmn"], case.get("today", TODAY))
    return modules.finish(hearing.read(card, None, case["text"], True))[0]


def values(reading):
    """The fields of a reading by the names of AMOUNTS, STATES and REMARKS."""
    found = {}
    if reading.balance_minor is not None:
        found["balance"] = [reading.balance_minor, reading.currency]
    for name in ("left_kb", "used_kb", "total_kb", "used_percent", "fee_dom"):
        if getattr(reading, name) is not None:
            found[name] = getattr(reading, name)
    if reading.debt_minor is not None:
        found["debt"] = reading.debt_minor
    if reading.valid_day is not None:
        found["valid"] = reading.valid_day
    for name in STATES + REMARKS:
        if reading.says & getattr(ids, "SAYS_" + name, 0):
            found[name] = True
    return found


def expected(case):
    """What the human read, in the form of values()."""
    wanted = dict(case["expect"])
    for name in wanted.pop("says", ()):
        wanted[name] = True
    if "balance_minor" in wanted:
        wanted["balance"] = [wanted.pop("balance_minor"), wanted.pop("currency")]
    if "debt_minor" in wanted:
        wanted["debt"] = wanted.pop("debt_minor")
    if "valid" in wanted:
        wanted["valid"] = day_of(*wanted["valid"])
    return wanted


def judge(case, reading):
    """[(field, "right" | "missing" | "wrong", read)] of one text."""
    found, wanted = values(reading), expected(case)
    owed = wanted.get("debt") if "balance" not in wanted else None
    if owed is not None and found.get("balance", [0])[0] == -owed:
        found.pop("balance")  # a debt is a balance below zero
    if wanted.get("balance", [0])[0] < 0 and found.get("debt") == -wanted["balance"][0]:
        found.pop("debt")
    judged = []
    for name in AMOUNTS + STATES + REMARKS:
        if name in wanted:
            if name not in found:
                judged.append((name, "missing", None))
            else:
                right = found[name] == wanted[name]
                judged.append((name, "right" if right else "wrong", found[name]))
        elif name in found and name not in REMARKS:
            judged.append((name, "wrong", found[name]))
    return judged


def taken(reading):
    """What a text about something else was taken for."""
    found = values(reading)
    return [(name, found[name]) for name in TAKEN if name in found]
