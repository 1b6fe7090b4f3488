"""In which order runs left the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("run", sa.Column("departure", sa.BigInteger()))
    op.create_index("uq_run_departure", "run", ["departure"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_run_departure", table_name="run")
    op.drop_column("run", "departure")
