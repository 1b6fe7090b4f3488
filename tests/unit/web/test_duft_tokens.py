import base64
import json

import pytest

from taskdeck.web import duft_users
from taskdeck.web.duft_tokens import ACCESS_SECONDS, Kind, TokenExpired, Tokens
from taskdeck.web.duft_users import Users


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tokens(tmp_path, clock):
    duft_users.write(tmp_path / "users", "ada", "secret")
    users = Users((), tmp_path / "users")
    return Tokens(secret=b"k" * 32, users=users, server_token="the token", clock=clock)


def test_a_token_is_of_whom_it_was_issued_to(tokens):
    assert tokens.owner(tokens.issue(Kind.ACCESS, "ada"), Kind.ACCESS) == "ada"


def test_a_token_is_a_json_web_token(tokens, clock):
    header, payload, signature = tokens.issue(Kind.ACCESS, "ada").split(".")

    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "HS256", "typ": "JWT"}
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert (claims["token_type"], claims["user_id"], claims["exp"]) == ("access", "ada", clock.now + ACCESS_SECONDS)
    assert len(base64.urlsafe_b64decode(signature + "==")) == 32


@pytest.mark.parametrize("kind", list(Kind))
def test_a_token_of_one_kind_is_none_of_another(tokens, kind):
    token = tokens.issue(kind, "ada")

    assert [other for other in Kind if tokens.owner(token, other)] == [kind]


def test_an_expired_token_is_told_from_a_false_one(tokens, clock):
    token = tokens.issue(Kind.ACCESS, "ada")
    clock.now += ACCESS_SECONDS

    with pytest.raises(TokenExpired):
        tokens.owner(token, Kind.ACCESS)


def encoded(claims):
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


def test_nothing_in_a_token_decides_how_it_is_checked(tokens, clock):
    header, payload, signature = tokens.issue(Kind.ACCESS, "ada").split(".")
    claims = {**json.loads(base64.urlsafe_b64decode(payload + "==")), "user_id": "taskdeck"}
    false = [
        f"{encoded({'alg': 'none'})}.{payload}.",
        f"{encoded({'alg': 'none'})}.{payload}.{signature}",
        f"{header}.{encoded(claims)}.{signature}",
        f"{header}.{payload}",
        f"{header}.{payload}.{signature}x",
        "",
        "..",
        "\udc80",
        "x" * 100_000,
    ]

    assert [tokens.owner(token, Kind.ACCESS) for token in false] == [None] * len(false)


def test_a_token_of_another_server_is_false(tokens):
    other = Tokens(secret=b"j" * 32, users=tokens.users, server_token="the token")

    assert tokens.owner(other.issue(Kind.ACCESS, "ada"), Kind.ACCESS) is None


@pytest.mark.parametrize("password", ["secret", "another"])
def test_a_new_password_ends_the_tokens_of_the_old_one(tokens, tmp_path, password):
    token = tokens.issue(Kind.ACCESS, "ada")
    duft_users.write(tmp_path / "users", "ada", password)

    with pytest.raises(TokenExpired):
        tokens.owner(token, Kind.ACCESS)


def test_a_user_that_is_gone_has_no_tokens(tokens, tmp_path):
    token = tokens.issue(Kind.ACCESS, "ada")
    (tmp_path / "users").unlink()

    with pytest.raises(TokenExpired):
        tokens.owner(token, Kind.ACCESS)
