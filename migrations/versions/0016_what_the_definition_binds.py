"""What the definition binds: statements and photographs stand still from the scheduling of their ballot."""

from __future__ import annotations

from alembic import op

from consult.model.triggers import raise_fences

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    raise_fences(op.get_bind(), ["photograph"])


def downgrade() -> None:
    """The tables stay as they are; the stricter fences may stay too, until an older release raises its own."""
