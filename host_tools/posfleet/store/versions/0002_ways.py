"""Terminals that report by themselves are heard once a day; the cell that a status names."""

from alembic import op

revision = "0002"
down_revision = "0001"

STEPS = (
    "ALTER TABLE latest ADD COLUMN due_s BIGINT NOT NULL DEFAULT 0",
    "UPDATE latest SET due_s = received_s + 9000",
    "ALTER TABLE latest ADD COLUMN cell TEXT NOT NULL DEFAULT ''",
    "DROP INDEX latest_silent",
    "CREATE INDEX latest_silent ON latest (fleet, due_s)",
)


def upgrade() -> None:
    for statement in STEPS:
        op.execute(statement)
