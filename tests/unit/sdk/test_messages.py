from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest

from taskdeck import sdk
from taskdeck.sdk import messages

Events = list[dict[str, Any]]


def test_each_call_is_one_message_and_nothing_is_printed(sent: Events, capsys: pytest.CaptureFixture[str]) -> None:
    sdk.log("a")
    sdk.error("b\nc")
    sdk.warning(3)
    sdk.debug(None)

    assert sent == [
        {"kind": "message", "level": "info", "text": "a"},
        {"kind": "message", "level": "error", "text": "b\nc"},
        {"kind": "message", "level": "warning", "text": "3"},
        {"kind": "message", "level": "debug", "text": "None"},
    ]
    assert capsys.readouterr() == ("", "")


def test_a_very_long_message_is_cut_and_says_so(sent: Events) -> None:
    sdk.log("é" * 200_000)

    text = sent[0]["text"]
    assert text.startswith("é" * 160_000 + "… (the first 160,000 of 200,000 characters)")


@pytest.mark.parametrize(
    ("say", "stream"), [(sdk.log, "out"), (sdk.debug, "out"), (sdk.warning, "err"), (sdk.error, "err")]
)
def test_without_a_server_the_text_is_printed(
    say: Callable[[object], None], stream: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say("Reading")

    printed = capsys.readouterr()
    assert getattr(printed, stream) == "Reading\n"
    assert printed.out + printed.err == "Reading\n"


def test_a_terminal_that_lacks_the_characters_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", newline="\n"))

    messages.show("≥ 5 é")

    assert raw.getvalue() == "\\u2265 5 é\n".encode("cp1252")


def test_a_reader_of_the_output_that_is_gone_does_not_stop_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Gone())
    sdk.log("still running")
