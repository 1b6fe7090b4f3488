from pathlib import Path

import pytest

from taskdeck.settings import InvalidSetting, from_environment


def test_everything_has_a_default_below_the_project():
    settings = from_environment(Path("/p"), {})

    assert settings.state_directory == Path("/p/.taskdeck")
    assert settings.database_url == "sqlite:////p/.taskdeck/taskdeck.db"
    assert (settings.host, settings.port, settings.token) == ("127.0.0.1", 8000, None)
    assert settings.max_parallel_runs >= 1


def test_variables_override_the_defaults():
    settings = from_environment(
        Path("/p"),
        {
            "TASKDECK_STATE_DIR": "/state",
            "TASKDECK_PORT": "9000",
            "TASKDECK_ALLOWED_HOSTS": "a.example, b.example,",
            "TASKDECK_MAX_PARALLEL_RUNS": "3",
        },
    )

    assert settings.state_directory == Path("/state")
    assert settings.port == 9000
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.max_parallel_runs == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TASKDECK_PORT", "http"),
        ("TASKDECK_PORT", "65536"),
        ("TASKDECK_MAX_PARALLEL_RUNS", "0"),
        ("TASKDECK_CANCEL_TIMEOUT", "-1"),
        ("TASKDECK_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name, value):
    with pytest.raises(InvalidSetting, match=f"{name} must be .*found '{value}'"):
        from_environment(Path("/p"), {name: value})
