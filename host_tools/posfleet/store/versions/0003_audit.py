"""An audit's line names the fleets that it is about, so that nobody reads another company's."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE audit ADD COLUMN fleets TEXT NOT NULL DEFAULT ''")
    # Lines from before: of those who have an account, by what it may see today.
    op.execute(
        "UPDATE audit SET fleets = COALESCE((SELECT a.fleets FROM account a"
        " WHERE a.name = CASE WHEN audit.account = '' THEN audit.about ELSE audit.account END"
        "), '')"
    )
