"""How Alembic meets the database: with the connection that the command hands over."""

from __future__ import annotations

from alembic import context

from consult.model import Base

config = context.config


def run() -> None:
    """Run the revisions on the connection given in `attributes["connection"]`."""
    connection = config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
