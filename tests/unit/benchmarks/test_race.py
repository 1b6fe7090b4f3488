from benchmarks import race
from benchmarks.race import Contestant


def scripted(*answers):
    """A turn that gives one answer after another."""
    remaining = list(answers)

    def turn():
        answer = remaining.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"end": answer}

    return turn


def test_contestants_take_turns_within_each_round():
    order = []

    def turn(name):
        def take():
            order.append(name)
            return {"end": 1.0}

        return take

    race.run([Contestant(name=name, turn=turn(name)) for name in "ab"], rounds=2)

    assert order == ["a", "b"] * 3


def test_the_first_round_does_not_count():
    results = race.run([Contestant(name="a", turn=scripted(9.0, 1.0, 2.0))], rounds=2)

    assert results.seconds("a", "end") == [1.0, 2.0]


def test_the_quick_have_more_turns():
    results = race.run([Contestant(name="a", turn=scripted(9.0, 1.0, 2.0, 3.0, 4.0), turns_in_a_round=2)], rounds=2)

    assert results.seconds("a", "end") == [1.0, 2.0, 3.0, 4.0]


def test_who_fails_is_out_and_the_others_go_on():
    failing = Contestant(name="a", turn=scripted(9.0, 1.0, RuntimeError("broken\n  pipe")))
    results = race.run([failing, Contestant(name="b", turn=scripted(9.0, 1.0, 2.0, 3.0))], rounds=3)

    assert results.errors == {"a": "RuntimeError: broken pipe"}
    assert results.seconds("a", "end") == [1.0]
    assert results.seconds("b", "end") == [1.0, 2.0, 3.0]


def test_of_what_was_never_measured_there_are_no_seconds():
    assert race.Results().seconds("a", "end") == []
