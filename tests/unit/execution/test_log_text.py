from taskdeck.execution import log_text

AT = "2026-11-21T10:00:00.000Z"


def lines(*events):
    return list(log_text.lines({"seq": 1, "attempt": 1, "at": AT, **event} for event in events))


def stream(text, name="stdout"):
    return {"type": "stream", "name": name, "text": text}


def test_parts_of_a_line_are_joined_until_it_ends():
    assert lines(stream("one "), stream("line\ntwo"), stream(" halves\n")) == [
        f"{AT} STDOUT  one line",
        f"{AT} STDOUT  two halves",
    ]


def test_a_line_without_end_is_not_lost():
    assert lines(stream("no newline")) == [f"{AT} STDOUT  no newline"]


def test_two_streams_do_not_mix_within_a_line():
    assert lines(stream("a"), stream("b\n", "stderr"), stream("c\n")) == [f"{AT} STDERR  b", f"{AT} STDOUT  ac"]


def test_of_a_line_that_was_rewritten_the_last_state_stays():
    assert lines(stream("10 %\r50 %\r100 %\n")) == [f"{AT} STDOUT  100 %"]


def test_windows_line_ends_and_colours_are_no_content():
    assert lines(stream("\x1b[31mred\x1b[0m\r\n")) == [f"{AT} STDOUT  red"]


def test_a_message_of_many_lines_has_its_time_on_each():
    message = {"type": "message", "level": "error", "text": "first\nsecond"}

    assert lines(message) == [f"{AT} ERROR   first", f"{AT} ERROR   second"]


def test_cells_tell_their_outputs_as_text():
    output = {"output_type": "execute_result", "data": {"text/plain": "42", "text/html": "<b>42</b>"}}
    picture = {"output_type": "display_data", "data": {"image/png": "aGVsbG8="}}

    assert lines(
        {"type": "cell_started", "index": 0},
        {"type": "cell_output", "index": 0, "output": output},
        {"type": "cell_output", "index": 0, "output": picture},
        {"type": "cell_finished", "index": 0, "status": "ok", "seconds": 1.5},
    ) == [
        f"{AT} CELL    Cell 1",
        f"{AT} CELL    42",
        f"{AT} CELL    (image/png)",
        f"{AT} CELL    Cell 1 ok after 1.500 s",
    ]


def test_code_cells_are_numbered_as_in_reasons_and_on_the_screen():
    cells = [{"index": 0, "cell_type": "markdown"}, {"index": 1, "cell_type": "code", "source": "\nimport pandas\n"}]

    assert lines(
        {"type": "notebook", "cells": cells},
        {"type": "cell_started", "index": 1},
        {"type": "cell_finished", "index": 1, "status": "ok", "seconds": 1.5},
    ) == [f"{AT} CELL    Cell 1: import pandas", f"{AT} CELL    Cell 1 ok after 1.500 s"]


def test_events_that_only_programs_need_leave_no_line():
    assert lines({"type": "notebook", "cells": []}, {"type": "facts", "facts": {}}, {"type": "unheard_of"}) == []
