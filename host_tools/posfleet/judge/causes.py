"""Verdicts by what stands behind many of them at once: a payer, an operator, an acquirer."""

from __future__ import annotations

from posproto import ids

SILENT = -1  # stands for a verdict: nothing was heard
SILENT_S = 9000  # a bridge reports at least once an hour
OWN_SILENT_S = 108_000  # a terminal by itself once a day, and not while its line is down
NETWORK = (
    *(ids.V_NO_SIGNAL, ids.V_SEARCHING, ids.V_DENIED, ids.V_NO_DATA, ids.V_DETACHED),
    *(ids.V_CONGESTION, ids.V_EMERGENCY_ONLY, ids.V_SMS_ONLY, ids.V_CONNECTING),
)
HOST = (
    *(ids.V_DNS, ids.V_HOST_UNREACHABLE, ids.V_TLS, ids.V_HOST_LATE, ids.V_HOST_SILENT),
    *(ids.V_HOST_MAINTENANCE, ids.V_SETTLEMENT_UNKNOWN),
)
KINDS = {"network": ("carrier", NETWORK), "host": ("acquirer", HOST)}
# Verdicts from this level on need a hand; what is only told does not.
NEEDS = ids.SEV_WARNING
SILENT_LEVEL = ids.SEV_ERROR  # nothing is known of it, the worst included


def placeholders(values: tuple[object, ...] | list[object]) -> str:
    """The `?,?,?` of an SQL statement for so many values."""
    return ",".join("?" * len(values))


def numbers(values: tuple[int, ...]) -> str:
    """Our own constants, as SQL: they are no input."""
    return ",".join(str(int(value)) for value in values)


# Who is behind a verdict, by its family: as SQL over latest l and device d.
SUBJECT = (
    "CASE WHEN l.verdict BETWEEN 100 AND 199 THEN d.reseller"
    f" WHEN l.verdict IN ({numbers(HOST)}) OR l.verdict BETWEEN 400 AND 599 THEN d.acquirer"
    " WHEN l.verdict BETWEEN 200 AND 399 THEN d.carrier ELSE '' END"
)
# Is it part of an open incident? Then it is shown there, and not as a terminal of its own.
INCIDENT = (
    "EXISTS (SELECT 1 FROM incident i WHERE i.fleet = l.fleet AND i.closed_s IS NULL AND ("
    + " OR ".join(
        f"(i.kind = '{kind}' AND i.subject = d.{column} AND l.since_s >= i.opened_s - 600"
        f" AND l.verdict IN ({numbers(verdicts)}))"
        for kind, (column, verdicts) in KINDS.items()
    )
    + "))"
)
