"""The kinds of spans that a text gets, where its sentences end, and which of two spans counts.

A word counts as a whole: 停机保号 (a service) is no 停机 (a stop), 余额不足 no 余额. What lists of
an operator's language may hold is named in KINDS; words.py looks for them, numbers.py for numbers.
"""

from posproto import const

from .letters import letter

# The first are bits of ids.SAYS_*: the name says which state.
KINDS = [
    "low",
    "suspended",
    "one_way",
    "data_stopped",
    "used_up",
    "expired",
    "restricted",
    "restored",
    "topped_up",
    "restart",
    "wait",
    "no_number",
    "maintenance",
    "-",
    "bound",
    "if",
    "own",
    "line",
    "product",
    "alien",
    "nothing",
    "offer",
    "balance",
    "bonus",
    "debt",
    "left",
    "used",
    "total",
    "valid",
    "ends",
    "have",
    "after",
    "after_left",
    "fee",
    "part",
    "not",
    "within",
    "pack",
    "weak",
    "reload",
    "done",
    "datum",
    "gone",
    "cut",
    "denied",
]
LOW = const(0)
SUSPENDED = const(1)
USED_UP = const(4)
TOPPED_UP = const(8)
STATES = const(15)  # so many are states
IF = const(15)  # what follows in the sentence is a condition
OWN = const(16)  # this line
LINE = const(17)  # another line
PRODUCT = const(18)  # another product, a benefit
ALIEN = const(19)  # the whole text is about another account
NOTHING = const(20)  # a longer word that means none of the states in it
OFFER = const(21)  # what follows in the sentence is advertised
BALANCE = const(22)  # earlier in the list: rather this one
BONUS = const(23)  # the amount behind it is no balance
DEBT = const(24)
LEFT = const(25)
USED = const(26)
TOTAL = const(27)
VALID = const(28)  # a date follows
ENDS = const(29)  # a date stands before
HAVE = const(30)  # an amount follows that is a balance where `after` follows it
AFTER = const(31)
AFTER_LEFT = const(32)  # the volume before it is what is left
FEE = const(33)  # a day of the month follows
PART = const(34)  # the amount before it is a part of the balance
NOT = const(35)  # behind an amount: it is something else
WITHIN = const(36)  # what follows in the sentence is a part of what was told
PACK = const(37)  # minutes, texts, a second purse: what is behind it is not the line's
WEAK = const(38)  # a payment's number: another account, unless money came to this one
RELOAD = const(39)  # with DONE in one sentence: money came
DONE = const(40)
DATUM = const(41)  # with GONE: the data is used up
GONE = const(42)
CUT = const(43)  # with OWN: the line is stopped
DENIED = const(44)  # its whole sentence tells what is over, or what is not so
STOP = const(45)  # a sentence ends
COMMA = const(46)
MONEY = const(47)  # value: (minor units, currency)
VOLUME = const(48)  # value: KB
PERCENT = const(49)
DATE = const(50)  # value: days since 1970, or None
DOM = const(51)  # day of a month
PHONE = const(52)  # value: the day that its eight digits may be
NUMBER = const(53)  # without a unit; value: (number, decimals)

SPANS_MAX = 240  # of one text


def stops(t: str, spans: list) -> None:
    """Where sentences and clauses end."""
    for signs, kind in (("。!?;\n【】[]", STOP), (",()", COMMA)):
        for sign in signs:
            at = t.find(sign)
            while at >= 0 and len(spans) < SPANS_MAX:
                inside = sign == "," and t[at - 1 : at].isdigit() and t[at + 1 : at + 2].isdigit()
                if not inside:
                    spans.append([at, at + 1, kind, 0])
                at = t.find(sign, at + 1)
    at = t.find(".")
    while at >= 0 and len(spans) < SPANS_MAX:
        after = t[at + 1 : at + 2]
        if after == " ":
            ends = at == 0 or not _abbreviation(t, at)
        else:  # "12.30.Main": the next sentence follows a number without a space
            ends = letter(after) and letter(t[at + 2 : at + 3]) and t[at - 1 : at].isdigit()
        if ends:
            spans.append([at, at + 1, STOP, 0])
        at = t.find(".", at + 1)


def _abbreviation(t, at):
    """Is the dot behind a number of a date, or behind one letter or two ("r. ", "rs. ")?"""
    begin = at
    while begin and letter(t[begin - 1 : begin]):
        begin -= 1
    if begin < at:
        return at - begin < 3 and t[at + 2 : at + 3].isdigit()
    return t[at - 1 : at].isdigit() and t[at + 2 : at + 3].isdigit()


def resolve(spans: list):
    """In the order of the text, without overlaps: the longest word that begins at a place, and a
    state or a subject that goes on where the word of an amount ends (账户余额不足 is a state).
    """
    spans.sort(key=_order)
    kept = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
        elif (
            span[2] < BALANCE
            and span[1] > kept[-1][1]
            and (BALANCE <= kept[-1][2] <= TOTAL or kept[-1][2] == HAVE)
        ):
            kept[-1] = span
        assert len(kept) < 2 or kept[-2][1] <= kept[-1][0]
    return kept


def _order(span):
    # With the kind, for MicroPython's sort is not stable.
    assert 0 <= span[2] < 64 and 0 <= span[1] - span[0] < 2048
    return ((span[0] + 1) * 2048 - (span[1] - span[0])) * 64 + span[2]
