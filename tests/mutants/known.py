"""Mistakes that once went through all tests unseen, and those that change nothing.

KNOWN: each by its reason: the file, the text, what it became, the tests that must see it.
"""

from typing import NamedTuple

CORE = "firmware/posagent/core/"
PROTO = "protocol/posproto/"


class Known(NamedTuple):
    """`was` stands once in `file`."""

    reason: str
    file: str
    was: str
    now: str
    tests: tuple[str, ...]


KNOWN = (
    Known(
        "what wants a hand no longer stands first",
        CORE + "verdict.py",
        "severity_of(first) < 2 <= severity_of(second)",
        "False",
        ("test_verdict_order",),
    ),
    Known(
        "a fault no longer explains what it brings with it",
        PROTO + "verdicts.py",
        "return first != other and kind_of(other) in EXPLAINS.get(kind_of(first), ())",
        "return False",
        ("test_verdicts",),
    ),
    Known(
        "a maker's own cause is taken for one of 3GPP",
        CORE + "network/registration.py",
        "if cause is not None and kind == 0:",
        "if cause is not None:",
        ("test_registration",),
    ),
    Known(
        "a state beyond 5 is taken for the n of a read form",
        PROTO + "at/registration.py",
        "first > 5",
        "first > 6",
        ("test_registration",),
    ),
    Known(
        "an answer that is late counts as news of the registration",
        CORE + "modem/pairing.py",
        "        elif self._late(line):\n",
        "        elif False:\n",
        ("test_engine_recovery",),
    ),
    Known(
        "an end marker that fails leaves the batch as it was",
        CORE + "settlement/batch.py",
        "step(s, events.BATCH_END if accepted else events.BATCH_END_FAILED, message)",
        "if accepted:\n        step(s, events.BATCH_END, message)",
        ("test_settlement_batch",),
    ),
    Known(
        "an outage speaks no longer against an unpaid bill",
        CORE + "credit/evidence.py",
        "ids.EVIDENCE_OUTAGE, -60",
        "ids.EVIDENCE_OUTAGE, 0",
        ("test_evidence_weights",),
    ),
    Known(
        "a balance of 0 survives the payment that brought the line back",
        CORE + "credit/account.py",
        "self.balance_minor <= 0:",
        "self.balance_minor < 0:",
        ("test_evidence_weights",),
    ),
    Known(
        "the probe that nobody waits for goes before a message, or a query before it",
        CORE + "schedule.py",
        "    (_probe_due, _keep_proven),\n    (_ask_due, _ask),\n",
        "    (_ask_due, _ask),\n    (_probe_due, _keep_proven),\n",
        ("test_duties",),
    ),
    Known(
        "the newest status is dropped where the host does not read, not the oldest",
        CORE + "host/link.py",
        "key=lambda i: (self._queue[i][0], i)",
        "key=lambda i: (self._queue[i][0], -i)",
        ("test_host_queue",),
    ),
    Known(
        "a weak signal stands before what is wrong",
        PROTO + "verdicts.py",
        "(BESIDE, 8,",
        "(BESIDE, 0,",
        ("test_verdicts",),
    ),
    Known(
        "an amount of Kuwait is shown ten times too large",
        PROTO + "currency.py",
        "BHD IQD JOD KWD LYD",
        "BHD IQD JOD LYD",
        ("test_currency",),
    ),
)

# What changes nothing that anybody could see: (file, the mistake), with the reason.
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        PROTO + "iso8583/responses.py",
        '"A 00 10 11 08 16", "R 06 09 19 68 90 91 92 96"'
        ' -> "R 06 09 19 68 90 91 92 96", "A 00 10 11 08 16"',
    ): "each code stands in one group only: which is searched first says nothing",
    (CORE + "healing/budgets.py", "5, 7 -> 7, 5"): "each field is bounded on its own",
    (
        CORE + "healing/budgets.py",
        "(4, _HOUR_LONG_S), (6, _DAY_LONG_S) -> (6, _DAY_LONG_S), (4, _HOUR_LONG_S)",
    ): "hour and day are counted each on its own",
    (
        PROTO + "verdicts.py",
        "ids.V_TRAFFIC_LIMITS -> ids.V_UNKNOWN",
    ): "what no row names has the same kind and rank, and V_UNKNOWN has its row before",
}
