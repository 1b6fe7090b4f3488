"""Which lines of a run's log are in which chunk, what nobody may skip of it, and how far a run is compacted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OUTLINED = sa.text("outline IS NOT NULL")
_UNCOMPACTED = sa.text("uncompacted_after IS NOT NULL")


def upgrade() -> None:
    op.add_column("event_chunk", sa.Column("lines_before", sa.BigInteger()))
    op.add_column("event_chunk", sa.Column("line_count", sa.BigInteger()))
    op.add_column("event_chunk", sa.Column("line_kinds", sa.BigInteger()))
    op.add_column("event_chunk", sa.Column("carried", sa.LargeBinary()))
    op.add_column("event_chunk", sa.Column("outline", sa.LargeBinary()))
    op.create_index("ix_event_chunk_lines", "event_chunk", ["run_id", "lines_before", "line_count", "line_kinds"])
    op.create_index(
        "ix_event_chunk_outlined",
        "event_chunk",
        ["run_id", "last_seq"],
        sqlite_where=_OUTLINED,
        postgresql_where=_OUTLINED,
    )
    op.add_column("run", sa.Column("uncompacted_after", sa.BigInteger(), server_default="0"))
    op.create_index("ix_run_task_id_status_id", "run", ["task_id", "status", "id"])
    op.create_index("ix_run_uncompacted", "run", ["id"], sqlite_where=_UNCOMPACTED, postgresql_where=_UNCOMPACTED)


def downgrade() -> None:
    op.drop_index("ix_run_uncompacted", table_name="run")
    op.drop_index("ix_run_task_id_status_id", table_name="run")
    op.drop_column("run", "uncompacted_after")
    op.drop_index("ix_event_chunk_outlined", table_name="event_chunk")
    op.drop_index("ix_event_chunk_lines", table_name="event_chunk")
    for column in ("outline", "carried", "line_kinds", "line_count", "lines_before"):
        op.drop_column("event_chunk", column)
