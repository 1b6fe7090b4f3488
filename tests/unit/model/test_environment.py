import json

import pytest

from taskdeck.model.environment import MAX_CHARACTERS, MAX_PACKAGES, Environment, Package, normalized


def environment(*packages, **facts):
    values = {"path": "/venv", "python_version": "3.13.1", "implementation": "cpython", "platform": "Linux", **facts}
    return Environment.bounded(packages, **values)


def test_equal_environments_are_the_same_text_and_are_read_back():
    made = environment(("pandas", "3.0.1"), name="reports")

    assert made.to_json() == environment(("pandas", "3.0.1"), name="reports").to_json()
    assert Environment.from_json(made.to_json()) == made
    assert made.packages == (Package(name="pandas", version="3.0.1"),)


def test_an_environment_is_bounded_however_much_is_installed():
    made = environment(*((f"p{number}", "1" * 1000) for number in range(MAX_PACKAGES + 3)))

    assert (len(made.packages), made.packages_left_out) == (MAX_PACKAGES, 3)
    assert len(made.packages[0].version) == MAX_CHARACTERS
    assert Environment.from_json(made.to_json()) == made


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"packages": 1}', '{"packages": [], "packages_left_out": "x"}'])
def test_anything_else_is_no_environment(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of them
        Environment.from_json(text)


def test_a_version_that_is_no_text_is_no_environment():
    values = json.loads(environment(("pandas", "3.0.1")).to_json())
    values["packages"][0]["version"] = None

    with pytest.raises(ValueError, match="no environment"):
        Environment.from_json(json.dumps(values))


def test_spellings_of_a_name_are_one():
    assert normalized("Ruamel.YAML") == normalized("ruamel_yaml") == "ruamel-yaml"
