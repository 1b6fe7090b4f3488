import pytest

from taskdeck.web import duft_users
from taskdeck.web.duft_users import InvalidUser, UnusableUsersFile, Users


def test_the_right_password_is_known_and_no_other(tmp_path):
    duft_users.write(tmp_path / "users", "ada", "pässword")
    users = Users((), tmp_path / "users")

    assert users.knows("ada", "pässword")
    assert not users.knows("ada", "password")
    assert not users.knows("ada", "")
    assert not users.knows("grace", "pässword")
    assert not users.knows("ada", "x" * 100_000)


def test_users_of_the_setting_are_known_those_of_the_file_go_before_them(tmp_path):
    setting = [f"ada:{duft_users.hashed('of setting')}", f"grace:{duft_users.hashed('of setting')}"]
    duft_users.write(tmp_path / "users", "ada", "of file")
    users = Users(setting, tmp_path / "users")

    assert users.knows("grace", "of setting")
    assert users.knows("ada", "of file")
    assert not users.knows("ada", "of setting")


def test_a_hash_as_django_stores_it_is_taken(tmp_path):
    users = Users([f"ada:argon2{duft_users.hashed('from DUFT')}"], tmp_path / "users")

    assert users.knows("ada", "from DUFT")


def test_a_changed_file_is_read_again(tmp_path):
    users = Users((), tmp_path / "users")
    assert not users.knows("ada", "secret")
    duft_users.write(tmp_path / "users", "ada", "secret")
    assert users.knows("ada", "secret")


def test_writing_keeps_the_others(tmp_path):
    for name in ("ada", "grace", "ada"):
        duft_users.write(tmp_path / "users", name, f"of {name}")

    users = Users((), tmp_path / "users")
    assert users.knows("ada", "of ada")
    assert users.knows("grace", "of grace")
    assert [path.name for path in tmp_path.iterdir()] == ["users"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604])
def test_a_file_that_others_may_read_or_write_is_refused(tmp_path, mode):
    duft_users.write(tmp_path / "users", "ada", "secret")
    (tmp_path / "users").chmod(mode)

    with pytest.raises(UnusableUsersFile, match="chmod 600"):
        Users((), tmp_path / "users")


def test_a_password_in_clear_is_refused_and_not_quoted(tmp_path):
    with pytest.raises(InvalidUser, match="'ada' is not an argon2id hash") as raised:
        Users(["ada:my-password"], tmp_path / "users")
    assert "my-password" not in str(raised.value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "#a", "x" * 151, "a\n"])
def test_a_name_that_would_break_the_list_is_refused(tmp_path, name):
    with pytest.raises(InvalidUser):
        duft_users.write(tmp_path / "users", name, "secret")
    assert list(tmp_path.iterdir()) == []
