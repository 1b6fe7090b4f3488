from __future__ import annotations

import pytest

from taskdeck.model.run import Trigger


@pytest.mark.parametrize("trigger", list(Trigger))
def test_each_trigger_can_be_said_in_a_sentence(trigger):
    assert trigger.in_words.startswith("the ")
