"""Incidents: many terminals of one operator, or of one acquirer, that fail within minutes are one.
Nobody is sent to a shop for it, and the page and the alert say it once.

Only troubles that began lately count, so that those which stand for days make no outage. It is
over when nearly all of them have worked for five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..store.database import Database, Work
from .causes import KINDS, numbers, placeholders

WINDOW_S = 1800  # so lately
MARGIN_S = 600  # the first ones fail before it is seen
_SHARE = 20  # one in so many of the operator's terminals
_LEAST = 5
_CALM_S = 300


@dataclass(frozen=True)
class Incident:
    """`members` of `whole` terminals fail now; `peak`: most at once. Times in Unix seconds."""

    incident: int
    fleet: str
    kind: str
    subject: str
    opened_s: int
    closed_s: int | None
    members: int
    peak: int
    whole: int


_COLUMNS = "incident, fleet, kind, subject, opened_s, closed_s, members, peak, whole"


def judge(database: Database, now_s: int) -> None:
    """Opens, follows and closes incidents. Any number of processes may do so at once."""
    with database.writing() as work:
        for kind, (column, verdicts) in KINDS.items():
            _judge(work, kind, column, verdicts, now_s)


def _judge(work: Work, kind: str, column: str, verdicts: tuple[int, ...], now_s: int) -> None:
    """One row for each operator (or acquirer) whose terminals are heard: an incident that is open
    is followed; one opens where _LEAST of them, and one in _SHARE, failed within WINDOW_S. So 12
    of one operator's 40 terminals that lost the network in this minute are one incident.
    """
    for fleet, subject, calm_s, opened_s, whole, lately, first_s, members in work.rows(
        f"SELECT l.fleet, d.{column}, i.calm_s, i.opened_s, COUNT(*),"
        " SUM(CASE WHEN bad = 1 AND l.since_s >= ? THEN 1 ELSE 0 END),"
        " MIN(CASE WHEN bad = 1 AND l.since_s >= ? THEN l.since_s END),"
        " SUM(CASE WHEN bad = 1 AND l.since_s >= i.opened_s - ? THEN 1 ELSE 0 END)"
        " FROM (SELECT device, fleet, since_s, due_s, CASE WHEN verdict IN"
        f" ({numbers(verdicts)}) THEN 1 ELSE 0 END AS bad FROM latest) l"
        " JOIN device d ON d.device = l.device LEFT JOIN incident i ON i.fleet = l.fleet"
        f" AND i.kind = ? AND i.subject = d.{column} AND i.closed_s IS NULL"
        f" WHERE d.{column} <> '' AND l.due_s >= ?"
        f" GROUP BY l.fleet, d.{column}, i.calm_s, i.opened_s",
        (now_s - WINDOW_S, now_s - WINDOW_S, MARGIN_S, kind, now_s),
    ):
        if opened_s is not None:
            _follow(work, (fleet, kind, subject), calm_s, now_s, members, whole)
        elif lately >= max(_LEAST, whole / _SHARE):
            _open(work, fleet, kind, subject, first_s, now_s, lately, whole)


def _open(
    work: Work,
    fleet: str,
    kind: str,
    subject: str,
    first_s: int,
    now_s: int,
    members: int,
    whole: int,
) -> None:
    work.run(
        "INSERT INTO incident (fleet, kind, subject, opened_s, seen_s, members, peak, whole)"
        " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
        (fleet, kind, subject, first_s, now_s, members, members, whole),
    )


def _follow(
    work: Work,
    key: tuple[str, str, str],
    calm_s: int | None,
    now_s: int,
    members: int,
    whole: int,
) -> None:
    where = " WHERE fleet = ? AND kind = ? AND subject = ? AND closed_s IS NULL"
    is_calm = members < max(_LEAST - 2, whole / _SHARE / 4)
    if not is_calm:
        calm_s = None
    elif calm_s is None:
        calm_s = now_s
    work.run(
        "UPDATE incident SET seen_s = ?, members = ?, whole = ?, calm_s = ?,"
        " peak = CASE WHEN peak < ? THEN ? ELSE peak END" + where,
        (now_s, members, whole, calm_s, members, members, *key),
    )
    if calm_s is not None and now_s - calm_s >= _CALM_S:
        work.run("UPDATE incident SET closed_s = ?" + where, (calm_s, *key))


def found(work: Work, fleets: tuple[str, ...], incident: int) -> Incident | None:
    """One, however long it is over; None where it is another fleet's, or none."""
    if not 0 < incident < 1 << 62:
        return None
    rows = work.rows(
        f"SELECT {_COLUMNS} FROM incident WHERE incident = ?"
        f" AND fleet IN ({placeholders(fleets)})",
        (incident, *fleets),
    )
    return Incident(*rows[0]) if rows else None


def listed(work: Work, fleets: tuple[str, ...], since_s: int) -> list[Incident]:
    """Open ones and those that ended since then, the newest first."""
    rows = work.rows(
        f"SELECT {_COLUMNS} FROM incident WHERE fleet IN ({placeholders(fleets)})"
        " AND (closed_s IS NULL OR closed_s >= ?) ORDER BY closed_s IS NOT NULL, opened_s DESC"
        " LIMIT 50",
        (*fleets, since_s),
    )
    return [Incident(*row) for row in rows]
