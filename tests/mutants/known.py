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
        "cause = None if told[7] else told[8]",
        "cause = told[8]",
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
_SET = "it is asked whether something is in it: the order says nothing"
_SAME = "kind and rank are the same number"
_LISTED = "each code stands in one of the lists"
_NAMED = "each verdict that warns is named in a row, and never comes here"
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        CORE + "healing/choice.py",
        "ids.RUNG_REREGISTER, 5 -> 5, ids.RUNG_REREGISTER",
    ): "that rung's number is 5",
    (CORE + "healing/budgets.py", "5, 7 -> 7, 5"): "each field is bounded on its own",
    (CORE + "healing/budgets.py", "3, 5 -> 5, 3"): "each field is bounded on its own",
    (
        CORE + "healing/budgets.py",
        "(4, _HOUR_LONG_S), (6, _DAY_LONG_S) -> (6, _DAY_LONG_S), (4, _HOUR_LONG_S)",
    ): "hour and day are counted each on its own",
    (
        PROTO + "verdicts.py",
        "ids.V_TRAFFIC_LIMITS -> ids.V_UNKNOWN",
    ): "what no row names has the same kind and rank, and V_UNKNOWN has its row before",
    (
        PROTO + "currency.py",
        "(3, _THREE), (4, _FOUR) -> (4, _FOUR), (3, _THREE)",
    ): _LISTED,
    (
        PROTO + "currency.py",
        "(0, _NONE), (3, _THREE) -> (3, _THREE), (0, _NONE)",
    ): _LISTED,
    (PROTO + "at/registration.py", "0xFFFE, 0xFFFF -> 0xFFFF, 0xFFFE"): _SET,
    (PROTO + "at/registration.py", "0xFFFFFFF, 0xFFFFFFFF -> 0xFFFFFFFF, 0xFFFFFFF"): _SET,
    (PROTO + "verdicts.py", "MODEM, 0 -> 0, MODEM"): _SAME,
    (PROTO + "verdicts.py", "CARD, 1 -> 1, CARD"): _SAME,
    (PROTO + "verdicts.py", "CUT, 2 -> 2, CUT"): _SAME,
    (PROTO + "verdicts.py", "NETWORK, 3 -> 3, NETWORK"): _SAME,
    (
        PROTO + "iso8583/match.py",
        "getattr(request, name), getattr(message, name)"
        " -> getattr(message, name), getattr(request, name)",
    ): "the two are compared with each other, and nothing else",
}
# Tables whose rows may stand in any order: each key stands in one row only.
UNORDERED = (
    (PROTO + "iso8583/responses.py", "_GROUPS"),
    (PROTO + "iso8583/responses.py", "_VERDICTS"),
)
# The same where only the line tells which one is meant.
_ORDERED = "somebody ordered it: any number but 0 says so"
_BIT = "it stands before a bit that this number does not have: the result is 0 or 32"
EQUIVALENT_AT: dict[tuple[str, str, str], str] = {
    (
        PROTO + "iso8583/match.py",
        "32 -> 64",
        "_AGAIN = const(32)  # the same bytes may leave again",
    ): "one bit that nothing else has, for another one",
    (
        PROTO + "iso8583/match.py",
        "0 -> 1",
        "again = _KINDS.get(request.mti // 10, 0) & _AGAIN",
    ): _BIT,
    (PROTO + "iso8583/match.py", "0 -> 1", "return _KINDS.get(mti // 10, 0) // _KEEP & 3"): _BIT,
    (
        PROTO + "iso8583/match.py",
        "0 -> 1",
        'if letter == "R" and _KINDS.get(kind, 0) & _AGAIN and kind != kinds.NETWORK_ADVICE:',
    ): _BIT,
    (
        CORE + "credit/evidence.py",
        "0 -> 1",
        "age = today - c.history[-2] if c.history and today else 0",
    ): "both are younger than each limit that it is compared with",
    (
        CORE + "credit/evidence.py",
        "0 -> 1",
        "if c.answered or network > 0 or ended or (refused and not network):",
    ): "each piece of evidence is a multiple of 5 percent",
    (
        CORE + "settlement/batch.py",
        "0 -> 1",
        "s.batch = record = Record(0)",
    ): "a batch has a file of its own; the slot is the name of a message's",
    (
        CORE + "credit/news.py",
        "0 -> 1",
        "if age_s > _STALE_S or 0 < then < c.balance_unix_s - _SKEW_S:",
    ): "no text is of the first second of 1970",
    (
        PROTO + "verdicts.py",
        "ids.SEV_INFO -> ids.SEV_WARNING",
        "return REMARK if severity_of(verdict) <= ids.SEV_INFO else OUTCOME",
    ): _NAMED,
    (
        PROTO + "verdicts.py",
        "ids.SEV_INFO -> ids.SEV_WARNING",
        "return _REMARK_RANK if severity_of(verdict) <= ids.SEV_INFO else _OUTCOME_RANK",
    ): _NAMED,
    (
        CORE + "healing/budgets.py",
        "0 -> 1",
        "row[1] = min(row[1], BUDGETS[ACTIVATE_TEMPORARY][0])",
    ): "that row has one spacing: 60, 60, 60",
    (
        CORE + "healing/choice.py",
        "1 -> 2",
        "return Book(ladder).wait_s(class_of(rung, plight, True), 1)",
    ): _ORDERED,
    (
        CORE + "healing/choice.py",
        "1 -> 2",
        "return a.ordered, book.wait_s(klass, 1), klass",
    ): _ORDERED,
    (
        CORE + "healing/budgets.py",
        "1 -> 2",
        "return [self.wait_s(klass, 1), used[0], hour, used[1], day]",
    ): _ORDERED,
    (
        CORE + "healing/budgets.py",
        "0 -> 1",
        "apart_s = _HOUR_S - i * BUDGETS[ACTIVATE_PERMANENT][0]",
    ): "that row has one spacing: 890, 890, 890",
    (
        CORE + "healing/budgets.py",
        "0 -> 1",
        "wait = max(wait, since_s + BUDGETS[CYCLE][0] - now if since_s else 0)",
    ): "that row's first two spacings are 3600; what is counted from 0 is over",
    (
        CORE + "settlement/lifecycle.py",
        "1 -> 2",
        "def step(outbox, record, event: int, why: int = -1) -> bool:",
    ): "any number below 0 leaves the reason",
    (
        CORE + "healing/budgets.py",
        "0 -> 1",
        "if row[0]:",
    ): "an activation gives its row time and gap, both above 0",
    (
        CORE + "verdict.py",
        "< -> <=",
        "stays = a.clock.s < a.acting_s and 100 < a.verdict < 500 and a.verdict not in _PASSING",
    ): "no verdict is 100 or 500; of clock.s the test at 5000 s says that it is seen",
}
