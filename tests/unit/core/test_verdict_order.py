"""What is told of an agent's state: the fault, how sure, and what stands beside it.

Each row is one state of a terminal, by what differs from one on which all is well; the expected
words are what a technician standing before it has to be told.
"""

from posagent.core import situation, verdict
from posproto import ids

_WELL = {
    "ready": True,
    "looked": True,
    "situation": situation.WELL,
    "dead": False,
    "silence_s": 0,
    "rebooting": False,
    "s": 5000,  # uptime
    "trouble_s": 0,  # age of the trouble
    "sim": ids.SIM_READY,
    "weak": False,
    "slow": False,
    "signal": True,
    "emergency": False,
    "sms": False,
    "unclear_": False,
    "detached": False,
    "layer": ids.LAYER_ANSWER,
    "layer_s": 0,
    "spread_s": 0,
    "pin_refused": False,
    "money": None,  # what the account explains
    "warn": 0,
    "shown": 0,  # remark on the account
    "mutes": False,
    "host": 0,
    "message": 0,
    "config_refused": False,
    "swapped_s": None,
    "acting_s": 0,
    "cause": 0,
    "context_failures": 0,
    "verdict_": 0,
    "confidence": 0,
}


class _Agent:
    """An agent of which everything that a verdict asks is told."""

    two_cards = False

    def __init__(self, changes):
        for name in changes:
            assert name in _WELL, name
        self.at = dict(_WELL)
        self.at.update(changes)
        for name in ("ready", "situation", "rebooting", "pin_refused", "config_refused", "layer"):
            setattr(self, name, self.at[name])
        for name in ("layer_s", "spread_s", "swapped_s", "acting_s", "cause", "context_failures"):
            setattr(self, name, self.at[name])
        for name in ("looked", "sim", "weak", "detached", "dead", "s", "confidence"):
            setattr(self, name, self.at[name])
        self.network = self.engine = self.clock = self.ladder = self
        self.credit = _Account(self.at)
        self.path = _Path(self.at)
        self.settlement = _Settlement(self.at)
        self.verdict = self.at["verdict_"]

    def silent_s(self):
        return self.at["silence_s"]

    def trouble_age_s(self):
        return self.at["trouble_s"]

    def slow_rat(self):
        return self.at["slow"]

    def no_signal(self):
        return not self.at["signal"]

    def emergency_only(self):
        return self.at["emergency"]

    def sms_only(self):
        return self.at["sms"]

    def unclear(self):
        return self.at["unclear_"]


class _Account:
    def __init__(self, at):
        self.at = at

    def explain(self, agent):
        return self.at["money"]

    def warning(self):
        return self.at["warn"]

    def remark(self):
        return self.at["shown"]


class _Path:
    def __init__(self, at):
        self.at = at

    def trouble(self):
        return (ids.V_HOST_SILENT, 80) if self.at["mutes"] else None

    def verdict(self):
        return self.at["host"]

    def sure(self):
        return 75


class _Settlement:
    def __init__(self, at):
        self.at = at

    def verdict(self):
        return self.at["message"]

    def about(self, verdict):
        return self.at.get("acquirer")


def judged(**changes):
    """(name of the verdict, percent, name of the second one or None)."""
    names = {}
    for name in dir(ids):
        if name[:2] == "V_":
            names[getattr(ids, name)] = name[2:]
    first, sure, second = verdict.judge(_Agent(changes))
    return names[first], sure, None if second is None else names[second]


EMM, ESM = ids.CAUSE_EMM << 8, ids.CAUSE_ESM << 8
DENIED = situation.DENIED
LOST = situation.UNREGISTERED
REFUSED = situation.REFUSED
NO_CONTEXT = situation.NO_CONTEXT
OVERDUE = ids.V_CREDIT_OVERDUE, 95

# (what differs, verdict, percent, second)
CASES = (
    # Nothing wrong
    ({}, "ALL_CLEAR", 100, None),
    ({"layer": ids.LAYER_TCP}, "ALL_CLEAR", 100, None),
    ({"layer": ids.LAYER_DNS}, "ALL_CLEAR", 70, None),
    ({"layer": ids.LAYER_CONTEXT}, "ALL_CLEAR", 70, None),
    ({"layer": ids.LAYER_REGISTERED}, "UNKNOWN", 0, None),
    # Beside "all clear"
    ({"shown": ids.V_CREDIT_RESTORED}, "ALL_CLEAR", 100, "CREDIT_RESTORED"),
    (
        {"shown": ids.V_CREDIT_RESTORED, "layer": ids.LAYER_REGISTERED},
        "CREDIT_RESTORED",
        100,
        None,
    ),
    ({"shown": ids.V_CREDIT_STORE_FULL}, "CREDIT_STORE_FULL", 100, "ALL_CLEAR"),
    ({"swapped_s": 2000}, "ALL_CLEAR", 100, "SIM_SWAPPED"),
    ({"swapped_s": 1399}, "ALL_CLEAR", 100, None),
    ({"swapped_s": 1400}, "ALL_CLEAR", 100, None),
    ({"swapped_s": 1401}, "ALL_CLEAR", 100, "SIM_SWAPPED"),
    ({"swapped_s": 2000, "layer": ids.LAYER_REGISTERED}, "SIM_SWAPPED", 100, None),
    ({"slow": True}, "SLOW_RAT", 90, None),
    ({"weak": True}, "WEAK_SIGNAL", 80, None),
    ({"weak": True, "slow": True}, "WEAK_SIGNAL", 80, "SLOW_RAT"),
    # The modem
    ({"dead": True, "situation": situation.DEAD, "ready": False}, "MODEM_DEAD", 100, None),
    ({"silence_s": 3}, "ALL_CLEAR", 100, None),
    ({"silence_s": 4}, "MODEM_DEAD", 60, None),
    ({"silence_s": 4, "rebooting": True}, "MODEM_REBOOTING", 100, None),
    ({"silence_s": 4, "acting_s": 5001}, "ALL_CLEAR", 100, None),
    ({"silence_s": 4, "acting_s": 5000}, "MODEM_DEAD", 60, None),
    ({"rebooting": True, "ready": False, "s": 60}, "MODEM_REBOOTING", 100, None),
    ({"rebooting": True, "ready": False, "s": 59}, "STARTING", 100, None),
    ({"ready": False}, "STARTING", 100, None),
    ({"looked": False}, "STARTING", 100, None),
    ({"ready": False, "trouble_s": 299}, "STARTING", 100, None),
    ({"ready": False, "trouble_s": 300}, "UNKNOWN", 0, None),
    ({"ready": False, "silence_s": 4}, "STARTING", 100, None),
    ({"ready": False, "weak": True}, "STARTING", 100, None),
    ({"looked": False, "sim": ids.SIM_ABSENT}, "STARTING", 100, None),
    ({"ready": False, "message": ids.V_REVERSAL_OPEN}, "STARTING", 100, "REVERSAL_OPEN"),
    # The card
    ({"sim": ids.SIM_ABSENT, "situation": situation.SIM_LOST}, "SIM_ABSENT", 100, None),
    ({"sim": ids.SIM_FAILED, "situation": situation.SIM_LOST}, "SIM_FAILED", 100, None),
    ({"sim": ids.SIM_BUSY, "situation": situation.SIM_LOST}, "SIM_FAILED", 60, None),
    ({"sim": ids.SIM_PIN, "situation": situation.SIM_LOCKED}, "SIM_PIN", 100, None),
    ({"sim": ids.SIM_PUK, "situation": situation.SIM_LOCKED}, "SIM_PUK", 100, None),
    ({"sim": ids.SIM_BOUND, "situation": situation.SIM_LOCKED}, "SIM_BOUND", 100, None),
    ({"sim": ids.SIM_BLOCKED, "situation": situation.SIM_LOCKED}, "SIM_BLOCKED", 100, None),
    (
        {"sim": ids.SIM_PIN, "situation": situation.SIM_LOCKED, "pin_refused": True},
        "SIM_PIN_REFUSED",
        100,
        "SIM_PIN",
    ),
    ({"pin_refused": True}, "ALL_CLEAR", 100, None),
    # The account
    ({"situation": DENIED, "cause": EMM | 8, "money": OVERDUE}, "CREDIT_OVERDUE", 95, None),
    ({"money": OVERDUE}, "ALL_CLEAR", 100, None),  # the line works
    ({"warn": ids.V_CREDIT_LOW}, "CREDIT_LOW", 100, None),
    (
        {"warn": ids.V_CREDIT_LOW, "message": ids.V_SETTLEMENT_LATE},
        "SETTLEMENT_LATE",
        100,
        "CREDIT_LOW",
    ),
    # The network
    ({"situation": situation.RADIO_OFF}, "RADIO_OFF", 100, None),
    ({"situation": situation.ABROAD}, "ROAMING_NOT_ALLOWED", 100, None),
    ({"situation": DENIED}, "DENIED", 70, None),
    ({"situation": DENIED, "cause": EMM | 7}, "DENIED", 90, None),
    ({"situation": DENIED, "cause": 5}, "DENIED", 90, None),  # of no table
    ({"situation": DENIED, "cause": EMM | 4}, "DENIED", 90, None),
    ({"situation": DENIED, "cause": EMM | 5}, "SIM_BOUND", 80, None),
    ({"situation": DENIED, "cause": EMM | 6}, "SIM_BOUND", 80, None),
    ({"situation": DENIED, "cause": ids.CAUSE_MM << 8 | 6}, "SIM_BOUND", 80, None),
    ({"situation": DENIED, "cause": ESM | 6}, "DENIED", 90, None),
    ({"situation": LOST}, "SEARCHING", 80, None),
    ({"situation": LOST, "sim": ids.SIM_BUSY}, "SEARCHING", 80, None),  # it will answer
    ({"situation": LOST, "detached": True}, "DETACHED", 80, None),
    ({"situation": LOST, "signal": False}, "NO_SIGNAL", 90, None),
    ({"situation": LOST, "emergency": True, "signal": False}, "EMERGENCY_ONLY", 100, None),
    ({"situation": LOST, "sms": True, "signal": False}, "SMS_ONLY", 100, None),
    ({"situation": LOST, "signal": False, "s": 59}, "STARTING", 100, None),
    ({"situation": LOST, "signal": False, "s": 60}, "NO_SIGNAL", 90, None),
    ({"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ({"situation": LOST, "sim": ids.SIM_UNKNOWN}, "UNKNOWN", 0, None),
    # The data connection
    ({"situation": REFUSED, "cause": ESM | 27}, "WRONG_APN", 90, None),
    ({"situation": REFUSED, "cause": ESM | 28}, "WRONG_APN", 90, None),
    ({"situation": NO_CONTEXT, "cause": ESM | 26}, "CONGESTION", 70, None),
    ({"situation": REFUSED, "cause": ESM | 29, "context_failures": 1}, "NO_DATA", 80, None),
    ({"situation": NO_CONTEXT, "context_failures": 1}, "NO_DATA", 60, None),
    ({"situation": NO_CONTEXT, "s": 59, "layer_s": 0}, "STARTING", 100, None),
    ({"situation": NO_CONTEXT, "s": 60, "layer_s": 0}, "CONNECTING", 80, None),
    ({"situation": NO_CONTEXT, "layer_s": 4701}, "CONNECTING", 80, None),
    ({"situation": NO_CONTEXT, "layer_s": 4700}, "UNKNOWN", 0, None),
    # After a long outage its turn comes within five minutes.
    ({"situation": NO_CONTEXT, "layer_s": 4700, "spread_s": 5001}, "CONNECTING", 80, None),
    ({"situation": NO_CONTEXT, "layer_s": 4600, "spread_s": 4701}, "CONNECTING", 80, None),
    ({"situation": NO_CONTEXT, "layer_s": 4600, "spread_s": 4700}, "UNKNOWN", 0, None),
    # The acquirer
    ({"situation": situation.HOST_DOWN, "host": ids.V_DNS}, "DNS", 75, None),
    ({"situation": situation.HOST_DOWN, "host": ids.V_TLS}, "TLS", 75, None),
    ({"situation": situation.HOST_DOWN}, "UNKNOWN", 0, None),
    ({"mutes": True}, "HOST_SILENT", 80, None),
    # Messages: what wants a hand stands first, what waits stands beside the line's fault
    ({"message": ids.V_SETTLEMENT_PENDING}, "SETTLEMENT_PENDING", 100, None),
    (
        {"message": ids.V_SETTLEMENT_PENDING, "warn": ids.V_CREDIT_LOW},
        "CREDIT_LOW",
        100,
        "SETTLEMENT_PENDING",
    ),
    (
        {"message": ids.V_SETTLEMENT_PENDING, "config_refused": True},
        "CONFIG_REFUSED",
        100,
        "SETTLEMENT_PENDING",
    ),
    ({"message": ids.V_SETTLEMENT_PENDING, "slow": True}, "SETTLEMENT_PENDING", 100, "SLOW_RAT"),
    ({"message": ids.V_OUTCOME_UNKNOWN}, "OUTCOME_UNKNOWN", 100, None),
    (
        {"situation": DENIED, "message": ids.V_SETTLEMENT_LATE},
        "DENIED",
        70,
        "SETTLEMENT_LATE",
    ),
    ({"weak": True, "config_refused": True}, "CONFIG_REFUSED", 100, "WEAK_SIGNAL"),
    ({"weak": True, "message": ids.V_REVERSAL_OPEN}, "REVERSAL_OPEN", 100, "WEAK_SIGNAL"),
    ({"weak": True, "warn": ids.V_CREDIT_LOW}, "CREDIT_LOW", 100, "WEAK_SIGNAL"),
)

# While a rung acts its fault stays named. (told before, what differs, verdict, percent, second)
ACTING = (
    ("DENIED", {"situation": LOST}, "DENIED", 90, None),
    ("DENIED", {"situation": situation.RADIO_OFF}, "DENIED", 90, None),
    ("DENIED", {"situation": LOST, "unclear_": True}, "DENIED", 90, None),
    ("DENIED", {"ready": False}, "DENIED", 90, None),
    ("DENIED", {"rebooting": True, "ready": False}, "DENIED", 90, None),
    ("DENIED", {"sim": ids.SIM_ABSENT, "situation": situation.SIM_LOST}, "DENIED", 90, None),
    ("DENIED", {"warn": ids.V_CREDIT_LOW, "situation": LOST}, "DENIED", 90, "CREDIT_LOW"),
    ("DENIED", {"situation": LOST, "message": ids.V_REVERSAL_OPEN}, "DENIED", 90, "REVERSAL_OPEN"),
    # What is more than that takes its place
    ("DENIED", {}, "ALL_CLEAR", 100, None),
    ("DENIED", {"situation": NO_CONTEXT, "context_failures": 1}, "NO_DATA", 60, None),
    ("DENIED", {"situation": LOST, "signal": False}, "NO_SIGNAL", 90, None),
    ("NO_DATA", {"situation": DENIED, "cause": EMM | 7}, "DENIED", 90, None),
    ("DENIED", {"situation": situation.HOST_DOWN, "host": ids.V_DNS}, "DNS", 75, None),
    ("DENIED", {"dead": True, "situation": situation.DEAD}, "MODEM_DEAD", 100, None),
    (
        "DENIED",
        {"situation": LOST, "money": (ids.V_CREDIT_OVERDUE, 60)},
        "CREDIT_OVERDUE",
        60,
        None,
    ),
    (
        "DENIED",
        {"situation": LOST, "unclear_": True, "warn": ids.V_CREDIT_LOW},
        "DENIED",
        90,
        "CREDIT_LOW",
    ),
    (
        "DENIED",
        {"situation": LOST, "unclear_": True, "message": ids.V_REVERSAL_OPEN},
        "DENIED",
        90,
        "REVERSAL_OPEN",
    ),
    ("DENIED", {"situation": LOST, "detached": True}, "DENIED", 90, None),
    ("DENIED", {"situation": NO_CONTEXT, "layer_s": 4701}, "DENIED", 90, None),
    (
        "DENIED",
        {"situation": LOST, "money": (ids.V_CREDIT_SUSPECTED, 60)},
        "CREDIT_SUSPECTED",
        60,
        None,
    ),
    ("CREDIT_OVERDUE", {"situation": LOST}, "CREDIT_OVERDUE", 90, None),
    # What stays is not told once more beside itself, behind what passes or in its place
    ("CREDIT_LOW", {"situation": LOST, "warn": ids.V_CREDIT_LOW}, "CREDIT_LOW", 90, None),
    (
        "CREDIT_LOW",
        {"situation": LOST, "unclear_": True, "warn": ids.V_CREDIT_LOW},
        "CREDIT_LOW",
        90,
        None,
    ),
    # What was only passing does not stay
    ("ALL_CLEAR", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ("DETACHED", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ("CONNECTING", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ("MODEM_REBOOTING", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ("SEARCHING", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ("STARTING", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ("RADIO_OFF", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
    ("SETTLEMENT_LATE", {"situation": LOST, "unclear_": True}, "UNKNOWN", 0, None),
)


def test_each_state_of_a_terminal_is_told_in_the_words_that_help():
    for changes, first, sure, second in CASES:
        found = judged(**changes)
        assert found == (first, sure, second), (changes, found)


def test_while_a_rung_acts_its_fault_stays_named():
    for before, changes, first, sure, second in ACTING:
        told = {"acting_s": 5001, "verdict_": getattr(ids, "V_" + before), "confidence": 90}
        told.update(changes)
        found = judged(**told)
        assert found == (first, sure, second), (before, changes, found)


def test_when_the_rung_is_over_it_does_not():
    told = {"acting_s": 5000, "verdict_": ids.V_DENIED, "confidence": 90}
    assert judged(situation=LOST, **told)[0] == "SEARCHING"


def test_the_event_names_what_was_and_why():
    agent = _Agent({"verdict_": ids.V_DENIED, "cause": 0x107, "confidence": 90})
    agent.credit.evidence = [3]
    assert verdict.args(agent, 0) == {
        ids.A_VERDICT: ids.V_DENIED,
        ids.A_PREVIOUS: 0,
        ids.A_CONFIDENCE: 90,
        ids.A_CAUSE: 0x107,
    }
    agent.verdict = ids.V_CREDIT_OVERDUE
    agent.cause = 0
    assert verdict.args(agent, ids.V_DENIED) == {
        ids.A_VERDICT: ids.V_CREDIT_OVERDUE,
        ids.A_PREVIOUS: ids.V_DENIED,
        ids.A_CONFIDENCE: 90,
        ids.A_EVIDENCE: [3],
    }
    agent.credit.evidence = []
    assert ids.A_EVIDENCE not in verdict.args(agent, ids.V_DENIED)


def test_the_event_names_the_card_where_there_are_two_and_the_acquirer_that_it_is_about():
    agent = _Agent({"verdict_": ids.V_SETTLEMENT_LATE})
    agent.two_cards, agent.slot = True, 1
    agent.at["acquirer"] = 3
    told = verdict.args(agent, 0)
    assert told[ids.A_CARD] == 2 and told[ids.A_ACQUIRER] == 3
    agent.two_cards, agent.at["acquirer"] = False, None
    told = verdict.args(agent, 0)
    assert ids.A_CARD not in told and ids.A_ACQUIRER not in told
