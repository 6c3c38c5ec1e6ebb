"""One database, of either kind, behind the few calls that the rest needs.

SQL is written once, with `?` for values; PostgreSQL's driver wants `%s`, so the mark is changed on
the way and nothing else. Statements keep to what both know: INSERT .. ON CONFLICT, row values,
RETURNING. One transaction at a time and thread.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

Row = tuple[Any, ...]
_CONNECTIONS = 12  # of PostgreSQL, at most, for one process
_ODD = (OverflowError, UnicodeError)  # before a driver even asks


class Work(Protocol):
    """The inside of one transaction."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Rows that were changed."""

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """The same for each of `rows`; rows that were changed, together."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a SELECT, or a RETURNING, gives."""


class Database(Protocol):
    """SQLite or PostgreSQL. `queries` and `rows_read` count what was asked and what came back."""

    kind: str
    url: str
    queries: int
    rows_read: int

    def reading(self) -> Any:
        """Context: a Work that only reads, on a state that does not change meanwhile."""

    def writing(self) -> Any:
        """Context: a Work whose changes are durable when it ends, or never were."""

    def is_odd(self, error: Exception) -> bool:
        """Is it about what was to be stored, so that it fails whenever it is tried again?"""

    def close(self) -> None: ...


def open_database(url: str) -> Database:
    """`postgresql://...`, or `sqlite:///path` or a plain path. Raises ValueError, or the driver's
    own error where nobody listens."""
    if url.startswith(("postgresql://", "postgres://")):
        return Postgres(url)
    path = url.removeprefix("sqlite:///") if url.startswith("sqlite:") else url
    if "://" in path or not path:
        raise ValueError(url)
    return SQLite(path)


class _Counting:
    def __init__(self) -> None:
        self.queries = 0
        self.rows_read = 0


class _SQLiteWork:
    def __init__(self, owner: SQLite, connection: sqlite3.Connection) -> None:
        self._owner = owner
        self._connection = connection

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        self._owner.queries += 1
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        self._owner.queries += 1
        return max(self._connection.executemany(sql, rows).rowcount, 0)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        self._owner.queries += 1
        found = self._connection.execute(sql, values).fetchall()
        self._owner.rows_read += len(found)
        return found


class SQLite(_Counting):
    """A file; readers never wait for the writer (WAL). What was committed outlives a power cut."""

    kind = "sqlite"

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = Path(path)
        self.url = f"sqlite:///{path}"
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.path, timeout=30, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA cache_size=-65536")
            self._local.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Work]:
        connection = self._connection()
        connection.execute(begin)
        try:
            yield _SQLiteWork(self, connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def reading(self) -> Any:
        return self._transaction("BEGIN")

    def writing(self) -> Any:
        return self._transaction("BEGIN IMMEDIATE")

    def is_odd(self, error: Exception) -> bool:
        odd = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError)
        return isinstance(error, (*odd, *_ODD))

    def close(self) -> None:
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()


class _PostgresWork:
    def __init__(self, owner: Postgres, cursor: Any) -> None:
        self._owner = owner
        self._cursor = cursor

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        self._owner.queries += 1
        self._cursor.execute(_for_psycopg(sql), values)
        return int(self._cursor.rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        self._owner.queries += 1
        self._cursor.executemany(_for_psycopg(sql), rows)
        return max(int(self._cursor.rowcount), 0)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        self._owner.queries += 1
        self._cursor.execute(_for_psycopg(sql), values)
        found: list[Row] = self._cursor.fetchall()
        self._owner.rows_read += len(found)
        return found


def _for_psycopg(sql: str) -> str:
    assert "'?'" not in sql, "a question mark in a literal would become a value"
    return sql.replace("%", "%%").replace("?", "%s")


class Postgres(_Counting):
    """A server; a few connections, opened when they are needed and renewed when they broke."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        super().__init__()
        import psycopg_pool

        self.url = url
        self._pool = psycopg_pool.ConnectionPool(
            url, min_size=1, max_size=_CONNECTIONS, open=True, timeout=30
        )

    @contextmanager
    def _transaction(self, read_only: bool) -> Iterator[Work]:
        with self._pool.connection() as connection, connection.cursor() as cursor:
            if read_only:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield _PostgresWork(self, cursor)

    def reading(self) -> Any:
        return self._transaction(True)

    def writing(self) -> Any:
        return self._transaction(False)

    def is_odd(self, error: Exception) -> bool:
        import psycopg

        return isinstance(error, (psycopg.DataError, psycopg.IntegrityError, *_ODD))

    def close(self) -> None:
        self._pool.close()
