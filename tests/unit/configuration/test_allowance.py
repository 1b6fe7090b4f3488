import pytest

from taskdeck.configuration import allowance

TEAM = "https://git.example.org/team/*"
ONE = "https://git.example.org/other/project.git"


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.org/team/a",
        "https://git.example.org/team/a.git",
        "https://GIT.example.org/team/deep/a/",
        "https://git.example.org/other/project",
        "https://git.example.org/other/project.git/",
    ],
)
def test_repositories_on_the_list_are_allowed(url: str) -> None:
    found = allowance.allowed(url, [TEAM, ONE])

    assert found is not None
    assert found.host == "git.example.org"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://git.example.org/team",
        "https://git.example.org/team/../other/secret",
        "https://git.example.org/team/%2e%2e/other/secret",
        "https://git.example.org/team//a",
        "https://git.example.org/team/-upload",
        "https://git.example.org/teams/a",
        "https://git.example.org.evil.org/team/a",
        "https://git.example.org:8443/team/a",
        "https://git.example.org@evil.org/team/a",
        "https://user:password@git.example.org/team/a",
        "https://git.example.org/team/a?x=1",
        "https://git.example.org/team/a#x",
        "https://git.example.org/team/a b",
        "http://git.example.org/team/a",
        "ssh://git.example.org/team/a",
        "git@git.example.org:team/a",
        "ext::sh -c evil",
        "file:///etc",
        "/etc",
        "--upload-pack=evil",
        "ssh://-oProxyCommand=evil/team/a",
        "https://[::1/team/a",
    ],
)
def test_all_others_are_not(url: str) -> None:
    assert allowance.allowed(url, [TEAM, ONE]) is None


def test_all_of_a_host_may_be_allowed() -> None:
    assert allowance.allowed("https://git.example.org/a", ["https://git.example.org/*"]) is not None
    assert allowance.allowed("https://git.example.com/a", ["https://git.example.org/*"]) is None


def test_an_empty_list_allows_nothing() -> None:
    assert allowance.allowed("https://git.example.org/team/a", []) is None


def test_the_operators_password_is_used_and_never_shown() -> None:
    found = allowance.allowed("https://git.example.org/team/a", ["https://bot:s3cret@git.example.org/team/*"])

    assert found is not None
    assert found.url == "https://bot:s3cret@git.example.org/team/a"
    assert found.shown == "https://git.example.org/team/a"


def test_the_short_form_of_ssh_is_the_same_address() -> None:
    found = allowance.allowed("git@git.example.org:team/a.git", ["ssh://git@git.example.org/team/*"])

    assert found is not None
    assert found.url == "ssh://git@git.example.org/team/a.git"


def test_local_repositories_have_to_be_named() -> None:
    assert allowance.allowed("file:///srv/git/a.git", ["file:///srv/git/*"]) is not None
    assert allowance.allowed("file:///srv/other", ["file:///srv/git/*"]) is None
