"""In which environment each attempt ran."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "environment",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_environment")),
    )
    op.add_column("attempt", sa.Column("environment_sha256", sa.String(length=64)))


def downgrade() -> None:
    op.drop_column("attempt", "environment_sha256")
    op.drop_table("environment")
