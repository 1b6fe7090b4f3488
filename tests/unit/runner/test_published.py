import asyncio
from pathlib import Path

import pytest

from taskdeck.model import event
from taskdeck.runner import published
from taskdeck.runner.masking import MASK, Masker
from taskdeck.runner.published import HoldsSecret, Published, redact_file

SECRET = "canary-4711"
MASKER = Masker([SECRET])


def test_a_text_file_is_masked_in_place(tmp_path):
    file = tmp_path / "table.csv"
    file.write_bytes(f"user,password\r\nada,{SECRET}\r\n".encode())

    redact_file(file, MASKER)

    assert file.read_bytes() == f"user,password\r\nada,{MASK}\r\n".encode()


def test_a_secret_across_two_pieces_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("taskdeck.runner.published._PIECE_BYTES", 4)
    file = tmp_path / "notes.txt"
    file.write_text(f"ünder {SECRET} and {SECRET}")

    redact_file(file, MASKER)

    assert file.read_text() == f"ünder {MASK} and {MASK}"


@pytest.mark.parametrize("content", [b"nothing here", b"\xff\xfe\x00binary", b"", b"ends with cana"])
def test_a_file_without_secret_is_left_as_it_is(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    before = file.stat()

    redact_file(file, MASKER)

    assert (file.read_bytes(), file.stat().st_ino) == (content, before.st_ino)


def test_a_file_that_is_no_text_is_not_broken_by_masking(tmp_path):
    file = tmp_path / "archive"
    file.write_bytes(b"\xff\xfe" + SECRET.encode() + b"\x00")

    with pytest.raises(HoldsSecret):
        redact_file(file, MASKER)


def test_a_published_file_that_cannot_be_masked_is_not_kept_and_the_analyst_is_told(tmp_path):
    (tmp_path / "archive").write_bytes(b"\xff\xfe" + SECRET.encode())
    said = []

    Published(tmp_path, MASKER, said.append).receive(event.OutputPublished(name="a", kind="file", file="archive"))

    assert not (tmp_path / "archive").exists()
    assert [(each.level, "was not kept" in each.text) for each in said] == [("error", True)]


def test_the_size_of_a_published_file_is_that_of_the_masked_one(tmp_path):
    (tmp_path / "notes.txt").write_text(SECRET)
    said = []

    Published(tmp_path, MASKER, said.append).receive(event.OutputPublished(name="a", kind="file", file="notes.txt"))

    assert said == [event.OutputPublished(name="a", kind="file", file="notes.txt", size=len(MASK.encode()))]


def test_what_a_task_wrote_without_publishing_it_is_masked_at_the_end(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "dump.txt").write_text(f"x{SECRET}y")

    asyncio.run(Published(tmp_path, MASKER, [].append).sweep())

    assert (tmp_path / "deep" / "dump.txt").read_text() == f"x{MASK}y"


@pytest.fixture
def unreadable(monkeypatch):
    """Files of this name cannot be read, whoever runs the tests."""
    original = published._texts

    def texts(path):
        if path.name == "broken":
            raise PermissionError(13, "Permission denied", str(path))
        return original(path)

    monkeypatch.setattr(published, "_texts", texts)


def test_a_published_file_that_cannot_be_read_is_named_with_the_reason(tmp_path, unreadable):
    (tmp_path / "broken").write_text("x")
    said = []

    Published(tmp_path, MASKER, said.append).receive(event.OutputPublished(name="a", kind="file", file="broken"))

    text = "The output 'a' could not be kept: Permission denied."
    assert said == [event.Message(level="error", text=text, source="taskdeck")]


def test_a_published_file_that_is_gone_again_is_named_with_the_reason(tmp_path):
    said = []

    Published(tmp_path, MASKER, said.append).receive(event.OutputPublished(name="a", kind="file", file="gone"))

    assert [each.text for each in said] == ["The output 'a' could not be kept: No such file or directory."]


def test_the_sweep_removes_what_it_cannot_check_and_goes_on(tmp_path, unreadable):
    (tmp_path / "broken").write_text(SECRET)
    (tmp_path / "later").write_text(SECRET)
    said = []

    asyncio.run(Published(tmp_path, MASKER, said.append).sweep())

    assert [each.name for each in tmp_path.iterdir()] == ["later"]
    assert (tmp_path / "later").read_text() == MASK
    assert [(each.level, "'broken'" in each.text) for each in said] == [("error", True)]


def test_the_sweep_remarks_what_it_can_neither_check_nor_remove(tmp_path, unreadable, monkeypatch):
    (tmp_path / "broken").write_text(SECRET)

    def refuse(path, missing_ok=False):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    said = []

    asyncio.run(Published(tmp_path, MASKER, said.append).sweep())

    assert [(each.level, "could not be searched" in each.text) for each in said] == [("warning", True)]


def test_a_file_that_is_published_again_while_it_is_masked_keeps_its_new_content(tmp_path, monkeypatch):
    file = tmp_path / "notes.txt"
    file.write_text(f"old {SECRET}")
    original = published._write_masked

    def publish_again(path, masker):
        draft = original(path, masker)
        if "old" in file.read_text():
            file.write_text(f"the new {SECRET}")
        return draft

    monkeypatch.setattr(published, "_write_masked", publish_again)
    redact_file(file, MASKER)

    assert file.read_text() == f"the new {MASK}"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_never_stays_the_same_is_given_up(tmp_path, monkeypatch):
    file = tmp_path / "notes.txt"
    file.write_text(SECRET)
    original = published._write_masked

    def grow(path, masker):
        file.write_text(file.read_text() + SECRET)
        return original(path, masker)

    monkeypatch.setattr(published, "_write_masked", grow)
    with pytest.raises(OSError, match="again and again"):
        redact_file(file, MASKER)
    assert list(tmp_path.iterdir()) == [file]


def test_a_large_file_holds_up_no_message_and_outputs_keep_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "AT_ONCE_BYTES", 10)
    (tmp_path / "large").write_text(f"a large {SECRET}")
    (tmp_path / "small").write_text("small")
    said = []

    async def publish():
        outputs = Published(tmp_path, MASKER, said.append)
        outputs.receive(event.OutputPublished(name="large", kind="file", file="large"))
        outputs.receive(event.OutputPublished(name="small", kind="file", file="small"))
        outputs.receive(event.OutputPublished(name="value", kind="value", value=1))
        outputs.receive(event.Message(level="info", text="going on"))
        await outputs.drain()

    asyncio.run(publish())

    assert [getattr(each, "name", None) for each in said] == [None, "large", "small", "value"]
    assert said[1].size == len(f"a large {MASK}".encode())


def test_a_task_that_publishes_more_than_can_be_checked_has_to_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "AT_ONCE_BYTES", 1)
    monkeypatch.setattr(published, "MAX_WAITING", 4)
    (tmp_path / "file").write_text("content")
    said = []
    calls = []

    async def publish():
        outputs = Published(
            tmp_path,
            MASKER,
            said.append,
            hold=lambda: calls.append(("hold", len(said))),
            go_on=lambda: calls.append(("go on", len(said))),
        )
        for number in range(6):
            outputs.receive(event.OutputPublished(name=str(number), kind="file", file="file"))
        await outputs.drain()

    asyncio.run(publish())

    assert calls == [("hold", 0), ("go on", 4)]
    assert [each.name for each in said] == [str(number) for number in range(6)]
