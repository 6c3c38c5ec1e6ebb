"""What alembic runs for a migration; migrate.py hands the open connection in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
