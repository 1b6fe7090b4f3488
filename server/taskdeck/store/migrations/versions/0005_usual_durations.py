"""Which runs had the same parameters, how a run's parameters are labelled, and how tests of connections ended."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_SUCCEEDED = sa.text("status = 'succeeded'")

# Enough for the usual durations of the tasks that are in use; a history may be long.
_RUNS_TO_FILL = 5000


def upgrade() -> None:
    op.add_column("run", sa.Column("parameters_sha256", sa.String(length=64)))
    op.add_column("run", sa.Column("parameter_labels", sa.JSON()))
    _fill()
    op.create_index(
        "ix_run_same_parameters",
        "run",
        ["task_id", "parameters_sha256", "finished_at", "started_at"],
        sqlite_where=_SUCCEEDED,
        postgresql_where=_SUCCEEDED,
    )
    op.create_table(
        "connection_test",
        sa.Column("connection_id", sa.String(length=255), nullable=False),
        sa.Column("values_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.Column("tested_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "values_fingerprint", name=op.f("pk_connection_test")),
    )


def _fill() -> None:
    run = sa.table("run", sa.column("id"), sa.column("parameters", sa.JSON), sa.column("parameters_sha256"))
    newest = sa.select(run.c.id, run.c.parameters).where(_SUCCEEDED).order_by(run.c.id.desc()).limit(_RUNS_TO_FILL)
    connection = op.get_bind()
    filled = [
        {"run_id": id_, "sha256": hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()}
        for id_, parameters in connection.execute(newest)
    ]
    if filled:
        change = sa.update(run).where(run.c.id == sa.bindparam("run_id"))
        connection.execute(change.values(parameters_sha256=sa.bindparam("sha256")), filled)


def downgrade() -> None:
    op.drop_table("connection_test")
    op.drop_index("ix_run_same_parameters", table_name="run", sqlite_where=_SUCCEEDED, postgresql_where=_SUCCEEDED)
    op.drop_column("run", "parameter_labels")
    op.drop_column("run", "parameters_sha256")
