"""Partitions and retention: what is older than the fleet wants to keep goes, a day at a time.

A record's day comes from the device's own clock where that can be right, so that the same record
has the same day however often it arrives. Day 0: no clock.
"""

from __future__ import annotations

from collections.abc import Callable

from .database import Database

DAY_S = 86400
TABLES = ("status", "event")
CLOCK_FROM_S = 1_704_067_200  # 2024: before it no terminal of ours ran
CLOCK_UNTIL_S = 3_786_912_000  # 2090: a clock beyond was never set by anyone


def clock(unix_s: object) -> int | None:
    """The device's time of day where it can be one, else None."""
    if isinstance(unix_s, int) and CLOCK_FROM_S <= unix_s < CLOCK_UNTIL_S:
        return unix_s
    return None


def day_of(unix_s: int | None) -> int:
    return 0 if unix_s is None else unix_s // DAY_S


def prepare(database: Database, now_s: int, keep_days: int) -> None:
    """PostgreSQL: a partition for each day that may come, and counts of what the page reads:
    without them each list is sorted whole, a hundred times the work. SQLite needs neither."""
    if database.kind != "postgresql":
        return
    today = now_s // DAY_S
    with database.writing() as work:
        work.rows("SELECT 1 FROM pg_advisory_xact_lock(482047483233)")
        there = {
            name for (name,) in work.rows("SELECT relname FROM pg_class WHERE relispartition")
        }
        for table in TABLES:
            for day in range(today - keep_days, today + 3):
                name = f"{table}_{day}"
                if name in there:
                    continue
                # Rows of that day that came before it had its partition move into it.
                work.run(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
                work.run(
                    f"WITH moved AS (DELETE FROM {table}_other WHERE day = ? RETURNING *)"
                    f" INSERT INTO {name} SELECT * FROM moved",
                    (day,),
                )
                work.run(
                    f"ALTER TABLE {table} ATTACH PARTITION {name}"
                    f" FOR VALUES FROM ({day}) TO ({day + 1})"
                )
        for table in ("device", "latest"):
            work.run(f"ANALYZE {table}")


ATTEMPTS_S = DAY_S  # a name's wrong passwords count no longer
AUDIT_S = 400 * DAY_S
_AUDIT_KEPT = 100_000  # lines
_ERAS_KEPT = 16  # of a device: a bridge whose store is lost at each start begins one each time


def look_after(database: Database, now_s: int, keep_days: int, say: Callable[[str], None]) -> None:
    """prepare() and forget(), again and again by one thread: a store that is away for one round is
    there in the next, and the thread must be, too."""
    try:
        prepare(database, now_s, keep_days)
        forget(database, now_s, keep_days)
    except Exception as error:  # whatever the database's driver raises
        say(f"collect: store: {type(error).__name__}: {error}")


def forget(database: Database, now_s: int, keep_days: int) -> int:
    """Removes the days before `keep_days` ago; returns the rows or partitions that went."""
    last = now_s // DAY_S - keep_days
    gone = 0
    with database.writing() as work:
        if database.kind == "postgresql":
            for (name,) in work.rows("SELECT relname FROM pg_class WHERE relispartition"):
                table, _, day = name.rpartition("_")
                if table in TABLES and day.isdigit() and int(day) < last:
                    work.run(f"DROP TABLE {name}")
                    gone += 1
        for table in TABLES:
            if database.kind == "sqlite":
                gone += work.run(f"DELETE FROM {table} WHERE day > 0 AND day < ?", (last,))
            gone += work.run(
                f"DELETE FROM {table} WHERE day = 0 AND received_s < ?", (last * DAY_S,)
            )
        # A bridge that comes back with a forgotten era says from where it goes on.
        work.run(
            "DELETE FROM arrived WHERE seen_s < ? OR (device, era) IN (SELECT device, era FROM"
            " (SELECT device, era, ROW_NUMBER() OVER (PARTITION BY device ORDER BY seen_s DESC)"
            " AS place FROM arrived) placed WHERE place > ?)",
            (last * DAY_S, _ERAS_KEPT),
        )
        work.run(
            "DELETE FROM ahead WHERE NOT EXISTS (SELECT 1 FROM arrived"
            " WHERE arrived.device = ahead.device AND arrived.era = ahead.era)"
        )
        # Anybody may try names at the sign-in: what that leaves is bounded.
        work.run("DELETE FROM attempt WHERE last_s < ?", (now_s - ATTEMPTS_S,))
        work.run(
            "DELETE FROM audit WHERE at_s < ?"
            " OR audit <= (SELECT COALESCE(MAX(audit), 0) FROM audit) - ?",
            (now_s - AUDIT_S, _AUDIT_KEPT),
        )
    return gone
