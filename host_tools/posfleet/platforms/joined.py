"""One verdict out of two views: what the SIM card's platform says, and what its terminal says.

The table is the point: either view alone sends people to the wrong place.
"""

from __future__ import annotations

from dataclasses import dataclass

from posproto import ids

from ..judge.causes import NETWORK, numbers, placeholders
from ..store.database import Work

SILENT, DENIED, CUT, WORKS = "silent", "denied", "cut", "works"
_CUT = (
    *(ids.V_CREDIT_EXHAUSTED, ids.V_CREDIT_OVERDUE, ids.V_CREDIT_DATA_USED_UP),
    *(ids.V_CREDIT_PLAN_EXPIRED, ids.V_CREDIT_SUSPECTED, ids.V_CREDIT_RESTRICTED),
)
# platform's state -> terminal's situation -> the advice's key in texts [advice].
TABLE: dict[int, dict[str, str]] = {
    ids.PLATFORM_ACTIVE: {
        SILENT: "look_at_power",
        DENIED: "drive_with_card",
        CUT: "ask_platform",
        WORKS: "nothing",
    },
    ids.PLATFORM_ARREARS: {
        SILENT: "pay_do_not_drive",
        DENIED: "pay_do_not_drive",
        CUT: "pay_do_not_drive",
        WORKS: "pay_before_cut",
    },
    ids.PLATFORM_QUOTA: {
        SILENT: "buy_data",
        DENIED: "buy_data",
        CUT: "buy_data",
        WORKS: "buy_data",
    },
    ids.PLATFORM_EXPIRED: {
        SILENT: "renew",
        DENIED: "renew",
        CUT: "renew",
        WORKS: "renew",
    },
    ids.PLATFORM_STOPPED: {
        SILENT: "ask_why_stopped",
        DENIED: "ask_why_stopped",
        CUT: "ask_why_stopped",
        WORKS: "stale_platform",
    },
    ids.PLATFORM_MANUAL: {
        SILENT: "resume_if_meant",
        DENIED: "resume_if_meant",
        CUT: "resume_if_meant",
        WORKS: "stale_platform",
    },
    ids.PLATFORM_BOUND: {
        SILENT: "rebind",
        DENIED: "rebind",
        CUT: "rebind",
        WORKS: "stale_platform",
    },
    ids.PLATFORM_INACTIVE: {
        SILENT: "activate",
        DENIED: "activate",
        CUT: "activate",
        WORKS: "stale_platform",
    },
    ids.PLATFORM_CANCELLED: {
        SILENT: "new_card",
        DENIED: "new_card",
        CUT: "new_card",
        WORKS: "stale_platform",
    },
    ids.PLATFORM_UNKNOWN: {
        SILENT: "look_at_power",
        DENIED: "ask_platform",
        CUT: "ask_platform",
        WORKS: "nothing",
    },
}
# Who has to do something at the terminal itself.
VISITS = {"drive_with_card", "look_at_power", "new_card"}
# The terminal's side as SQL over latest l: silent where nothing was heard, or the next report is
# overdue. The store must know it, or the rows that come first were not those that cost a visit.
_SITUATION = (
    f"CASE WHEN l.due_s IS NULL OR l.due_s < ? THEN '{SILENT}'"
    f" WHEN l.verdict IN ({numbers(_CUT)}) THEN '{CUT}'"
    f" WHEN l.verdict IN ({numbers(NETWORK)}) OR l.verdict BETWEEN 200 AND 299 THEN '{DENIED}'"
    f" ELSE '{WORKS}' END"
)


def _where(which: set[str]) -> str:
    return " OR ".join(
        f"(state = {state} AND situation = '{seen}')"
        for state, row in TABLE.items()
        for seen, advice in row.items()
        if advice in which
    )


@dataclass(frozen=True)
class Joined:
    """One card and its terminal. `advice`: a key of texts [advice]."""

    fleet: str
    name: str
    iccid: str
    platform: str
    state: int
    asked_s: int
    detail: str
    situation: str
    verdict: int | None
    advice: str


def listed(work: Work, fleets: tuple[str, ...], now_s: int, limit: int = 500) -> list[Joined]:
    """Cards that a platform told of; what costs a visit first, what needs nothing last."""
    rows = work.rows(
        f"SELECT * FROM (SELECT d.fleet, d.name, d.iccid, p.platform, p.state, p.at_s, p.detail,"
        f" {_SITUATION} AS situation, l.verdict FROM platform_state p"
        " JOIN device d ON d.device = p.device LEFT JOIN latest l ON l.device = d.device"
        f" WHERE d.fleet IN ({placeholders(fleets)})"
        " AND NOT (p.state = ? AND COALESCE(l.severity, 9) < ? AND l.due_s >= ?)) views"
        f" ORDER BY CASE WHEN {_where(VISITS)} THEN 0 WHEN {_where({'nothing'})} THEN 2"
        " ELSE 1 END, name LIMIT ?",
        (now_s, *fleets, ids.PLATFORM_ACTIVE, ids.SEV_WARNING, now_s, limit),
    )
    unknown = TABLE[ids.PLATFORM_UNKNOWN]
    return [Joined(*(*row, TABLE.get(row[4], unknown)[row[7]])) for row in rows]
