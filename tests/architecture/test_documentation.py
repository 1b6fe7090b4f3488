import re
from pathlib import Path

import click
import pytest

from taskdeck.cli import main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def documented(name):
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_for_operators():
    source = (ROOT / "server/taskdeck/settings.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'"(TASKDECK_[A-Z_]+)"', source))

    assert settings
    assert {name for name in settings if f"`{name}`" not in documented("operator.md")} == set()


def commands(group=main, prefix=""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_and_option_explains_itself(name, command):
    assert command.help, f"taskdeck {name} has no help"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"taskdeck {name} {parameter.opts} has no help"


def test_every_command_is_documented():
    everything = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *DOCS.glob("*.md")])

    assert [name for name, _ in commands() if f"taskdeck {name}" not in everything] == []


@pytest.mark.parametrize("page", [*sorted(path.name for path in DOCS.glob("*.md")), "../README.md"])
def test_links_and_pictures_of_the_documentation_exist(page):
    text = documented(page)
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]

    assert [target for target in local if not (DOCS / page).parent.joinpath(target).exists()] == []


def test_every_picture_is_shown_somewhere():
    everything = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *DOCS.glob("*.md")])

    assert [path.name for path in (DOCS / "images").iterdir() if f"images/{path.name}" not in everything] == []
