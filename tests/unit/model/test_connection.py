from taskdeck.model.connection import Connection, ConnectionField

SOURCE = Connection(
    id="SOURCE",
    fields=(
        ConnectionField(name="server"),
        ConnectionField(name="pass", type="password"),
        ConnectionField(name="serverURL", type="url"),
    ),
    file_values={"server": "file", "port": "5432"},
)


def test_saved_values_go_before_those_of_the_file():
    assert SOURCE.resolve({"server": "saved"}) == {"server": "saved", "port": "5432"}


def test_secrets_are_found_by_declared_type_by_name_and_inside_of_urls():
    values = {
        "server": "h",
        "pass": "declared",
        "api_key": "by name",
        "serverURL": "https://ada:in%20url@h/",
        "port": 5432,
    }

    assert set(SOURCE.secrets(values)) == {"declared", "by name", "in url"}


def test_an_empty_secret_is_none():
    assert list(SOURCE.secrets({"pass": "", "api_key": None})) == []


def test_a_url_that_cannot_be_parsed_is_no_reason_to_fail():
    assert list(SOURCE.secrets({"serverURL": "http://[broken"})) == []
