from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.runner import channel
from taskdeck.runner.channel import Channel, Tokens
from taskdeck.runner.plain_messages import PlainMessage

pytestmark = pytest.mark.anyio


class Fixture:
    """A channel with everything it heard."""

    def __init__(self, outputs: Path) -> None:
        self.events: list[Event] = []
        self.batches: list[int] = []
        """How many messages came at once without being decoded."""
        self.cancelled_by: list[str] = []
        self.channel = Channel(
            on_event=self.events.append,
            on_plain=self.hear_plain,
            on_cancel=lambda by: self.cancelled_by.append(by) is None,
            connections={"ANA": {"password": "hunter22"}, "SRC": {"url": "x"}},
            declared_connections=("ANA",),
            outputs_directory=outputs,
            tokens=Tokens(),
        )

    def hear_plain(self, messages: Sequence[PlainMessage]) -> None:
        self.batches.append(len(messages))
        for level, text in messages:
            self.events.append(event.Message(level=level.decode(), text=text.decode()))  # type: ignore[arg-type]

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.events if isinstance(each, event.Message)]

    async def send(self, *lines: Any, token: str | None = None, end: bytes = b"\n") -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.channel.port)
        encoded = [
            line if isinstance(line, bytes) else json.dumps(line).encode()
            for line in ({"token": token or self.channel.tokens.task}, *lines)
        ]
        writer.write(b"\n".join(encoded) + end)
        await writer.drain()
        writer.write_eof()
        self._writers = [*getattr(self, "_writers", []), writer]
        return reader

    async def ask(self, question: Any, token: str | None = None) -> Any:
        reader = await self.send(question, token=token)
        answer = await asyncio.wait_for(reader.readline(), 5)
        return json.loads(answer) if answer else None


Opened = Callable[[], Any]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    @contextlib.asynccontextmanager
    async def open_channel() -> AsyncIterator[Fixture]:
        fixture = Fixture(tmp_path)
        await fixture.channel.start()
        try:
            yield fixture
        finally:
            fixture.channel.close()
            for writer in getattr(fixture, "_writers", []):
                writer.close()

    return open_channel


def message(text: str) -> dict[str, str]:
    return {"kind": "message", "text": text}


async def test_events_arrive_in_order_and_draining_hears_them_all(opened: Opened) -> None:
    async with opened() as fixture:
        await fixture.send(*(message(str(number)) for number in range(5000)))
        await fixture.channel.drain()
        assert fixture.texts == [str(number) for number in range(5000)]


async def test_settling_hears_what_was_sent_before_on_a_connection_that_stays_open(opened: Opened) -> None:
    async with opened() as fixture:
        _, writer = await asyncio.open_connection("127.0.0.1", fixture.channel.port)
        writer.write(json.dumps({"token": fixture.channel.tokens.task}).encode() + b"\n")
        for number in range(10):
            writer.write(json.dumps(message(str(number))).encode() + b"\n")
            await fixture.channel.settle()
            assert fixture.texts[-1] == str(number)
        writer.close()


async def test_all_kinds_of_events_are_understood(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n")
    async with opened() as fixture:
        await fixture.send(
            {"kind": "message", "level": "error", "text": "bad"},
            {"kind": "progress", "id": "main", "current": 3, "total": 10, "text": "rows"},
            {"kind": "progress", "current": 0.5, "total": None},
            {"kind": "output", "name": "n", "output_kind": "value", "value": {"a": [1]}},
            {"kind": "output", "name": "t", "output_kind": "table", "file": "t.csv", "rows": 0, "columns": ["a", "b"]},
        )
        await fixture.channel.drain()
        assert fixture.events == [
            event.Message(level="error", text="bad"),
            event.Progress(current=3, total=10, text="rows"),
            event.Progress(current=0.5),
            event.OutputPublished(name="n", kind="value", value={"a": [1]}),
            event.OutputPublished(name="t", kind="table", file="t.csv", size=4, rows=0, columns=["a", "b"]),
        ]


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        [],
        {"kind": "status", "status": "succeeded"},
        {"kind": "progress", "current": "much"},
        {"kind": "output", "name": "", "output_kind": "value"},
        {"kind": "output", "name": "x", "output_kind": "magic"},
        {"kind": "output", "name": "x", "output_kind": "file", "file": "../journal.jsonl"},
        {"kind": "output", "name": "x", "output_kind": "file", "file": "missing"},
        {"kind": "output", "name": "x", "output_kind": "table"},
        b"[" * 100_000,
    ],
)
async def test_what_is_not_understood_becomes_a_warning_and_the_rest_arrives(opened: Opened, line: Any) -> None:
    async with opened() as fixture:
        await fixture.send(line, message("after"))
        await fixture.channel.drain()
        warning, after = fixture.events
        assert (warning.level, warning.source) == ("warning", "taskdeck")
        assert "was not understood" in warning.text
        assert after == event.Message(text="after")


async def test_a_task_that_talks_nonsense_is_warned_of_only_so_often(opened: Opened) -> None:
    async with opened() as fixture:
        await fixture.send(*[b"nonsense"] * 1000)
        await fixture.channel.drain()
        assert len(fixture.events) == channel.MAX_UNDERSTOOD_WARNINGS


async def test_a_line_of_more_than_a_mebibyte_becomes_one_warning_with_its_beginning(opened: Opened) -> None:
    async with opened() as fixture:
        await fixture.send(message("x" * 3 * channel.MAX_LINE_BYTES), message("after"))
        await fixture.channel.drain()
        warning, after = fixture.events
        assert warning.text.startswith('A message of more than 1024 KB was cut off: {"kind": "message", "text": "xxx')
        assert len(warning.text) < 1100
        assert after == event.Message(text="after")


async def test_a_complete_last_line_counts_without_its_end_and_half_a_line_does_not(opened: Opened) -> None:
    async with opened() as fixture:
        await fixture.send(message("whole"), end=b"")
        await fixture.send(b'{"kind": "message", "te', end=b"")
        await fixture.channel.drain()
        assert fixture.events == [event.Message(text="whole")]


async def test_an_undeclared_connection_is_answered_with_one_warning(opened: Opened) -> None:
    async with opened() as fixture:
        for _ in range(2):
            answer = await fixture.ask({"ask": "connection", "id": "SRC"})
            assert answer == {"answer": {"url": "x"}, "known": ["ANA", "SRC"]}
        (text,) = fixture.texts
        assert "'SRC' without declaring it" in text


async def test_a_declared_connection_is_answered_without_a_word(opened: Opened) -> None:
    async with opened() as fixture:
        answer = await fixture.ask({"ask": "connection", "id": "ANA"})
        assert answer["answer"] == {"password": "hunter22"}
        assert fixture.events == []


async def test_an_unknown_connection_is_answered_with_those_that_are_known(opened: Opened) -> None:
    async with opened() as fixture:
        assert await fixture.ask({"ask": "connection", "id": "ANNA"}) == {"answer": None, "known": ["ANA", "SRC"]}
        (text,) = fixture.texts
        assert "'ANNA', which is not known. Known: ANA, SRC." in text


async def test_cancelling_takes_the_control_token(opened: Opened) -> None:
    async with opened() as fixture:
        question = {"ask": "cancel", "by": "ada"}
        assert await fixture.ask(question, token=fixture.channel.tokens.control) == {"answer": True}
        await fixture.ask(question)
        assert fixture.cancelled_by == ["ada"]


@pytest.mark.parametrize("login", [b'{"token": "wrong"}', b"GET / HTTP/1.1", b"[]", b"x" * 100_000])
async def test_strangers_are_not_heard(opened: Opened, login: bytes) -> None:
    async with opened() as fixture:
        reader, writer = await asyncio.open_connection("127.0.0.1", fixture.channel.port)
        writer.write(login + b"\n" + json.dumps(message("hello")).encode() + b"\n")
        # The end of the stream and a reset mean the same here.
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        await fixture.channel.drain()
        assert fixture.events == []


async def test_draining_gives_up_a_connection_that_somebody_keeps_open(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "QUIET_SECONDS", 0.05)
    async with opened() as fixture:
        _, writer = await asyncio.open_connection("127.0.0.1", fixture.channel.port)
        await asyncio.wait_for(fixture.channel.drain(), 5)
        writer.close()


async def test_a_files_name_that_no_file_can_have_is_reported_and_the_connection_goes_on(opened: Opened) -> None:
    async with opened() as fixture:
        await fixture.send({"kind": "output", "name": "a", "output_kind": "file", "file": "x" * 300}, message("next"))
        await fixture.channel.drain()
        assert ["not understood" in text for text in fixture.texts] == [True, False]


def plain(text: str) -> bytes:
    return json.dumps({"kind": "message", "level": "info", "text": text}, separators=(",", ":")).encode()


async def test_plain_messages_come_many_at_a_time_and_keep_their_place_among_the_others(opened: Opened) -> None:
    async with opened() as fixture:
        await fixture.send(plain("a"), plain("b"), plain("tab\t"), plain("c"), message("d"), plain("e"), plain("f"))
        await fixture.channel.drain()

        assert fixture.texts == ["a", "b", "tab\t", "c", "d", "e", "f"]
        assert sum(fixture.batches) == 5
        assert len(fixture.batches) == 3


async def test_what_is_almost_a_plain_message_is_decoded_or_refused(opened: Opened) -> None:
    lines = [
        b'{"kind":"message","level":"info","text":"\xff"}',
        b'{"kind":"message","level":"info","text":"a","text":"b"}',
        b'{"kind":"message","level":"loud","text":"c"}',
        b'{"kind":"message","level":"info","text":"d"',
        b'{"kind":"message","level":"info","text":"\x01"}',
    ]
    async with opened() as fixture:
        await fixture.send(plain("before"), *lines, plain("after"))
        await fixture.channel.drain()

        refused = [text for text in fixture.texts if text.startswith("A message of the task was not understood")]
        assert [text for text in fixture.texts if text not in refused] == ["before", "b", "c", "after"]
        assert len(refused) == 3


async def test_a_channel_that_is_held_reads_nothing_until_it_goes_on(opened: Opened) -> None:
    async with opened() as fixture:
        await fixture.send(message("first"))
        await fixture.channel.drain()
        fixture.channel.hold()
        await fixture.send(message("second"))
        await fixture.send(plain("third"))
        await fixture.channel.settle()
        assert fixture.texts == ["first"]

        fixture.channel.go_on()
        await fixture.channel.drain()

        assert sorted(fixture.texts) == ["first", "second", "third"]
