import pytest
from cryptography.fernet import Fernet

from taskdeck.execution.keystore import UnusableKey, WrongKey, open_keystore
from taskdeck.store.database import Database


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.prepare()
    yield database
    database.close()


def test_the_first_start_makes_a_key_that_only_its_owner_reads(tmp_path, database):
    keystore = open_keystore(tmp_path / "key", database)

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert keystore.decrypt(keystore.encrypt("sëcret")) == "sëcret"


def test_later_starts_read_what_earlier_ones_wrote(tmp_path, database):
    token = open_keystore(tmp_path / "key", database).encrypt("secret")

    assert open_keystore(tmp_path / "key", database).decrypt(token) == "secret"


def test_another_key_is_refused_saying_what_to_do(tmp_path, database):
    open_keystore(tmp_path / "key", database)
    (tmp_path / "key").write_bytes(Fernet.generate_key())

    with pytest.raises(WrongKey, match="Put the original key file back"):
        open_keystore(tmp_path / "key", database)


def test_a_lost_key_file_is_not_silently_replaced_by_a_new_key(tmp_path, database):
    open_keystore(tmp_path / "key", database)
    (tmp_path / "key").unlink()

    with pytest.raises(WrongKey):
        open_keystore(tmp_path / "key", database)


def test_a_file_that_is_no_key_is_named(tmp_path, database):
    (tmp_path / "key").write_text("hello")

    with pytest.raises(UnusableKey, match="does not hold a key"):
        open_keystore(tmp_path / "key", database)
