"""A new entry in the text of a file, and nothing else of it changed."""

import json

import pytest

from taskdeck.catalog import insertion
from taskdeck.catalog.insertion import CannotInsert

ENTRY = {"id": "NEW", "name": "Né"}


def put(text, entry=ENTRY):
    return insertion.put(text, "dataTasks", entry)


def test_it_follows_the_last_one_with_the_indentation_of_the_file():
    text = '{\n    "$schema": "x",\n    "dataTasks": [\n        {\n            "id": "A"\n        }\n    ]\n}\n'

    assert put(text) == (
        '{\n    "$schema": "x",\n    "dataTasks": [\n        {\n            "id": "A"\n        },\n'
        '        {\n            "id": "NEW",\n            "name": "Né"\n        }\n    ]\n}\n'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"dataTasks": [{"id": "A"}]}', '{"dataTasks": [{"id": "A"}, {"id": "NEW", "name": "Né"}]}'),
        (
            '{\n\t"dataTasks": []\n}',
            '{\n\t"dataTasks": [\n\t\t{\n\t\t\t"id": "NEW",\n\t\t\t"name": "Né"\n\t\t}\n\t]\n}',
        ),
        (
            '{\r\n  "dataTasks": [\r\n    {"id": "A"}\r\n  ]\r\n}',
            '{|  "dataTasks": [|    {"id": "A"},|    {|      "id": "NEW",|      "name": "Né"|    }|  ]|}'.replace(
                "|", "\r\n"
            ),
        ),
        ("", '{\n  "dataTasks": [\n    {\n      "id": "NEW",\n      "name": "Né"\n    }\n  ]\n}\n'),
        ('\ufeff{"x": 1}', '\ufeff{"x": 1, "dataTasks": [{"id": "NEW", "name": "Né"}]}'),
    ],
)
def test_the_form_of_the_file_is_kept(text, expected):
    assert put(text) == expected
    assert json.loads(put(text).removeprefix("\ufeff"))["dataTasks"][-1] == ENTRY


def test_an_entry_of_the_same_id_is_replaced_where_it_stands():
    text = '{"dataTasks": [\n  {"id": "A"},\n  {"id": "NEW",  "old": [1, {"x": "}"}]},\n  {"id": "B"}\n]}'

    after = put(text)

    assert [each["id"] for each in json.loads(after)["dataTasks"]] == ["A", "NEW", "B"]
    assert json.loads(after)["dataTasks"][1] == ENTRY
    assert after.startswith('{"dataTasks": [\n  {"id": "A"},\n  {')
    assert after.endswith('},\n  {"id": "B"}\n]}')


@pytest.mark.parametrize("text", ['{"dataTasks": [{"id": "A"},]}', "[]", '{"dataTasks": {}}', '{"dataTasks": ['])
def test_a_text_that_is_broken_or_something_else_is_refused(text):
    with pytest.raises(CannotInsert):
        put(text)
