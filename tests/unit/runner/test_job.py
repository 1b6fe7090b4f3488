from __future__ import annotations

import json
from typing import Any

import pytest

from taskdeck.runner.job import InvalidJob, Job
from taskdeck.runner.masking import MASK

JOB = Job(
    run_id=3,
    attempt=1,
    task_id="etl",
    task_name="ETL",
    kind="notebook",
    file="/p/data_tasks/etl.ipynb",
    run_directory="/p/.taskdeck/runs/3",
    working_directory="/p/data_tasks",
    project_root="/p",
    data_directory="/p/data",
    temporary_directory="/p/tmp",
    uploads_directory="/p/uploads",
    config_directory="/p/config",
    layout="duft",
    parameters={"user": "ada", "key": "hunter22"},
    connections={"ANA": {"server": "db.example", "password": "hunter22"}},
    declared_connections=("ANA",),
    secrets=("hunter22",),
    environment={"PGPASSWORD": "hunter22"},
)


def test_a_job_survives_its_way_through_json() -> None:
    assert Job.from_json(JOB.to_json()) == JOB


def test_the_public_form_holds_no_secret_and_no_value_of_a_connection() -> None:
    public = JOB.public()
    assert "hunter22" not in json.dumps(public)
    assert "db.example" not in json.dumps(public)
    assert public["parameters"] == {"user": "ada", "key": MASK}
    assert public["connections"] == ["ANA"]
    assert public["environment"] == ["PGPASSWORD"]


def test_what_a_newer_worker_adds_does_not_matter() -> None:
    content: dict[str, Any] = {**json.loads(JOB.to_json()), "novelty": 1}
    assert Job.from_json(json.dumps(content)) == JOB


@pytest.mark.parametrize(
    ("text", "message"), [("", "not JSON"), ("[]", "must be a JSON object"), ('{"run_id": 1}', "incomplete.*attempt")]
)
def test_what_is_no_job_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(InvalidJob, match=message):
        Job.from_json(text)
