from __future__ import annotations

import json

from taskdeck.web import wire


def test_what_is_no_json_number_becomes_null() -> None:
    value = {"b": [float("nan"), (float("inf"), 1.5)], "a": -float("inf")}
    assert wire.encode(value) == b'{"b":[null,[null,1.5]],"a":null}'


def test_order_and_letters_stay_as_they_are() -> None:
    assert wire.dumps({"z": "ä", "a": "日本"}) == '{"z":"ä","a":"日本"}'


def test_lone_surrogate_does_not_break_the_answer() -> None:
    assert json.loads(wire.encode(["a\ud800b"])) == ["a?b"]
