"""The writing of one batch, in one transaction: all of it counts, or nothing of it.

Whatever came twice, late or out of order is taken once. Rows are written in the order of their
devices, so that collectors side by side wait for each other and never in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from . import rows as sql
from .database import Database, Work
from .rows import Rows

_APART_KEPT = 10_000  # what was refused, as evidence; older rows go
_CHUNK = 200
_AHEAD_MAX = 5000  # numbers beyond a gap that are remembered, by device

Arrived = dict[tuple[int, int], int]


def store(database: Database, rows: Rows, now_s: int) -> Arrived:
    """Returns {(device, era): all up to here is stored}. Raises what the database raises: nothing
    is stored then, and the same rows may come again."""
    with database.writing() as work:
        arrived = _arrived(work, rows, now_s)
        stored = work.many(sql.EVENT, sorted(rows.event, key=_first)) if rows.event else 0
        rows.tally["", "events_stored"] += stored
        rows.tally["", "events_again"] += len(rows.event) - stored
        stored = work.many(sql.STATUS, sorted(rows.status, key=_first)) if rows.status else 0
        rows.tally["", "statuses_stored"] += stored
        rows.tally["", "statuses_again"] += len(rows.status) - stored
        newer = work.many(sql.LATEST, _by_device(rows.latest)) if rows.latest else 0
        for text, found in (
            (sql.CREDIT, rows.credit),
            (sql.SETTLEMENT, rows.settlement),
        ):
            if found:
                work.many(text, _by_device(found))
        if newer < len(rows.latest):  # what came late proves all the same that it is heard
            heard = [
                (row[sql.RECEIVED_S], row[sql.DUE_S], device, row[sql.RECEIVED_S])
                for device, row in sorted(rows.latest.items())
                if device not in rows.own
            ]
            work.many(sql.HEARD, heard)
        if rows.apart:
            _apart(work, rows.apart)
        counts = [(*key, n) for key, n in sorted(rows.tally.items()) if n]
        if counts:
            work.many(sql.TALLY, counts)
    return arrived


def _by_device(rows: dict[int, Any]) -> list[Any]:
    return [rows[device] for device in sorted(rows)]


def _first(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(row[:4])


def _apart(work: Work, rows: list[tuple[Any, ...]]) -> None:
    work.many(sql.APART, rows[-_APART_KEPT:])
    work.run(
        "DELETE FROM apart WHERE apart <= (SELECT COALESCE(MAX(apart), 0) FROM apart) - ?",
        (_APART_KEPT,),
    )


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def _placeholders(count: int, width: int) -> str:
    return ",".join(["(" + ",".join("?" * width) + ")"] * count)


def _flat(rows: Iterable[Sequence[Any]]) -> list[Any]:
    return [value for row in rows for value in row]


def _arrived(work: Work, rows: Rows, now_s: int) -> Arrived:
    """How far each device's numbers are there without a gap. Locks their rows until the end, so
    that two collectors with parts of one sequence see each other's.

    Numbers behind a gap wait in the table `ahead`: with 1 to 5 there, 7 and 8 leave 5; when 6
    comes it is 8, and `ahead` is empty. What lies below `base` the bridge has given up: no gap.
    """
    known: Arrived = {}
    beyond: dict[tuple[int, int], set[int]] = {}
    keys = sorted(rows.arrived)
    for chunk in _chunks(keys):
        known |= {
            (device, era): number
            for device, era, number in work.rows(
                "INSERT INTO arrived (device, era, contiguous, seen_s) VALUES "
                + _placeholders(len(chunk), 4)
                + " ON CONFLICT (device, era) DO UPDATE SET seen_s = excluded.seen_s"
                " RETURNING device, era, contiguous",
                _flat((device, era, 0, now_s) for device, era in chunk),
            )
        }
        wanted = f"WHERE (device, era) IN (VALUES {_placeholders(len(chunk), 2)})"
        for device, era, number in work.rows(
            f"SELECT device, era, number FROM ahead {wanted}", _flat(chunk)
        ):
            beyond.setdefault((device, era), set()).add(number)
    moved, remembered, forgotten = [], [], []
    for key in keys:
        base, numbers = rows.arrived[key]
        before = beyond.get(key, set())
        there = before | numbers
        at = max(known[key], base - 1)
        while at + 1 in there:
            at += 1
        if at > known[key]:
            moved.append((at, *key))
            if before:
                forgotten.append((*key, at))
        room = _AHEAD_MAX - len(before)
        remembered += [(*key, n) for n in sorted(numbers - before) if n > at][:room]
        known[key] = at
    if moved:
        work.many("UPDATE arrived SET contiguous = ? WHERE device = ? AND era = ?", moved)
    if remembered:
        text = "INSERT INTO ahead (device, era, number) VALUES (?,?,?) ON CONFLICT DO NOTHING"
        work.many(text, remembered)
    if forgotten:
        work.many("DELETE FROM ahead WHERE device = ? AND era = ? AND number <= ?", forgotten)
    return known
