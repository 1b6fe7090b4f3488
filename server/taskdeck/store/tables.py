"""The schema: one definition for SQLite and PostgreSQL. Migrations bring older databases up to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

REVISION = "0008"
"""The newest migration; a database at it needs no upgrade."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; without a zone in the database, because SQLite cannot keep one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("task_id", String(255), nullable=False),
    Column("task_name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    # Runs with the same key run one after the other; NULL: as many as there is room for.
    Column("exclusive_key", String(255)),
    # Of the queued and running runs with the same key there is only one; NULL: as many as come.
    Column("sole_key", String(255)),
    # Running runs of the same task must be fewer for this one to start; NULL: however many there are.
    Column("concurrency_limit", Integer),
    # The priority with its sign turned: so the line is the order of an ordinary index.
    Column("precedence", Integer, nullable=False, default=0, server_default="0"),
    # A run that waits for its next attempt does not start earlier.
    Column("not_before", UtcDateTime),
    # Its share of the machine: thousandths of a core, MB, GB.
    Column("required_cpu", Integer, nullable=False, default=0, server_default="0"),
    Column("required_memory_mb", Integer, nullable=False, default=0, server_default="0"),
    Column("required_disk_gb", Float, nullable=False, default=0, server_default="0"),
    # What a worker needs to know of the task: the run keeps it, whatever becomes of the configuration.
    Column("definition", JSON, nullable=False),
    Column("parameters", JSON, nullable=False),
    # `binding.fingerprint` of `parameters`; NULL where an older version stored them.
    Column("parameters_sha256", String(64)),
    # As the task declared them; NULL where an older version stored the run.
    Column("parameter_labels", JSON(none_as_null=True)),
    # The true values, encrypted, where `parameters` had to be masked.
    Column("sealed_parameters", LargeBinary),
    Column("catalog_version", String(64), nullable=False),
    Column("source_sha256", String(64), nullable=False),
    Column("trigger", String(16), nullable=False),
    Column("rerun_of", Integer),
    Column("attempt", Integer, nullable=False, default=0),
    # Its place in the order in which runs left the queue for the first time; NULL: it has not, or an older version
    # took it out.
    Column("departure", BigInteger),
    Column("max_attempts", Integer, nullable=False, default=1, server_default="1"),
    Column("reason", Text, nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("cancel_requested_at", UtcDateTime),
    Column("cancel_requested_by", Text),
    Column("worker_id", String(255)),
    Column("lease_expires_at", UtcDateTime),
    Column("runner_pid", Integer),
    Column("runner_created_at", Float),
    Column("recorded_seq", BigInteger, nullable=False, default=0),
    Column("journal_offset", BigInteger, nullable=False, default=0),
    Column("error_count", Integer, nullable=False, default=0),
    Column("facts", JSON, nullable=False, default=dict),
    # Events after this one are in chunks as they were recorded; NULL: all have been joined into large ones.
    Column("uncompacted_after", BigInteger, default=0, server_default="0"),
    Index("ix_run_status_id", "status", "id"),
    Index("ix_run_task_id_id", "task_id", "id"),
    Index("ix_run_task_id_status_id", "task_id", "status", "id"),
    Index(
        "ix_run_uncompacted",
        "id",
        sqlite_where=text("uncompacted_after IS NOT NULL"),
        postgresql_where=text("uncompacted_after IS NOT NULL"),
    ),
    # How long a task takes with the same parameters. By time and not by id: there is no other index in that order,
    # which PostgreSQL would walk through instead where it expects many runs to have these parameters.
    Index(
        "ix_run_same_parameters",
        "task_id",
        "parameters_sha256",
        "finished_at",
        "started_at",
        sqlite_where=text("status = 'succeeded'"),
        postgresql_where=text("status = 'succeeded'"),
    ),
    Index("ix_run_updated_at", "updated_at"),
    Index("uq_run_departure", "departure", unique=True),
    # The database itself refuses a second running run of an exclusive task, whatever workers race for it.
    Index(
        "uq_run_exclusive_key_running",
        "exclusive_key",
        unique=True,
        sqlite_where=text("status = 'running' AND exclusive_key IS NOT NULL"),
        postgresql_where=text("status = 'running' AND exclusive_key IS NOT NULL"),
    ),
    # Refuses a second active run of a task that takes one only, whatever requests race for it.
    Index(
        "uq_run_sole_key_active",
        "sole_key",
        unique=True,
        sqlite_where=text("status IN ('queued', 'running') AND sole_key IS NOT NULL"),
        postgresql_where=text("status IN ('queued', 'running') AND sole_key IS NOT NULL"),
    ),
    # The line of those that wait, however long the history is.
    Index(
        "ix_run_queue",
        "precedence",
        "id",
        sqlite_where=text("status = 'queued'"),
        postgresql_where=text("status = 'queued'"),
    ),
    sqlite_autoincrement=True,
)

attempt = Table(
    "attempt",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("worker_id", String(255)),
    Column("runner_pid", Integer),
    Column("runner_created_at", Float),
    Column("peak_memory_bytes", BigInteger),
    Column("cpu_seconds", Float),
    Column("wall_seconds", Float),
    # Of `environment`; NULL: not known, or not yet.
    Column("environment_sha256", String(64)),
)

environment = Table(
    "environment",
    metadata,
    Column("sha256", String(64), primary_key=True),
    # zlib over `Environment.to_json`: the same row for all attempts in the same environment.
    Column("content", LargeBinary, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
)

event_chunk = Table(
    "event_chunk",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("first_seq", BigInteger, primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    # zlib over the journal's own lines.
    Column("data", LargeBinary, nullable=False),
    # Its place in the run's log, see `events.Place`; NULL where an older version stored it.
    Column("lines_before", BigInteger),
    Column("line_count", BigInteger),
    Column("line_kinds", BigInteger),
    Column("carried", LargeBinary),
    # zlib over the lines of the events that nobody may skip; empty: look among the others; NULL: there are none.
    Column("outline", LargeBinary),
    Index("ix_event_chunk_run_id_last_seq", "run_id", "last_seq"),
    # All that looking for a line needs, so that no row is read in vain.
    Index("ix_event_chunk_lines", "run_id", "lines_before", "line_count", "line_kinds"),
    Index(
        "ix_event_chunk_outlined",
        "run_id",
        "last_seq",
        sqlite_where=text("outline IS NOT NULL"),
        postgresql_where=text("outline IS NOT NULL"),
    ),
)

connection_value = Table(
    "connection_value",
    metadata,
    Column("connection_id", String(255), primary_key=True),
    Column("field", String(255), primary_key=True),
    # JSON text; a Fernet token of it where `encrypted`.
    Column("value", Text, nullable=False),
    Column("encrypted", Boolean, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

connection_test = Table(
    "connection_test",
    metadata,
    Column("connection_id", String(255), primary_key=True),
    # Tells the values that were tried, and nothing about them to whoever has not the key.
    Column("values_fingerprint", String(64), primary_key=True),
    Column("ok", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("tested_at", UtcDateTime, nullable=False),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)

cell_times = Table(
    "cell_times",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("task_id", String(255), nullable=False),
    # zlib over JSON: index, id, hash of the source and seconds of each cell that was executed.
    Column("cells", LargeBinary, nullable=False),
    Index("ix_cell_times_task_id_run_id", "task_id", "run_id"),
)

worker = Table(
    "worker",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process_created_at", Float, nullable=False),
    Column("max_parallel_runs", Integer, nullable=False),
    # Dedicated workers (a CLI's own) serve one run and are not counted as the server's.
    Column("dedicated", Boolean, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
    # What it keeps warm, as `PoolStatus` tells it.
    Column("pools", JSON, nullable=False, default=list, server_default="[]"),
)

keystore = Table(
    "keystore",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # A known text, encrypted: a wrong key is found out at the start, not at the first secret.
    Column("canary", Text, nullable=False),
)
