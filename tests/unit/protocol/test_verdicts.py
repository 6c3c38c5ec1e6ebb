"""The verdicts' table, cell by cell: how grave, in what order, and what explains what.

Written out from what a technician has to be told first (a card that is not in explains a network
that is not found; a bill that is not paid explains a host that is not reached), not from the code.
"""

from posproto import ids, verdicts
from posproto.verdicts import explains, kind_of, rank, severity_of, takes_second_place

# One line a place: what stands before all lines behind it.
ORDER = (
    "MODEM_DEAD MODEM_REBOOTING SAFE_MODE STARTING",
    "SIM_ABSENT SIM_PIN SIM_PUK SIM_FAILED SIM_BOUND SIM_PIN_REFUSED SIM_BLOCKED",
    "CREDIT_EXHAUSTED CREDIT_OVERDUE CREDIT_DATA_USED_UP CREDIT_PLAN_EXPIRED CREDIT_SUSPECTED"
    " CREDIT_RESTRICTED",
    "NO_SIGNAL SEARCHING DENIED ROAMING_NOT_ALLOWED NO_DATA WRONG_APN DETACHED SMS_ONLY"
    " CONGESTION EMERGENCY_ONLY RADIO_OFF CONNECTING",
    "UNKNOWN DNS HOST_UNREACHABLE TLS HOST_LATE CAPTIVE HOST_SILENT",
    "TERMINAL_DEACTIVATED KEYS_OUT_OF_STEP FLASH_FULL MERCHANT_UNKNOWN BATCH_OUT_OF_STEP"
    " HOST_MAINTENANCE",
    "SETTLEMENT_LATE SETTLEMENT_REFUSED SETTLEMENT_UNBALANCED UPLOAD_INCOMPLETE"
    " REVERSAL_UNACKNOWLEDGED OUTCOME_UNKNOWN NOT_SETTLED CLOSED_WITH_DIFFERENCE OUTBOX_FULL"
    " MESSAGE_EXPIRED ANSWER_UNPARSED SETTLEMENT_UNKNOWN REVERSAL_OPEN REVERSAL_UNCLEAR"
    " TRAFFIC_LINK TRAFFIC_HOST TRAFFIC_APPLICATION TRAFFIC_CARDS TRAFFIC_LIMITS",
    "CREDIT_LOW CREDIT_PLAN_EXPIRING CREDIT_DATA_LOW CREDIT_STORE_FULL",
    "WEAK_SIGNAL CONFIG_REFUSED",
    "ALL_CLEAR SIM_SWAPPED SLOW_RAT CREDIT_NO_WAY_TO_ASK CREDIT_UNREADABLE CREDIT_RESTORED"
    " CREDIT_FEE_DUE SETTLEMENT_PENDING",
)
# What one fault of each kind explains, of the sample below; the rest it does not.
SAMPLE = "MODEM_DEAD SIM_ABSENT CREDIT_OVERDUE CREDIT_LOW DENIED NO_SIGNAL WEAK_SIGNAL"
SAMPLE += " HOST_UNREACHABLE TERMINAL_DEACTIVATED CONFIG_REFUSED SETTLEMENT_PENDING"
SAMPLE += " REVERSAL_UNACKNOWLEDGED SETTLEMENT_REFUSED TRAFFIC_LINK TRAFFIC_HOST ALL_CLEAR"
EXPLAINED = {
    "MODEM_DEAD": "SIM_ABSENT DENIED NO_SIGNAL HOST_UNREACHABLE SETTLEMENT_PENDING"
    " REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "STARTING": "SIM_ABSENT DENIED NO_SIGNAL HOST_UNREACHABLE SETTLEMENT_PENDING"
    " REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "SIM_PIN": "DENIED HOST_UNREACHABLE SETTLEMENT_PENDING REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "CREDIT_SUSPECTED": "DENIED HOST_UNREACHABLE SETTLEMENT_PENDING REVERSAL_UNACKNOWLEDGED"
    " TRAFFIC_LINK",
    "NO_DATA": "HOST_UNREACHABLE SETTLEMENT_PENDING REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "NO_SIGNAL": "HOST_UNREACHABLE SETTLEMENT_PENDING REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "CONNECTING": "HOST_UNREACHABLE SETTLEMENT_PENDING REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "TLS": "SETTLEMENT_PENDING REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "UNKNOWN": "SETTLEMENT_PENDING REVERSAL_UNACKNOWLEDGED TRAFFIC_LINK",
    "TERMINAL_DEACTIVATED": "",
    "SETTLEMENT_LATE": "",
    "SETTLEMENT_REFUSED": "",
    "CREDIT_LOW": "",
    "WEAK_SIGNAL": "",
    "CONFIG_REFUSED": "",
    "ALL_CLEAR": "",
    "SIM_SWAPPED": "",
    "SLOW_RAT": "",
}
GRAVITY = (
    "ALL_CLEAR",
    "STARTING CREDIT_NO_WAY_TO_ASK CREDIT_UNREADABLE CREDIT_RESTORED CREDIT_FEE_DUE SLOW_RAT"
    " CONNECTING SETTLEMENT_PENDING SIM_SWAPPED",
    "UNKNOWN CREDIT_LOW CREDIT_PLAN_EXPIRING CREDIT_DATA_LOW CREDIT_STORE_FULL SEARCHING"
    " WEAK_SIGNAL CONGESTION HOST_LATE SETTLEMENT_LATE NOT_SETTLED SETTLEMENT_UNBALANCED"
    " MODEM_REBOOTING CONFIG_REFUSED HOST_MAINTENANCE",
)


def number(name):
    return getattr(ids, "V_" + name)


def test_every_verdict_has_its_one_place():
    named = " ".join(ORDER).split()
    assert len(set(named)) == len(named)
    assert sorted(named) == sorted(name[2:] for name in dir(ids) if name[:2] == "V_")


def test_what_explains_the_others_stands_first():
    for at in range(len(ORDER) - 1):
        for name in ORDER[at].split():
            for later in ORDER[at + 1].split():
                assert rank(number(name)) < rank(number(later)), (name, later)
    for line in ORDER:
        assert len({rank(number(name)) for name in line.split()}) == 1, line


def test_one_fault_explains_what_follows_from_it_and_nothing_else():
    for first in EXPLAINED:
        found = [other for other in SAMPLE.split() if explains(number(first), number(other))]
        wanted = [other for other in SAMPLE.split() if other in EXPLAINED[first].split()]
        assert found == [other for other in wanted if other != first], first


def test_nothing_explains_itself():
    for name in " ".join(ORDER).split():
        assert not explains(number(name), number(name))


def test_each_verdict_is_as_grave_as_it_is_for_the_shop():
    for level in range(len(GRAVITY)):
        for name in GRAVITY[level].split():
            assert severity_of(number(name)) == level, name
    named = " ".join(GRAVITY).split()
    for name in " ".join(ORDER).split():
        if name not in named:
            assert severity_of(number(name)) == ids.SEV_ERROR, name


def test_a_newer_agent_s_verdict_is_grave_and_explained_by_nothing():
    assert severity_of(799) == ids.SEV_ERROR
    assert rank(799) == rank(ids.V_SETTLEMENT_REFUSED)
    assert kind_of(799) == kind_of(ids.V_SETTLEMENT_REFUSED)
    assert not explains(ids.V_MODEM_DEAD, 799)


def test_beside_the_fault_stands_what_is_not_its_symptom_and_not_the_same_once_more():
    for first, other, told in (
        ("MODEM_DEAD", "DENIED", False),
        ("SIM_ABSENT", "DENIED", False),
        ("SIM_ABSENT", "NO_SIGNAL", True),
        ("SIM_ABSENT", "CREDIT_LOW", True),
        ("CREDIT_OVERDUE", "DENIED", False),
        ("CREDIT_OVERDUE", "CREDIT_LOW", False),
        ("CREDIT_LOW", "CREDIT_PLAN_EXPIRING", True),
        ("CREDIT_OVERDUE", "SETTLEMENT_PENDING", True),
        ("CREDIT_OVERDUE", "REVERSAL_UNACKNOWLEDGED", True),
        ("NO_DATA", "NO_SIGNAL", False),
        ("DENIED", "HOST_UNREACHABLE", False),
        ("HOST_UNREACHABLE", "SETTLEMENT_LATE", True),
        ("HOST_UNREACHABLE", "CREDIT_LOW", True),
        ("SETTLEMENT_REFUSED", "CREDIT_LOW", True),
        ("ALL_CLEAR", "SLOW_RAT", True),
        ("TLS", "TLS", False),
    ):
        assert takes_second_place(number(first), number(other)) == told, (first, other)


def test_the_order_names_each_verdict_itself():
    """What no row names counts as an outcome: none of ours may get there by being left out."""
    named = [verdict for row in verdicts.ORDER for verdict in row[2]]
    remarks = [number(name) for name in ORDER[-1].split() if name != "SETTLEMENT_PENDING"]
    every = [number(name) for name in " ".join(ORDER).split()]
    assert sorted(named + remarks) == sorted(every)
    assert [kind_of(verdict) for verdict in remarks] == [verdicts.REMARK] * len(remarks)


def test_kinds_are_twelve_and_stand_in_one_order():
    """WAITING twice: what a broken line keeps back, and what merely waits."""
    places = [(row[0], row[1]) for row in verdicts.ORDER]
    assert places == [
        (verdicts.MODEM, 0),
        (verdicts.CARD, 1),
        (verdicts.CUT, 2),
        (verdicts.NETWORK, 3),
        (verdicts.SIGNAL, 3),
        (verdicts.PATH, 4),
        (verdicts.TERMINAL, 5),
        (verdicts.WAITING, 6),
        (verdicts.OUTCOME, 6),
        (verdicts.MONEY, 7),
        (verdicts.BESIDE, 8),
        (verdicts.WAITING, 9),
    ]
    kinds = {row[0] for row in verdicts.ORDER} | {verdicts.REMARK}
    assert sorted(kinds) == list(range(12))
