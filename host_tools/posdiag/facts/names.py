"""Names of the numbers on the wire, read out of posproto/ids.py so that none is written twice.

`V_CREDIT_LOW = 101` becomes `credit_low`: the key of its texts and its name in JSON.
"""

from __future__ import annotations

from posproto import ids


def table(prefix: str) -> dict[int, str]:
    """{number: lower-case name without the prefix} of every id that starts with `prefix`."""
    return {
        value: name[len(prefix) :].lower()
        for name, value in vars(ids).items()
        if name.startswith(prefix) and isinstance(value, int)
    }


VERDICTS = table("V_")
EVENTS = table("E_")
SIMS = table("SIM_")
LAYERS = table("LAYER_")
RUNGS = table("RUNG_")
LEFTS = table("LEFT_")
RESULTS = table("R_")
COUNTERS = table("C_")
SEVERITIES = table("SEV_")
FLAGS = table("FLAG_")
DOMAINS = table("CAUSE_")
OPERATIONS = table("OP_")
ARGUMENTS = table("A_")
STATUS_KEYS = table("ST_")
FRAMES = table("FRAME_")
WHYS = table("WHY_")
MESSAGE_STATES = table("MS_")
MESSAGE_KEYS = table("MSG_")
MESSAGE_FLAGS = table("MF_")
SETTLEMENT_STATES = table("SET_")
CREDIT_STATES = table("CREDIT_")
CREDIT_KEYS = table("CRD_")
EVIDENCE = table("EVIDENCE_")
PLAN_KEYS = table("PLAN_")
PLATFORM_STATES = table("PLATFORM_")
TESTS = table("TEST_")
PROGRAMS = table("PROGRAM_")

CREDIT_FLAGS = table("CRF_")
CAPABILITIES = table("CAP_")
# Stat of +CREG and its sisters (TS 27.007 cl. 7.2, 10.1.20, 10.1.22) and AcT (cl. 7.3).
REGISTRATIONS = dict(
    enumerate(
        (
            *("not_registered", "home", "searching", "denied", "unknown", "roaming"),
            *("sms_only_home", "sms_only_roaming", "emergency_only", "home_no_csfb"),
            *("roaming_no_csfb", "emergency_data_only"),
        )
    )
)
ACCESS = dict(
    enumerate(
        (
            *("gsm", "gsm_compact", "utran", "edge", "hsdpa", "hsupa", "hspa", "lte"),
            *("ec_gsm_iot", "nb_iot", "lte_5gcn", "nr", "ng_ran", "lte_nr_dual"),
        )
    )
)
CLOCK_SOURCES = {1: "network", 2: "computer"}
# Classes of the healing budgets, by their place in OP_LADDER.
BUDGETS = (
    *("activation_after_refusal", "activation", "attach", "registration", "radio"),
    *("radio_by_order", "power_key", "probe", "agent_restart"),
)
# Verdicts under which nobody can say how card, network and signal are.
SILENT_MODEM = (ids.V_MODEM_DEAD, ids.V_MODEM_REBOOTING)
# What the acquirer said of one half of a batch: F48 of the 0510.
BATCH_HALVES = {0: "not_told", 1: "balanced", 2: "unbalanced", 3: "error"}

# Registration domains of A_DOMAIN and the order inside ST_REGISTRATION.
REGISTRATION_DOMAINS = ("cs", "ps", "eps")
# Stat values of +CREG and its sisters that mean "registered" for data (TS 27.007 cl. 7.2);
# 6 and 7 carry text messages only, 8 is for emergency calls.
STATS_REGISTERED = frozenset((1, 5, 9, 10))


def name_of(names: dict[int, str], number: object) -> str:
    """The number's name; a number from a newer agent keeps its digits: `unknown_712`."""
    if isinstance(number, int) and number in names:
        return names[number]
    return f"unknown_{number}"


def flag_names(bits: int, known: dict[int, str] = FLAGS) -> list[str]:
    """Names of the bits that are set, lowest first; unnamed bits keep their number."""
    found = []
    bit = 1
    while bits >= bit:
        if bits & bit:
            found.append(known.get(bit, f"unknown_{bit}"))
        bit <<= 1
    return found
