import os
import random
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import postgresql
import pytest
from factories import make_new_run
from sqlalchemy import func, select, update

from taskdeck.execution import chunks, compaction, log_lines, log_pages, log_text, outlines, recorder
from taskdeck.execution.log_pages import Wanted
from taskdeck.execution.runner_process import RunnerProcess
from taskdeck.execution.worker import ActiveRun
from taskdeck.model import event
from taskdeck.model.run import RunStatus
from taskdeck.store import compactions, events, runs, tables
from taskdeck.store.database import Database

AT = datetime(2026, 11, 21, 10, tzinfo=UTC)
SUCCEEDED = event.Status(status=RunStatus.SUCCEEDED)


class RecordedRun:
    """A run whose journal a test writes, recorded as a worker does it."""

    def __init__(self, database, directory):
        self.database = database
        self.directory = directory
        self.journal = directory / recorder.JOURNAL_NAME
        new = make_new_run()
        with database.write() as connection:
            queued = runs.insert_queued(connection, new, now=AT)
            connection.execute(update(tables.run).values(status=RunStatus.RUNNING, attempt=1, worker_id="w"))
            self.run = runs.get(connection, queued.id)
        self.id = queued.id
        self.seq = 0

    def say(self, *said, attempt=1):
        """Appends to the journal and records it in one turn."""
        if attempt != self.run.attempt:
            with self.database.write() as connection:
                connection.execute(update(tables.run).values(attempt=attempt))
                self.run = runs.get(connection, self.id)
        with self.journal.open("ab") as file:
            for happened in said:
                self.seq += 1
                file.write(event.encode(event.to_wire(happened, seq=self.seq, attempt=attempt, at=AT)))
        self.record()

    def record(self):
        more = True
        while more:
            turn = recorder.record(self.database, self.run, self.directory)
            self.run, more = turn.run, turn.more

    def page(self, direction="before", line=None, limit=10, **wanted):
        return log_pages.read(self.database, self.id, Wanted(direction=direction, line=line, limit=limit, **wanted))

    def text(self):
        return list(log_text.lines(log_pages.all_events(self.database, self.id)))

    def chunk_count(self):
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(tables.event_chunk))

    def compact(self):
        while compaction.compact_piece(self.database):
            pass


@pytest.fixture(autouse=True)
def enough_time(monkeypatch):
    """However slow the machine is."""
    monkeypatch.setattr(log_pages, "WORK_SECONDS", 60)


@pytest.fixture
def recorded(tmp_path, request):
    """On SQLite, unless the test says ``postgresql``."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'store.db'}"
        if getattr(request, "param", "sqlite") == "postgresql":
            url = stack.enter_context(postgresql.schema())
        database = Database(url)
        stack.callback(database.close)
        database.prepare()
        yield RecordedRun(database, tmp_path)


def messages(*texts):
    return [event.Message(text=text) for text in texts]


def out(text, name="stdout"):
    return event.Stream(name=name, text=text)


def shown(page):
    return [(each.number, each.line.text) for each in page.lines]


def test_the_last_page_comes_first_and_pages_go_backwards_from_there(recorded):
    for number in range(1, 26):
        recorded.say(*messages(f"line {number}"))

    last = recorded.page()
    before = recorded.page(line=last.first)

    assert shown(last) == [(number, f"line {number}") for number in range(16, 26)]
    assert (last.first, last.last, last.line_count) == (16, 25, 25)
    assert shown(before) == [(number, f"line {number}") for number in range(6, 16)]
    assert shown(recorded.page(line=before.first)) == [(number, f"line {number}") for number in range(1, 6)]
    assert recorded.page(line=1).lines == []


def test_pages_go_forwards_from_any_line(recorded):
    for number in range(1, 26):
        recorded.say(*messages(f"line {number}"))

    page = recorded.page("after", 20)

    assert shown(page) == [(number, f"line {number}") for number in range(21, 26)]
    assert (page.first, page.last) == (21, 25)
    assert shown(recorded.page("after", None, limit=2)) == [(1, "line 1"), (2, "line 2")]
    assert recorded.page("after", 25).lines == []
    assert recorded.page("after", 99).first == 26


def test_a_line_whose_pieces_lie_in_many_chunks_is_one_line_where_it_ends(recorded):
    recorded.say(out("be"))
    recorded.say(*messages("between"))
    recorded.say(out("gun"))
    recorded.say(out(" and ended\nnext"))

    page = recorded.page()

    assert shown(page) == [(1, "between"), (2, "begun and ended")]
    assert [line.text for line in page.open_lines] == ["next"]
    assert shown(recorded.page("after", 1)) == [(2, "begun and ended")]


def test_the_end_of_a_run_completes_what_is_open(recorded):
    recorded.say(out("no end"))
    recorded.say(SUCCEEDED)

    page = recorded.page()

    assert shown(page) == [(1, "no end"), (2, "succeeded")]
    assert page.open_lines == []


def test_a_progress_bar_is_kept_short_while_it_is_open(recorded):
    for percent in range(100):
        recorded.say(out(f"\r{percent} %" + "." * 1000, "stderr"))
    recorded.say(out("\r100 %\n", "stderr"))

    assert shown(recorded.page()) == [(1, "100 %")]
    with recorded.database.read() as connection:
        longest = connection.scalar(select(func.max(func.length(tables.event_chunk.c.carried))))
    assert longest < 1500


def test_lines_are_filtered_by_level_and_source_and_keep_their_numbers(recorded):
    recorded.say(*messages("one"), event.Message(level="warning", text="two"), out("three\n"))
    recorded.say(event.Message(level="error", text="four"), out("five\n", "stderr"))

    def numbers(**wanted):
        return [number for number, _ in shown(recorded.page(kinds=log_lines.kinds(**wanted)))]

    assert numbers(at_least="warning") == [2, 4, 5]
    assert numbers(at_least="error") == [4]
    assert numbers(sources=["stdout", "stderr"]) == [3, 5]
    assert numbers(sources=["progress"]) == []


def test_a_text_is_found_in_lines_as_they_are_shown(recorded):
    recorded.say(out("\x1b[31mRe"))
    recorded.say(out("d\x1b[0m is NOT gr\x1b[1mee\x1b[0mn\nÄrger\n"), *messages("green 2"))

    assert shown(recorded.page("after", text="green")) == [
        (1, "\x1b[31mRed\x1b[0m is NOT gr\x1b[1mee\x1b[0mn"),
        (3, "green 2"),
    ]
    assert [number for number, _ in shown(recorded.page(text="ärger"))] == [2]
    assert recorded.page(text="GREEN", case_sensitive=True).lines == []
    assert recorded.page(text="(.*)*$").lines == []


@pytest.mark.parametrize("text", ["Straße", 'say "no"', "C:\\new", "red", "tab\there", "K", "emoji 🎉", "two"])
def test_a_text_is_found_in_messages_however_json_writes_it(recorded, text):
    texts = [
        "STRASSE und Straße",
        'They say "no"',
        "in C:\\NEW",
        "r\x1b[1mED\x1b[0m",
        "tab\there",
        "300 \u212a",
        "emoji 🎉",
        "one\ntwo",
    ]
    for each in texts:
        recorded.say(*messages(each))
        recorded.say(*messages("something else"))

    found = recorded.page("after", text=text, limit=100)

    every = list(recorded.page("after", limit=100).lines)
    assert [each.number for each in found.lines] == [
        each.number for each in every if text.casefold() in each.line.plain_text.casefold()
    ]
    assert found.lines


def test_a_search_that_takes_long_says_how_far_it_came_and_goes_on_there(recorded, monkeypatch):
    monkeypatch.setattr(log_pages, "WORK_SECONDS", 0)
    for number in range(1, 6):
        recorded.say(*messages(f"{number}a", f"{number}b"))

    first = recorded.page("after", text="b")
    second = recorded.page("after", first.last, text="b")

    assert (shown(first), first.first, first.last) == ([(2, "1b")], 1, 2)
    assert (shown(second), second.first, second.last) == ([(4, "2b")], 3, 4)
    backwards = recorded.page(line=9, text="a")
    assert (shown(backwards), backwards.first, backwards.last) == ([(7, "4a")], 7, 8)


def test_chunks_without_such_lines_are_not_read(recorded, monkeypatch):
    for number in range(50):
        recorded.say(*messages(f"line {number}"))
    recorded.say(event.Message(level="error", text="bad"))
    recorded.say(*messages("good"))
    read = []
    chunk_of_lines = events.chunk_of_lines
    monkeypatch.setattr(
        events, "chunk_of_lines", lambda *a, **k: read.append(found := chunk_of_lines(*a, **k)) or found
    )

    assert shown(recorded.page(kinds=log_lines.kinds(at_least="error"))) == [(51, "bad")]
    assert len([chunk for chunk in read if chunk]) == 1


def test_cells_have_their_headings_however_far_the_notebook_is_behind(recorded):
    cells = [{"index": 0, "id": "a", "cell_type": "code", "source": "\nimport pandas\n", "tags": []}]
    recorded.say(event.NotebookStarted(cells=cells))
    recorded.say(*messages("one"))
    recorded.say(event.CellStarted(index=0))
    recorded.say(event.CellFinished(index=0, status="ok", seconds=0.5))

    assert shown(recorded.page()) == [(1, "one"), (2, "Cell 1: import pandas"), (3, "Cell 1 ok after 0.500 s")]


def test_a_new_attempt_begins_with_a_line_of_its_own(recorded):
    recorded.say(out("cut o"), *messages("one"))
    recorded.say(*messages("two"), attempt=2)

    assert shown(recorded.page()) == [(1, "one"), (2, "cut o"), (3, "Attempt 2"), (4, "two")]


def random_events(chance, count):
    """Whatever makes lines, in pieces that end anywhere."""
    cells = [{"index": index, "id": str(index), "cell_type": "code", "source": f"cell {index}"} for index in range(3)]
    made = [event.NotebookStarted(cells=cells)]
    for _ in range(count):
        text = "".join(chance.choice(["word ", "\n", "\r", "\r\n", "ä", "\x1b[1m", '"\\']) for _ in range(4))
        made.append(
            chance.choice(
                [
                    out(text),
                    out(text, "stderr"),
                    event.Message(text=text),
                    event.Message(text="plain", level="error"),
                    event.Progress(current=1, total=2, text="half"),
                    event.CellStarted(index=1),
                    event.CellOutput(index=1, output={"output_type": "stream", "name": "stdout", "text": text}),
                    event.CellOutput(index=1, output={"output_type": "display_data", "data": {"text/plain": text}}),
                    event.CellFinished(index=1, status="ok", seconds=1),
                    event.Facts(facts={"a": 1}),
                    event.OutputPublished(name="x", kind="value", value=1),
                ]
            )
        )
    return [*made, SUCCEEDED]


@pytest.mark.parametrize(
    ("recorded", "seed"), [*(("sqlite", seed) for seed in range(4)), ("postgresql", 4)], indirect=["recorded"]
)
def test_pages_are_the_lines_of_the_whole_text_however_events_were_recorded_and_compacted(recorded, seed, monkeypatch):
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    left = random_events(chance, 300)
    while left:
        size = chance.randint(1, 20)
        recorded.say(*left[:size])
        left = left[size:]
    text = recorded.text()

    def check():
        assert recorded.text() == text
        for _ in range(10):
            line = chance.randint(1, len(text) + 1)
            before = recorded.page("before", line, limit=7)
            after = recorded.page("after", line, limit=7)
            assert [log_text.text_of(each.line) for each in before.lines] == text[max(0, line - 8) : line - 1]
            assert [log_text.text_of(each.line) for each in after.lines] == text[line : line + 7]
            assert before.line_count == after.line_count == len(text)

    check()
    monkeypatch.setattr(compaction, "CHUNK_BYTES", 4000)
    before = recorded.chunk_count()
    while compaction.compact_piece(recorded.database):
        check()
    assert recorded.chunk_count() < before


def test_events_are_the_same_while_a_run_is_compacted(recorded, monkeypatch):
    for number in range(200):
        recorded.say(*messages(f"{number}a", f"{number}b"))
    recorded.say(SUCCEEDED)
    monkeypatch.setattr(compaction, "CHUNK_BYTES", 10_000)
    with recorded.database.read() as connection:
        whole = events.read(connection, recorded.id, after=0, limit=1000)

    while compaction.compact_piece(recorded.database):
        with recorded.database.read() as connection:
            assert events.read(connection, recorded.id, after=0, limit=1000) == whole
            assert events.read(connection, recorded.id, after=123, limit=10) == whole[123:133]

    assert recorded.chunk_count() < 10
    with recorded.database.read() as connection:
        sizes = connection.execute(select(tables.event_chunk.c.first_seq, tables.event_chunk.c.last_seq)).all()
    assert all(above.last_seq + 1 == below.first_seq for above, below in pairwise(sorted(sizes)))


def test_who_reads_everything_gets_each_event_once_while_the_run_is_compacted(recorded):
    for number in range(20):
        recorded.say(*messages(f"{number}"))
    recorded.say(SUCCEEDED)
    reading = log_pages.all_events(recorded.database, recorded.id)
    found = [next(reading)["seq"] for _ in range(5)]

    recorded.compact()

    assert [*found, *(each["seq"] for each in reading)] == list(range(1, 22))


def test_a_page_is_right_when_the_chunks_before_it_are_joined_to_it_while_it_is_read(recorded, monkeypatch):
    recorded.say(*messages("one"))
    recorded.say(out("carr"))
    recorded.say(out("ied\n"))
    recorded.say(SUCCEEDED)
    chunk_of_lines = events.chunk_of_lines

    def read_and_compact(*arguments, **options):
        found = chunk_of_lines(*arguments, **options)
        recorded.compact()
        return found

    monkeypatch.setattr(events, "chunk_of_lines", read_and_compact)

    assert shown(recorded.page()) == [(1, "one"), (2, "carried"), (3, "succeeded")]


def test_a_running_run_is_not_compacted(recorded):
    recorded.say(*messages("one"))
    recorded.say(*messages("two"))

    recorded.compact()

    assert recorded.chunk_count() == 2


def test_attempts_stay_in_chunks_of_their_own(recorded):
    recorded.say(*messages("one"))
    recorded.say(*messages("two"))
    recorded.say(*messages("three"), attempt=2)
    recorded.say(SUCCEEDED, attempt=2)

    recorded.compact()

    with recorded.database.read() as connection:
        rows = connection.execute(select(tables.event_chunk.c.attempt, tables.event_chunk.c.last_seq)).all()
    assert sorted(rows) == [(1, 2), (2, 4)]


def test_a_compaction_that_is_killed_in_the_middle_is_finished_by_the_next(recorded, monkeypatch):
    for number in range(20):
        recorded.say(*messages(f"{number}" * 100))
    recorded.say(SUCCEEDED)
    monkeypatch.setattr(compaction, "CHUNK_BYTES", 2000)
    compaction.compact_piece(recorded.database)
    text = recorded.text()

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(events, "append", die)
        with pytest.raises(Killed):
            compaction.compact_piece(recorded.database)

    assert recorded.text() == text
    recorded.compact()
    assert recorded.text() == text
    with recorded.database.read() as connection:
        assert compactions.first(connection) is None


def test_of_two_that_compact_the_same_piece_one_gives_way(recorded, monkeypatch):
    for number in range(5):
        recorded.say(*messages(f"{number}"))
    recorded.say(SUCCEEDED)
    text = recorded.text()
    join = compaction.chunks.join

    def be_overtaken(piece):
        monkeypatch.setattr(compaction.chunks, "join", join)
        assert compaction.compact_piece(recorded.database)
        return join(piece)

    monkeypatch.setattr(compaction.chunks, "join", be_overtaken)
    recorded.compact()

    assert recorded.text() == text
    assert recorded.chunk_count() == 1


def test_what_an_older_version_stored_has_its_lines_before_and_after_it_is_compacted(recorded):
    recorded.say(out("one\ntw"))
    recorded.say(out("o\n"), *messages("three"))
    recorded.say(SUCCEEDED)
    with recorded.database.write() as connection:
        nothing = dict.fromkeys(("lines_before", "line_count", "line_kinds", "carried", "outline"))
        connection.execute(update(tables.event_chunk).values(nothing))
    expected = [(1, "one"), (2, "two"), (3, "three"), (4, "succeeded")]

    assert shown(recorded.page()) == expected
    assert shown(recorded.page("after", 1, limit=2)) == expected[1:3]
    recorded.compact()

    assert shown(recorded.page()) == expected
    assert recorded.page().line_count == 4


def test_the_outline_is_what_a_run_did_without_what_it_said(recorded, monkeypatch):
    monkeypatch.setattr(chunks, "MOST_MESSAGES", 0)
    picture = event.CellOutput(index=0, output={"output_type": "display_data", "data": {"image/png": "A" * 100_000}})
    printed = event.CellOutput(index=0, output={"output_type": "stream", "name": "stdout", "text": "x"})
    recorded.say(event.NotebookStarted(cells=[]), *messages("one"), event.CellStarted(index=0))
    recorded.say(out("text"), *messages("two"))
    recorded.say(event.Progress(current=1), event.Progress(current=2), event.Progress(current=1, id="b"), printed)
    recorded.say(picture, *messages("three"))
    recorded.say(event.OutputPublished(name="x", kind="value", value=1), SUCCEEDED)

    def outline(**bounds):
        return [(each["seq"], each["type"]) for each in outlines.read(recorded.database, recorded.id, **bounds)]

    expected = [
        (1, "notebook"),
        (3, "cell_started"),
        (7, "progress"),
        (8, "progress"),
        (10, "cell_output"),
        (12, "output"),
        (13, "status"),
    ]
    assert outline() == expected
    assert outline(after=7, up_to=12) == expected[3:6]
    monkeypatch.setattr(outlines, "CHUNKS_PER_READ", 1)
    assert outline() == expected
    recorded.compact()
    assert outline() == expected


@pytest.mark.parametrize(("most", "outlined"), [(3, ["first", "second", "last"]), (2, [])])
def test_messages_are_in_the_outline_where_they_are_few_among_what_was_printed(recorded, monkeypatch, most, outlined):
    monkeypatch.setattr(chunks, "MOST_MESSAGES", most)
    recorded.say(*messages("first"), *[out("text\n")] * 400, *messages("second\nof two lines"))
    recorded.say(*[out("text\n")] * 400, *messages("last"), SUCCEEDED)

    def texts():
        found = outlines.read(recorded.database, recorded.id)
        return [each["text"].split("\n")[0] for each in found if each["type"] == "message"]

    expected_before = ["first", "second", "last"]
    assert texts() == expected_before
    recorded.compact()
    assert texts() == outlined


def test_a_damaged_line_is_no_event(recorded):
    good = event.encode(event.to_wire(event.Message(text="x"), seq=1, attempt=1, at=AT))
    damaged = [
        good.replace(b'"x"', b'"\xff"'),
        good.replace(b'"x"', b'"\\q"'),
        good.replace(b'"x"', b"NaN"),
        good.replace(b'"x"', b'"x'),
        good.replace(b'"x"', b"5"),
        good.replace(b"info", b"worse"),
        good.replace(b'"seq":1', b'"seq":true'),
        good.replace(b"\n", b"}\n"),
        good.replace(b'"seq":1', b'"seq":01'),
        b"[]\n",
        b"\n",
    ]
    for line in damaged:
        recorded.journal.write_bytes(line)
        with pytest.raises(recorder.CorruptJournal):
            recorded.record()
    assert recorded.chunk_count() == 0


def test_lines_of_a_journal_that_repeat_or_go_back_are_left_out(recorded):
    lines = [
        event.encode(event.to_wire(event.Message(text=str(seq)), seq=seq, attempt=1, at=AT + timedelta(seconds=place)))
        for place, seq in enumerate((1, 2, 2, 1, 3))
    ]
    recorded.journal.write_bytes(b"".join(lines))
    recorded.record()

    with recorded.database.read() as connection:
        found = events.read(connection, recorded.id, after=0, limit=10)
    assert [(each["seq"], each["text"]) for each in found] == [(1, "1"), (2, "2"), (3, "3")]


def test_runs_without_events_have_an_empty_log(recorded):
    page = recorded.page()

    assert (page.lines, page.first, page.last, page.line_count) == ([], 1, 0, 0)


def test_a_worker_compacts_the_runs_that_have_ended(serve, monkeypatch):
    monkeypatch.setattr(compaction, "IDLE_SECONDS", 0.01)
    script = "import sys, time\nfor number in range(10):\n    print(number, flush=True)\n    time.sleep(0.02)\n"
    server = serve(files={"talks.py": script})

    run = server.run("TALKS")
    database = server.application.database

    def is_compacted(_):
        with database.read() as connection:
            return compactions.first(connection) is None

    server.wait(run.id, is_compacted)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.event_chunk)) == 1
    assert [line.split()[-1] for line in server.service.log_lines(run.id)] == [*map(str, range(10)), "succeeded"]


def test_each_run_gets_a_bounded_turn_however_much_another_says(serve):
    server = serve(files={"a.py": "", "b.py": ""}, worker=False)
    worker = server.application.worker()
    flooding, quiet = server.submit("A"), server.submit("B")
    database = server.application.database
    with database.write() as connection:
        connection.execute(update(tables.run).values(status=RunStatus.RUNNING, attempt=1, worker_id=worker.id))
    for run, count in ((flooding, 100_000), (quiet, 10)):
        directory = server.service.run_directory(run.id)
        directory.mkdir(parents=True)
        lines = [
            event.encode(event.to_wire(event.Message(text="x" * 20), seq=seq, attempt=1, at=AT))
            for seq in range(1, count + 1)
        ]
        (directory / recorder.JOURNAL_NAME).write_bytes(b"".join(lines))
        process = RunnerProcess(pid=os.getpid(), created_at=0.0)
        active = ActiveRun(run=server.service.run(run.id), process=process, definition={})
        worker._active[run.id] = active

    assert worker._record_all(), "there is more of the flood"

    recorded = server.service.run(flooding.id)
    assert 0 < recorded.journal_offset <= recorder.MAX_BYTES_PER_TURN
    assert recorded.recorded_seq < 20_000
    assert server.service.run(quiet.id).recorded_seq == 10
    worker._active.clear()
