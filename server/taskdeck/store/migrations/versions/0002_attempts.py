"""The attempts of runs, and what decides when a queued run may start."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_QUEUED = sa.text("status = 'queued'")
_SOLE = sa.text("status IN ('queued', 'running') AND sole_key IS NOT NULL")


def upgrade() -> None:
    # Columns are added one by one: SQLite needs no new table for that, and a history may be long.
    op.add_column("run", sa.Column("sole_key", sa.String(length=255), nullable=True))
    op.add_column("run", sa.Column("concurrency_limit", sa.Integer(), nullable=True))
    op.add_column("run", sa.Column("precedence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("not_before", sa.DateTime(), nullable=True))
    op.add_column("run", sa.Column("required_cpu", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("required_memory_mb", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("required_disk_gb", sa.Float(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("max_attempts", sa.Integer(), nullable=False, server_default="1"))
    op.create_index(
        "uq_run_sole_key_active", "run", ["sole_key"], unique=True, sqlite_where=_SOLE, postgresql_where=_SOLE
    )
    op.create_index(
        "ix_run_queue", "run", ["precedence", "id"], sqlite_where=_QUEUED, postgresql_where=_QUEUED
    )
    op.create_table(
        "attempt",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("worker_id", sa.String(length=255), nullable=True),
        sa.Column("runner_pid", sa.Integer(), nullable=True),
        sa.Column("runner_created_at", sa.Float(), nullable=True),
        sa.Column("peak_memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("cpu_seconds", sa.Float(), nullable=True),
        sa.Column("wall_seconds", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_attempt_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_attempt")),
    )
    # So far a run had one attempt at most.
    op.execute(
        sa.text(
            "INSERT INTO attempt (run_id, number, status, reason, started_at, finished_at, worker_id, runner_pid,"
            " runner_created_at) SELECT id, attempt, status, reason, COALESCE(started_at, created_at), finished_at,"
            " worker_id, runner_pid, runner_created_at FROM run WHERE attempt > 0"
        )
    )


def downgrade() -> None:
    op.drop_table("attempt")
    op.drop_index("ix_run_queue", table_name="run", sqlite_where=_QUEUED, postgresql_where=_QUEUED)
    op.drop_index("uq_run_sole_key_active", table_name="run", sqlite_where=_SOLE, postgresql_where=_SOLE)
    for column in (
        "max_attempts",
        "required_disk_gb",
        "required_memory_mb",
        "required_cpu",
        "not_before",
        "precedence",
        "concurrency_limit",
        "sole_key",
    ):
        op.drop_column("run", column)
