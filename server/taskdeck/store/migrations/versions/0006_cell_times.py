"""What the cells of successful runs took."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "cell_times",
        sa.Column("run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.String(length=255), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_cell_times_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_cell_times")),
    )
    op.create_index("ix_cell_times_task_id_run_id", "cell_times", ["task_id", "run_id"])


def downgrade() -> None:
    op.drop_table("cell_times")
