"""The page's questions to the store: few statements, of few rows, bounded by what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..judge.causes import INCIDENT, NEEDS, SILENT, SILENT_LEVEL, SUBJECT, placeholders
from .database import Row, Work
from .days import DAY_S

PAGE = 50
_EVENTS_MAX = 200
_POINTS_MAX = 1500


@dataclass(frozen=True)
class Filter:
    """A choice of terminals; `fleets` are those that the asking person may see. Empty: all."""

    fleets: tuple[str, ...]
    verdict: int | None = None
    subject: str | None = None
    text: str = ""
    offset: int = 0
    limit: int = PAGE


_FROM = " FROM latest l JOIN device d ON d.device = l.device"
_SHOWN = (
    "d.fleet, d.name, d.site, d.region, d.reseller, d.acquirer, d.carrier, l.verdict, l.severity,"
    " l.since_s, l.received_s, l.signal_dbm, l.balance_minor, l.currency, l.outbox, l.cause"
)


def counts(work: Work, fleets: tuple[str, ...], now_s: int) -> Row:
    """(terminals, silent ones, errors, warnings, in an incident)."""
    return work.rows(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN l.due_s < ? THEN 1 ELSE 0 END), 0),"
        f" COALESCE(SUM(CASE WHEN l.severity > {NEEDS} THEN 1 ELSE 0 END), 0),"
        f" COALESCE(SUM(CASE WHEN l.severity = {NEEDS} THEN 1 ELSE 0 END), 0)"
        f" FROM latest l WHERE l.fleet IN ({placeholders(fleets)})",
        (now_s, *fleets),
    )[0]


def causes(work: Work, fleets: tuple[str, ...], now_s: int) -> list[Row]:
    """(verdict or SILENT, who is behind it, how many, since when the oldest, severity, in an
    incident 0|1), the largest group of the gravest first. Without those that need no hand."""
    heard = work.rows(
        f"SELECT l.verdict, {SUBJECT} AS s, COUNT(*), MIN(l.since_s), MAX(l.severity),"
        f" MAX(CASE WHEN {INCIDENT} THEN 1 ELSE 0 END) AS part"
        f"{_FROM} WHERE l.fleet IN ({placeholders(fleets)})"
        f" AND l.severity >= {NEEDS} AND l.due_s >= ? GROUP BY l.verdict, s"
        " ORDER BY part, MAX(l.severity) DESC, COUNT(*) DESC, l.verdict, s LIMIT 60",
        (*fleets, now_s),
    )
    found = [*heard, *_silent(work, fleets, now_s)]
    return sorted(found, key=lambda row: (row[5], -row[4], -row[2]))


def _silent(work: Work, fleets: tuple[str, ...], now_s: int) -> list[Row]:
    """causes() of terminals of which nothing is heard: several of one place are its power or its
    line, the single ones are one group.
    """
    return work.rows(
        f"SELECT {SILENT}, CASE WHEN n > 1 THEN place ELSE '' END AS s, CAST(SUM(n) AS INTEGER),"
        " MIN(heard_s),"
        f" {SILENT_LEVEL}, 0 FROM (SELECT d.site AS place, COUNT(*) AS n,"
        f" MIN(l.received_s) AS heard_s{_FROM} WHERE l.fleet IN ({placeholders(fleets)})"
        " AND l.due_s < ? GROUP BY d.site) places GROUP BY s ORDER BY SUM(n) DESC, s LIMIT 20",
        (*fleets, now_s),
    )


def terminals(work: Work, wanted: Filter, now_s: int, needy: bool = True) -> list[Row]:
    """Rows of _SHOWN, the worst first. `needy`: only those that need a hand and stand for
    themselves."""
    where = [f"l.fleet IN ({placeholders(wanted.fleets)})"]
    values: list[Any] = [*wanted.fleets]
    if wanted.verdict == SILENT:
        where.append("l.due_s < ?")
        values.append(now_s)
        if wanted.subject:
            where.append("d.site = ?")
            values.append(wanted.subject)
    elif wanted.verdict is not None:
        where.append("l.verdict = ?")
        values.append(wanted.verdict)
    if wanted.subject is not None and wanted.verdict != SILENT:
        where.append(f"{SUBJECT} = ?")
        values.append(wanted.subject)
    if wanted.text:
        where.append("(d.name LIKE ? OR d.site LIKE ? OR d.iccid LIKE ?)")
        values += [f"%{wanted.text}%"] * 3
    if needy:
        where.append(f"l.severity >= {NEEDS} AND NOT {INCIDENT}")
    return work.rows(
        f"SELECT {_SHOWN}{_FROM} WHERE {' AND '.join(where)}"
        " ORDER BY l.severity DESC, l.since_s, l.device LIMIT ? OFFSET ?",
        (*values, wanted.limit, wanted.offset),
    )


def terminal(work: Work, fleet: str, name: str) -> dict[str, Any] | None:
    """Everything of one: its facts, newest status, account, settlement, platform, note."""
    rows = work.rows(
        f"SELECT {_SHOWN}, d.device, d.iccid, d.platform,"
        " CASE WHEN l.cell <> '' THEN l.cell ELSE d.cell END, l.at_s, l.record, c.record, c.at_s,"
        " s.record, s.at_s, p.platform, p.state, p.at_s, p.detail, n.text, n.account,"
        f" n.at_s{_FROM} LEFT JOIN credit c ON c.device = l.device"
        " LEFT JOIN settlement s ON s.device = l.device"
        " LEFT JOIN platform_state p ON p.device = l.device"
        " LEFT JOIN note n ON n.device = l.device WHERE d.fleet = ? AND d.name = ?",
        (fleet, name),
    )
    if not rows:
        return None
    names = [part.strip().split(".")[-1] for part in _SHOWN.split(",")]
    names += ["device", "iccid", "platform", "cell", "at_s", "record", "credit", "credit_s"]
    names += ["settlement", "settlement_s", "p_name", "p_state", "p_s", "p_detail"]
    names += ["note", "note_account", "note_s"]
    return dict(zip(names, rows[0], strict=True))


def history(work: Work, device: int, since_s: int) -> tuple[list[Row], list[Row]]:
    """(statuses: at, verdict, severity, signal, balance, layer; the last events: record, at)."""
    statuses = work.rows(
        "SELECT at_s, verdict, severity, signal_dbm, balance_minor, layer FROM status"
        " WHERE device = ? AND at_s >= ? ORDER BY boot DESC, uptime_s DESC LIMIT ?",
        (device, since_s, _POINTS_MAX),
    )
    events = work.rows(
        "SELECT record, at_s FROM event WHERE device = ? ORDER BY boot DESC, sequence DESC"
        " LIMIT ?",
        (device, _EVENTS_MAX),
    )
    return statuses[::-1], events


def calendar(work: Work, fleets: tuple[str, ...], now_s: int, days: int = 14) -> list[Row]:
    """(day, fleet, name, site, reseller, balance, currency, is it the plan's end) of cards that
    run empty or end within `days`."""
    today = now_s // DAY_S
    return work.rows(
        "SELECT CASE WHEN c.valid_day IS NOT NULL AND (c.empty_day IS NULL OR"
        " c.valid_day < c.empty_day) THEN c.valid_day ELSE c.empty_day END AS day,"
        " d.fleet, d.name, d.site, d.reseller, c.balance_minor, c.currency,"
        " CASE WHEN c.valid_day IS NOT NULL AND (c.empty_day IS NULL OR"
        " c.valid_day < c.empty_day) THEN 1 ELSE 0 END"
        " FROM credit c JOIN device d ON d.device = c.device"
        f" WHERE d.fleet IN ({placeholders(fleets)}) AND ((c.empty_day BETWEEN ? AND ?)"
        " OR (c.valid_day BETWEEN ? AND ?)) ORDER BY day, d.name LIMIT 500",
        (*fleets, today, today + days, today, today + days),
    )


def settlements(work: Work, fleets: tuple[str, ...]) -> list[Row]:
    """(acquirer, terminals with open ones, messages that wait, age of the oldest), worst first."""
    return work.rows(
        "SELECT d.acquirer, COUNT(*), SUM(s.waiting), MAX(s.oldest_s) FROM settlement s"
        f" JOIN device d ON d.device = s.device WHERE d.fleet IN ({placeholders(fleets)})"
        " AND s.waiting > 0 GROUP BY d.acquirer ORDER BY SUM(s.waiting) DESC LIMIT 100",
        fleets,
    )


def cells(work: Work, fleet: str, column: str, subject: str, verdicts: str) -> list[Row]:
    """(cell, terminals there, failing ones) of an incident, the most failing first."""
    assert column in ("carrier", "acquirer")
    return work.rows(
        "SELECT CASE WHEN l.cell <> '' THEN l.cell WHEN d.cell <> '' THEN d.cell"
        " ELSE d.region END AS place, COUNT(*),"
        f" SUM(CASE WHEN l.verdict IN ({verdicts}) THEN 1 ELSE 0 END){_FROM}"
        f" WHERE l.fleet = ? AND d.{column} = ? GROUP BY place"
        f" ORDER BY SUM(CASE WHEN l.verdict IN ({verdicts}) THEN 1 ELSE 0 END) DESC, place"
        " LIMIT 400",
        (fleet, subject),
    )


def by_verdict(work: Work, now_s: int) -> list[Row]:
    """(fleet, carrier, verdict, terminals) of those that are heard, for the metrics."""
    return work.rows(
        f"SELECT l.fleet, d.carrier, l.verdict, COUNT(*){_FROM} WHERE l.due_s >= ?"
        " GROUP BY l.fleet, d.carrier, l.verdict",
        (now_s,),
    )
