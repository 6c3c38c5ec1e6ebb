"""The verdicts' one table: how grave each is, in what order they stand, and which explains which.

The agent decides by it which fault stands first and which second; the tool orders by it what it
reads from a log. A row is one kind of fault; a kind explains those that EXPLAINS names: a dead
modem explains a lost registration, that an unreachable host, that a message that waits.
"""

from . import const, ids

MODEM = const(0)  # the terminal itself: nothing else is known behind it
CARD = const(1)
CUT = const(2)  # the account, and the line is cut for it
NETWORK = const(3)
SIGNAL = const(4)  # no card and no bill explains it
PATH = const(5)  # registered: from the data connection to the acquirer
TERMINAL = const(6)  # what the acquirer and the flash say of the terminal
WAITING = const(7)  # a message whose answer a broken line keeps back
OUTCOME = const(8)  # what became of a message; no line explains it
MONEY = const(9)  # the account warns, payments pass
BESIDE = const(10)  # beside a fault, not before it
REMARK = const(11)

# Kind, rank (lower stands first; equal ranks stand as they are found), its verdicts.
ORDER = (
    (MODEM, 0, (ids.V_MODEM_DEAD, ids.V_MODEM_REBOOTING, ids.V_SAFE_MODE, ids.V_STARTING)),
    (
        CARD,
        1,
        (
            ids.V_SIM_ABSENT,
            ids.V_SIM_PIN,
            ids.V_SIM_PUK,
            ids.V_SIM_FAILED,
            ids.V_SIM_BOUND,
            ids.V_SIM_PIN_REFUSED,
            ids.V_SIM_BLOCKED,
        ),
    ),
    (
        CUT,
        2,
        (
            ids.V_CREDIT_EXHAUSTED,
            ids.V_CREDIT_OVERDUE,
            ids.V_CREDIT_DATA_USED_UP,
            ids.V_CREDIT_PLAN_EXPIRED,
            ids.V_CREDIT_SUSPECTED,
            ids.V_CREDIT_RESTRICTED,
        ),
    ),
    (
        NETWORK,
        3,
        (
            ids.V_SEARCHING,
            ids.V_DENIED,
            ids.V_ROAMING_NOT_ALLOWED,
            ids.V_NO_DATA,
            ids.V_WRONG_APN,
            ids.V_DETACHED,
            ids.V_SMS_ONLY,
            ids.V_CONGESTION,
            ids.V_EMERGENCY_ONLY,
            ids.V_RADIO_OFF,
            ids.V_CONNECTING,
        ),
    ),
    (SIGNAL, 3, (ids.V_NO_SIGNAL,)),
    (
        PATH,
        4,
        (
            ids.V_DNS,
            ids.V_HOST_UNREACHABLE,
            ids.V_TLS,
            ids.V_HOST_LATE,
            ids.V_CAPTIVE,
            ids.V_HOST_SILENT,
            ids.V_UNKNOWN,
        ),
    ),
    (
        TERMINAL,
        5,
        (
            ids.V_TERMINAL_DEACTIVATED,
            ids.V_KEYS_OUT_OF_STEP,
            ids.V_FLASH_FULL,
            ids.V_MERCHANT_UNKNOWN,
            ids.V_BATCH_OUT_OF_STEP,
            ids.V_HOST_MAINTENANCE,
        ),
    ),
    (
        WAITING,
        6,
        (
            ids.V_SETTLEMENT_LATE,
            ids.V_REVERSAL_UNACKNOWLEDGED,
            ids.V_REVERSAL_OPEN,
            ids.V_SETTLEMENT_UNKNOWN,
            ids.V_OUTCOME_UNKNOWN,
            ids.V_UPLOAD_INCOMPLETE,
            ids.V_OUTBOX_FULL,
            ids.V_MESSAGE_EXPIRED,
            ids.V_NOT_SETTLED,
            ids.V_TRAFFIC_LINK,
        ),
    ),
    (
        OUTCOME,
        6,
        (
            ids.V_SETTLEMENT_REFUSED,
            ids.V_SETTLEMENT_UNBALANCED,
            ids.V_ANSWER_UNPARSED,
            ids.V_CLOSED_WITH_DIFFERENCE,
            ids.V_REVERSAL_UNCLEAR,
            ids.V_TRAFFIC_HOST,
            ids.V_TRAFFIC_APPLICATION,
            ids.V_TRAFFIC_CARDS,
            ids.V_TRAFFIC_LIMITS,
        ),
    ),
    (
        MONEY,
        7,
        (
            ids.V_CREDIT_LOW,
            ids.V_CREDIT_PLAN_EXPIRING,
            ids.V_CREDIT_DATA_LOW,
            ids.V_CREDIT_STORE_FULL,
        ),
    ),
    (BESIDE, 8, (ids.V_WEAK_SIGNAL, ids.V_CONFIG_REFUSED)),
    (WAITING, 9, (ids.V_SETTLEMENT_PENDING,)),
)
_OUTCOME_RANK = const(6)
_REMARK_RANK = const(9)

# Which kinds of fault a kind accounts for by itself.
EXPLAINS = {
    MODEM: (CARD, NETWORK, SIGNAL, PATH, WAITING),
    CARD: (NETWORK, PATH, WAITING),
    CUT: (NETWORK, PATH, WAITING),
    NETWORK: (PATH, WAITING),
    SIGNAL: (PATH, WAITING),
    PATH: (WAITING,),
}

# What is the same fault once more, in other words: not worth a second place.
RESTATES = {CUT: (CUT, MONEY), NETWORK: (NETWORK, SIGNAL), SIGNAL: (NETWORK, SIGNAL)}

_OK = (ids.V_ALL_CLEAR,)
_INFO = (
    ids.V_STARTING,
    ids.V_CREDIT_NO_WAY_TO_ASK,
    ids.V_CREDIT_UNREADABLE,
    ids.V_CREDIT_RESTORED,
    ids.V_CREDIT_FEE_DUE,
    ids.V_SLOW_RAT,
    ids.V_CONNECTING,
    ids.V_SETTLEMENT_PENDING,
    ids.V_SIM_SWAPPED,
)
_WARNING = (
    ids.V_UNKNOWN,
    ids.V_CREDIT_LOW,
    ids.V_CREDIT_PLAN_EXPIRING,
    ids.V_CREDIT_DATA_LOW,
    ids.V_CREDIT_STORE_FULL,
    ids.V_SEARCHING,
    ids.V_WEAK_SIGNAL,
    ids.V_CONGESTION,
    ids.V_HOST_LATE,
    ids.V_SETTLEMENT_LATE,
    ids.V_NOT_SETTLED,
    ids.V_SETTLEMENT_UNBALANCED,
    ids.V_MODEM_REBOOTING,
    ids.V_CONFIG_REFUSED,
    ids.V_HOST_MAINTENANCE,
)
_LEVELS = (_OK, _INFO, _WARNING)  # by SEV_*


def severity_of(verdict: int) -> int:
    """SEV_* of a verdict; what no table names is an error."""
    for level in range(len(_LEVELS)):
        if verdict in _LEVELS[level]:
            return level
    return ids.SEV_ERROR


def _row(verdict):
    for row in ORDER:
        if verdict in row[2]:
            return row
    return None


def kind_of(verdict: int) -> int:
    """MODEM to REMARK. A newer agent's verdict counts as an OUTCOME: nothing explains it away."""
    row = _row(verdict)
    if row is not None:
        return row[0]
    return REMARK if severity_of(verdict) <= ids.SEV_INFO else OUTCOME


def rank(verdict: int) -> int:
    """The verdict's place among others, 0 first."""
    row = _row(verdict)
    if row is not None:
        return row[1]
    return _REMARK_RANK if severity_of(verdict) <= ids.SEV_INFO else _OUTCOME_RANK


def explains(first: int, other: int) -> bool:
    """Does `first` account for `other` by itself?"""
    return first != other and kind_of(other) in EXPLAINS.get(kind_of(first), ())


def takes_second_place(first: int, other: int) -> bool:
    """Is `other` worth telling beside `first`? Neither a symptom is nor the same in other words; a
    message that waits is.
    """
    kind, beside = kind_of(first), kind_of(other)
    if first == other or beside in RESTATES.get(kind, ()):
        return False
    return beside == WAITING or not explains(first, other)
