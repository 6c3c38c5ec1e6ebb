"""The bridge's store, which outlives power cuts: reports that the fleet has not confirmed, and how
far each terminal's log was read. One SQLite file, every change durable before it counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from posproto import ids

from ..store.database import SQLite

_KEPT_BYTES = 16 << 20  # of one terminal; the oldest go first: half a year of an ordinary one
_TABLES = (
    "CREATE TABLE IF NOT EXISTS terminal (name TEXT PRIMARY KEY, era INTEGER NOT NULL,"
    " next INTEGER NOT NULL, boot INTEGER NOT NULL, log_next INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, lost INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS report (name TEXT NOT NULL, number INTEGER NOT NULL,"
    " received_s INTEGER NOT NULL, op INTEGER NOT NULL, message BLOB NOT NULL,"
    " PRIMARY KEY (name, number))",
)


STATUS = -1  # a kind of report beside the numbers of OP_*


@dataclass(frozen=True)
class Kept:
    """One report that waits for its confirmation. `op`: which question it answers; 0 what came by
    itself; STATUS a status that did."""

    number: int
    received_s: int
    kind: int
    message: bytes

    @property
    def is_status(self) -> bool:
        return self.kind in (STATUS, ids.OP_STATUS)

    @property
    def op(self) -> int:
        return max(self.kind, 0)


@dataclass(frozen=True)
class Place:
    """How far one terminal's log was read: its count of starts then, the next record's number."""

    boot: int
    log_next: int


class Store:
    """One bridge's SQLite file, used by all terminals' threads, each for its own `name`."""

    def __init__(self, path: str, kept_bytes: int = _KEPT_BYTES) -> None:
        self._database = SQLite(path)
        self._kept_bytes = kept_bytes
        with self._database.writing() as work:
            for table in _TABLES:
                work.run(table)

    def close(self) -> None:
        self._database.close()

    def era(self, name: str) -> int:
        """This terminal's era; begins one where nothing is kept of it."""
        with self._database.writing() as work:
            work.run(
                "INSERT INTO terminal VALUES (?,?,1,0,0,0,0) ON CONFLICT (name) DO NOTHING",
                (name, secrets.randbits(40)),
            )
            return int(work.rows("SELECT era FROM terminal WHERE name = ?", (name,))[0][0])

    def place(self, name: str) -> Place:
        with self._database.reading() as work:
            rows = work.rows("SELECT boot, log_next FROM terminal WHERE name = ?", (name,))
        return Place(*rows[0]) if rows else Place(0, 0)

    def add(
        self,
        name: str,
        received_s: int,
        messages: Iterable[tuple[int, bytes]],
        place: Place | None = None,
    ) -> None:
        """Keeps (kind, signed report)s and, with them, how far the log was read."""
        found = list(messages)
        with self._database.writing() as work:
            ((number, size),) = work.rows(
                "SELECT next, bytes FROM terminal WHERE name = ?", (name,)
            )
            work.many(
                "INSERT INTO report VALUES (?,?,?,?,?)",
                [
                    (name, number + at, received_s, kind, message)
                    for at, (kind, message) in enumerate(found)
                ],
            )
            size += sum(len(message) for _, message in found)
            work.run(
                "UPDATE terminal SET next = ?, bytes = ? WHERE name = ?",
                (number + len(found), size, name),
            )
            if place is not None:
                work.run(
                    "UPDATE terminal SET boot = ?, log_next = ? WHERE name = ?",
                    (place.boot, place.log_next, name),
                )
            while size > self._kept_bytes:
                size -= self._drop_oldest(work, name)

    @staticmethod
    def _drop_oldest(work: object, name: str) -> int:
        ((number, size),) = work.rows(  # type: ignore[attr-defined]
            "SELECT number, LENGTH(message) FROM report WHERE name = ? ORDER BY number LIMIT 1",
            (name,),
        )
        work.run(  # type: ignore[attr-defined]
            "DELETE FROM report WHERE name = ? AND number = ?", (name, number)
        )
        work.run(  # type: ignore[attr-defined]
            "UPDATE terminal SET lost = lost + 1, bytes = bytes - ? WHERE name = ?", (size, name)
        )
        return int(size)

    def waiting(self, name: str, after: int, count: int) -> list[Kept]:
        """Reports behind number `after`, in their order."""
        with self._database.reading() as work:
            rows = work.rows(
                "SELECT number, received_s, op, message FROM report"
                " WHERE name = ? AND number > ? ORDER BY number LIMIT ?",
                (name, after, count),
            )
        return [Kept(number, at, kind, bytes(data)) for number, at, kind, data in rows]

    def base(self, name: str) -> int:
        """The lowest number that is still here, or the next one."""
        with self._database.reading() as work:
            return int(
                work.rows(
                    "SELECT COALESCE((SELECT MIN(number) FROM report WHERE name = ?),"
                    " (SELECT next FROM terminal WHERE name = ?))",
                    (name, name),
                )[0][0]
            )

    def lost(self, name: str) -> int:
        """Reports that were given up since this store began."""
        with self._database.reading() as work:
            rows = work.rows("SELECT lost FROM terminal WHERE name = ?", (name,))
        return int(rows[0][0]) if rows else 0

    def confirm(self, name: str, era: int, number: int) -> int:
        """The fleet has all of `era` up to `number`: forget it. Returns how many went; none where
        the number is one that was never given out."""
        with self._database.writing() as work:
            rows = work.rows("SELECT era, next FROM terminal WHERE name = ?", (name,))
            if not rows or rows[0][0] != era or number >= rows[0][1]:
                return 0
            size = work.rows(
                "SELECT COALESCE(SUM(LENGTH(message)), 0) FROM report"
                " WHERE name = ? AND number <= ?",
                (name, number),
            )[0][0]
            gone = work.run("DELETE FROM report WHERE name = ? AND number <= ?", (name, number))
            work.run("UPDATE terminal SET bytes = bytes - ? WHERE name = ?", (size, name))
            return gone

    def give_up(self, name: str) -> None:
        """Drop the oldest report, refused again and again: the others must not wait for it."""
        with self._database.writing() as work:
            if work.rows("SELECT 1 FROM report WHERE name = ? LIMIT 1", (name,)):
                self._drop_oldest(work, name)
