import pytest

from taskdeck.configuration import names
from taskdeck.configuration.failure import Kind, UpdateFailed


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../evil",
        "a/../../evil",
        "C:/evil",
        "a\\..\\evil",
        "a\0b",
        "a\nb",
        "con",
        "a/NUL.txt",
        "a/COM1",
        "trailing.",
        "trailing /x",
        "what?",
        "x" * 256,
        "a/" * 50 + "b",
        "half \udcff",
    ],
)
def test_a_name_that_means_something_else_somewhere_is_refused(name: str) -> None:
    with pytest.raises(UpdateFailed) as refused:
        names.checked(name)
    assert refused.value.kind is Kind.UNSAFE


@pytest.mark.parametrize("name", ["a", "a/b.txt", "./a", "Sample Task.py", "données/été.py", ".gitignore", "console"])
def test_usual_names_are_taken(name: str) -> None:
    assert names.checked(name).as_posix() == name.removeprefix("./")


@pytest.mark.parametrize(
    ("first", "second"),
    [("a.py", "A.PY"), ("dir/a", "DIR/b"), ("a", "a"), ("a", "a/b"), ("a/b", "a"), ("e\u0301", "é")],
)
def test_no_two_names_are_one_file_where_case_does_not_matter(first: str, second: str) -> None:
    known = names.Names()
    known.file(first)

    with pytest.raises(UpdateFailed):
        known.file(second)


def test_files_of_one_directory_are_no_collision() -> None:
    known = names.Names()
    known.directory("dir")
    known.file("dir/a")
    known.directory("dir")
    known.file("dir/b")
