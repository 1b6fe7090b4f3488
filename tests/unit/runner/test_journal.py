from __future__ import annotations

import asyncio
import json
import math
from pathlib import Path
from typing import Any

import pytest

from taskdeck.model import event
from taskdeck.model.run import RunStatus
from taskdeck.runner import wakeup
from taskdeck.runner.journal import Journal, JournalUnwritable
from taskdeck.runner.masking import MASK, Masker
from taskdeck.runner.plain_messages import PlainMessage

pytestmark = pytest.mark.anyio


def journal(path: Path, *, secrets: tuple[str, ...] = (), **changes: Any) -> Journal:
    return Journal(
        path, **{"attempt": 1, "first_seq": 1, "masker": Masker(secrets), "run_id": 7, "wakeup_path": None, **changes}
    )


def lines(path: Path) -> list[dict[str, Any]]:
    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return [json.loads(line, parse_constant=no_constant) for line in path.read_bytes().splitlines()]


async def test_events_are_numbered_on_and_complete_after_close(tmp_path: Path) -> None:
    opened = journal(tmp_path / "journal.jsonl", first_seq=41, attempt=2)
    assert opened.append(event.Message(text="a")) == 41
    assert opened.append(event.CellStarted(index=0)) == 42
    opened.close()
    written = lines(tmp_path / "journal.jsonl")
    assert [(each["seq"], each["attempt"], each["type"]) for each in written] == [
        (41, 2, "message"),
        (42, 2, "cell_started"),
    ]


async def test_an_event_is_on_the_disk_a_moment_later_without_close(tmp_path: Path) -> None:
    opened = journal(tmp_path / "journal.jsonl")
    for text in ("first", "second"):
        opened.append(event.Message(text=text))
        async with asyncio.timeout(5):
            while text.encode() not in (tmp_path / "journal.jsonl").read_bytes():  # noqa: ASYNC110
                await asyncio.sleep(0.001)
    opened.close()


async def test_a_burst_is_written_in_few_pieces_and_the_worker_woken(tmp_path: Path) -> None:
    listener = wakeup.Listener(tmp_path / "worker")
    opened = journal(tmp_path / "journal.jsonl", wakeup_path=tmp_path / "worker")
    for number in range(1000):
        opened.append(event.Message(text=str(number)))
    opened.close()
    assert listener.wait(5) == {7}
    assert len(lines(tmp_path / "journal.jsonl")) == 1000
    listener.close()


async def test_secrets_are_masked_but_never_the_structure_of_an_event(tmp_path: Path) -> None:
    opened = journal(tmp_path / "journal.jsonl", secrets=("stream", "text/plain", "stdout", "hunter22"))
    opened.append(event.Stream(name="stdout", text="a stream of hunter22"))
    output = {"output_type": "stream", "name": "stdout", "text": "stdout"}
    opened.append(event.CellOutput(index=0, output=output))
    plain = {"output_type": "display_data", "data": {"text/plain": "hunter22", "application/json": {"hunter22": 1}}}
    opened.append(event.CellOutput(index=0, output={**plain, "metadata": {}}, display_id="hunter22"))
    opened.close()
    first, second, third = lines(tmp_path / "journal.jsonl")
    assert (first["type"], first["name"], first["text"]) == ("stream", "stdout", f"a {MASK} of {MASK}")
    assert second["output"] == {"output_type": "stream", "name": "stdout", "text": MASK}
    assert third["output"]["data"] == {"text/plain": MASK, "application/json": {MASK: 1}}
    assert third["display_id"] == MASK


async def test_what_json_cannot_say_becomes_valid_json(tmp_path: Path) -> None:
    opened = journal(tmp_path / "journal.jsonl")
    opened.append(event.OutputPublished(name="x", kind="value", value={"a": [math.nan, math.inf, 1.5]}))
    opened.append(event.Message(text="half a pair: \ud83d"))
    opened.close()
    first, second = lines(tmp_path / "journal.jsonl")
    assert first["value"] == {"a": [None, None, 1.5]}
    assert second["text"] == "half a pair: ?"


async def test_a_full_disk_is_told_through_broken_not_to_whoever_speaks(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").symlink_to("/dev/full")
    opened = journal(tmp_path / "journal.jsonl")
    opened.append(event.Message(text="a"))
    with pytest.raises(JournalUnwritable, match="No space left"):
        await opened.broken
    opened.append(event.Message(text="b"))
    with pytest.raises(JournalUnwritable):
        opened.close()


async def test_a_directory_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(JournalUnwritable, match="No such file"):
        journal(tmp_path / "missing" / "journal.jsonl")


async def test_after_an_attempt_that_died_in_the_middle_of_a_line_the_next_line_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"seq":1}\n{"seq":2,"te')
    opened = journal(path, first_seq=2)
    opened.append(event.Message(text="on"))
    opened.close()
    assert json.loads(path.read_bytes().splitlines()[-1])["text"] == "on"


async def test_plain_messages_are_written_as_any_others(tmp_path: Path) -> None:
    opened = journal(tmp_path / "journal.jsonl", first_seq=5, attempt=2)
    opened.append_plain([PlainMessage(b"info", "größer".encode()), PlainMessage(b"error", b"b")])
    for text, level in (("größer", "info"), ("b", "error")):
        opened.append(event.Message(text=text, level=level))  # type: ignore[arg-type]
    opened.close()

    written = lines(tmp_path / "journal.jsonl")

    assert [each.pop("seq") for each in written] == [5, 6, 7, 8]
    assert all(each.pop("at").endswith("Z") for each in written)
    assert [list(each.items()) for each in written[:2]] == [list(each.items()) for each in written[2:]]


async def test_secrets_in_plain_messages_are_masked(tmp_path: Path) -> None:
    opened = journal(tmp_path / "journal.jsonl", secrets=("hunter22", "info-words"))
    opened.append_plain(
        [PlainMessage(b"info", b"harmless"), PlainMessage(b"info", b"it is hunter22"), PlainMessage(b"info", b"words")]
    )
    opened.close()

    assert [each["text"] for each in lines(tmp_path / "journal.jsonl")] == ["harmless", f"it is {MASK}", "words"]


async def test_a_journal_that_is_full_takes_nothing_but_the_end(tmp_path: Path) -> None:
    opened = journal(tmp_path / "journal.jsonl", max_bytes=1000)
    for number in range(20):
        opened.append(event.Message(text=f"{number}"))
        opened.append_plain([PlainMessage(b"info", b"plain")] * 3)
    assert opened.full.done()
    before = opened.append(event.Message(text="dropped"))
    opened.append(event.Status(status=RunStatus.FAILED, reason="too long" * 100), is_last=True)
    opened.close()

    written = lines(tmp_path / "journal.jsonl")
    assert [each["seq"] for each in written] == list(range(1, before + 2))
    assert written[-1]["type"] == "status"
    assert sum(len(json.dumps(each, separators=(",", ":"))) + 1 for each in written[:-1]) <= 1000


async def test_what_earlier_attempts_said_counts(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b"x" * 999 + b"\n")
    opened = journal(tmp_path / "journal.jsonl", max_bytes=1000)
    opened.append(event.Message(text="one more"))

    assert opened.full.done()
    opened.close()
