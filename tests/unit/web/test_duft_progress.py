from hypothesis import given
from hypothesis import strategies as st

from taskdeck.web import duft_progress
from taskdeck.web.duft_progress import Progress


def test_a_run_begins_once():
    progress = Progress(up_to=7)

    assert [progress.begin(run_id) for run_id in (7, 8, 8)] == [False, True, False]
    progress.end(8)
    assert not progress.begin(8)


def test_a_run_that_was_overtaken_begins_later():
    progress = Progress(up_to=7)
    progress.begin(9)
    progress.end(9)

    assert progress.begin(8)


def test_the_id_names_all_that_is_open():
    progress = Progress(up_to=7)
    for run_id in (8, 9, 11):
        progress.begin(run_id)
    progress.reach(8, 120)
    progress.reach(9, 0)

    assert progress.text() == "11;8.120;9.0;11;10"


def test_who_comes_first_has_missed_what_began_before_and_not_what_is_queued():
    assert duft_progress.from_now_on(10, {8, 10}) == Progress(up_to=9, waiting={8})
    assert duft_progress.from_now_on(0, set()) == Progress()


def test_what_is_no_id_is_none():
    for text in ("", "x", "7;", "7;8.", "7;8.1.2", "-1", "7" * 16, ";".join(["7"] * 5000), "٧", "7\n"):
        assert duft_progress.parse(text) is None


STEPS = st.lists(st.tuples(st.sampled_from(["begin", "say", "end"]), st.integers(1, 30)), max_size=60)


@given(STEPS, st.integers(0, 60))
def test_who_comes_back_with_an_id_knows_what_it_knew(steps, cut):
    """Whatever happened before and after, going on from the text is as if there had been no break."""
    unbroken = Progress()
    resumed = Progress()
    for number, (what, run_id) in enumerate(steps):
        if number == cut:
            # Of more, an id names the first ones only: it does not know of the others any more.
            all_were_told = len(unbroken.waiting) <= 20
            resumed = duft_progress.parse(unbroken.text())
            # What was begun and not told of yet is to come once more.
            resumed.waiting -= {id_ for id_, seq in unbroken.open.items() if seq < 0}
            resumed.open |= {id_: seq for id_, seq in unbroken.open.items() if seq < 0}
        for progress in (unbroken, resumed) if number >= cut else (unbroken,):
            if what == "begin":
                progress.begin(run_id)
            elif what == "say":
                progress.reach(run_id, number + 1)
            else:
                progress.end(run_id)
    if cut < len(steps):
        assert resumed.up_to == unbroken.up_to
        assert resumed.open.items() <= unbroken.open.items()
        assert resumed.waiting <= unbroken.waiting
        if all_were_told:
            assert (resumed.open, resumed.waiting) == (unbroken.open, unbroken.waiting)
