from __future__ import annotations

import pytest

from taskdeck.runner.masking import MASK, Masker
from taskdeck.web import config_plans

SECRETS = ['say "hunter2"', "line one\nline two", "back\\slash", "48151623", "pässwörd", "tab\there"]


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_masked_wherever_they_stand(secret: str) -> None:
    change = {"key": "description", "before": f"It was {secret}.", "after": {secret: [secret, 1, None]}}
    plan = {"tasks": [{"id": "A", "changes": [change]}, {"id": "B", "changes": []}], "summary": {"breaks": 0}}
    masker = Masker([secret])

    shown = config_plans.masked(plan, masker)

    assert shown == masker.value(plan)
    assert shown is not None
    assert shown["tasks"][0]["changes"][0]["after"] == {MASK: [MASK, 1, None]}


def test_numbers_are_masked_like_texts() -> None:
    plan = {"tasks": [{"before": 48151623, "after": 4815162.3}]}

    assert config_plans.masked(plan, Masker(["48151623"])) == {"tasks": [{"before": MASK, "after": 4815162.3}]}


def test_where_there_is_no_plan_there_is_none() -> None:
    assert config_plans.masked(None, Masker([])) is None
