from hypothesis import given
from hypothesis import strategies as st

from taskdeck.web import duft_progress
from taskdeck.web.duft_progress import MAX_OPEN, Progress


def test_the_id_names_all_that_is_open():
    progress = Progress(departure=7)
    for run_id, departure in ((12, 8), (9, 9), (11, None)):
        progress.begin(run_id, departure)
    progress.reach(12, 120)
    progress.end(9)

    assert progress.text() == "9,12.120,11.0"


def test_the_longest_id_is_understood_and_short_enough_for_a_header():
    longest = 10**15 - 1
    progress = Progress(departure=longest, open={longest - number: longest for number in range(MAX_OPEN)})

    assert progress.is_full
    assert len(progress.text()) < 4000
    assert duft_progress.parse(progress.text()) == progress


def test_what_is_no_id_is_none():
    too_many = ",".join(["7", *["8.1"] * (MAX_OPEN + 1)])
    # The last is one of those that an older version gave.
    for text in ("", "x", "7,", "7,8", "7,8.", "7,8.1.2", "-1", "7" * 16, too_many, "٧", "7\n", "7;8.1"):
        assert duft_progress.parse(text) is None


STEPS = st.lists(st.tuples(st.sampled_from(["begin", "say", "end"]), st.integers(1, 300)), max_size=200)


@given(STEPS, st.data())
def test_who_comes_back_with_an_id_knows_what_it_knew(steps, data):
    """Whatever happened before and after, going on from the text is as if there had been no break."""
    cut = data.draw(st.integers(0, len(steps)))
    unbroken = Progress()
    for number, step in enumerate(steps[:cut]):
        _take(unbroken, step, number)
    resumed = duft_progress.parse(unbroken.text())

    assert resumed == unbroken
    for number, step in enumerate(steps[cut:]):
        _take(unbroken, step, number)
        _take(resumed, step, number)
    assert resumed == unbroken


def _take(progress, step, number):
    what, run_id = step
    if what == "begin" and not progress.is_full:
        # Runs leave the queue in any order of their numbers.
        progress.begin(run_id, progress.departure + 1)
    elif what == "say":
        progress.reach(run_id, number + 1)
    else:
        progress.end(run_id)
