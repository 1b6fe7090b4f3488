"""What is installed in a Python, read quickly."""

import sys
from importlib import metadata

import pytest

from taskdeck.runner import installed


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path / "first"), str(tmp_path / "second"), str(tmp_path / "gone")])
    return tmp_path


def install(directory, entry, text, *, file="METADATA"):
    (directory / entry).mkdir(parents=True)
    (directory / entry / file).write_text(text, encoding="utf-8")


def packages():
    return installed.of_this_python()["packages"]


def test_it_finds_what_the_standard_library_finds():
    wanted = {(each.metadata["Name"], each.version) for each in metadata.distributions()}

    assert wanted
    assert set(packages()) == wanted


def test_the_first_on_the_path_counts_under_whatever_spelling(directory):
    install(directory / "first", "ruamel_yaml-2.dist-info", "Metadata-Version: 2.4\nName: ruamel.yaml\nVersion: 2\n")
    install(directory / "second", "Ruamel.YAML-1.dist-info", "Metadata-Version: 2.4\nName: Ruamel.YAML\nVersion: 1\n")

    assert packages() == [("ruamel.yaml", "2")]


def test_older_kinds_and_broken_metadata_are_told_by_what_there_is(directory):
    install(directory / "first", "old-1.egg-info", "Name: old\nVersion: 1.0\n", file="PKG-INFO")
    (directory / "first" / "older-0.1-py3.11.egg-info").write_text("Name: older\nVersion: 0.1\n")
    install(directory / "first", "half-3.dist-info", "")
    (directory / "first" / "torn-4.dist-info").mkdir()
    (directory / "first" / "module.py").write_text("")

    assert packages() == [("half", "3"), ("old", "1.0"), ("older", "0.1"), ("torn", "4")]


def test_a_description_that_speaks_of_versions_is_not_taken_for_one(directory):
    text = "Metadata-Version: 2.4\nName: told\nVersion: 1\n\nVersion: 99 is out\nName: other\n"
    install(directory / "first", "told-1.dist-info", text)

    assert packages() == [("told", "1")]
