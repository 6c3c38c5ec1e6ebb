"""The migration of a database to this version's layout: numbered steps, run by alembic.

Any number of processes may start at once: one does the work, the others wait for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .database import Database

HEAD = "0003"
_LOCK = 0x706F736D61  # "posma": PostgreSQL's advisory lock


def migrate(database: Database, to: str = HEAD) -> None:
    """Raises what the database raises; nothing is changed then. `to`: an older layout, for tests
    of what comes after it."""
    if _is_current(database, to):
        return
    import sqlalchemy
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    if database.kind == "sqlite":
        engine = sqlalchemy.create_engine(
            database.url, connect_args={"isolation_level": None, "timeout": 60}
        )
        lock = "BEGIN IMMEDIATE"
    else:
        engine = sqlalchemy.create_engine(
            database.url.replace("postgres://", "postgresql://", 1).replace(
                "postgresql://", "postgresql+psycopg://", 1
            )
        )
        lock = f"SELECT pg_advisory_xact_lock({_LOCK})"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(lock)
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            _commit(connection, database.kind)
    finally:
        engine.dispose()


def _commit(connection: Any, kind: str) -> None:
    if kind == "sqlite":  # begun by hand, so ended by hand
        connection.exec_driver_sql("COMMIT")
    connection.commit()


def _is_current(database: Database, to: str) -> bool:
    try:
        with database.reading() as work:
            return bool(work.rows("SELECT version_num FROM alembic_version") == [(to,)])
    except Exception:  # no such table, by whatever name the driver has for it
        return False
