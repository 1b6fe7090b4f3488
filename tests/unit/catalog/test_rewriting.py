"""New content in the text of a file, and nothing else of it changed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskdeck.catalog import rewriting
from taskdeck.catalog.rewriting import CannotRewrite

ENTRY = {"id": "NEW", "name": "Né"}


def put(text, entry=ENTRY):
    return rewriting.put(text, "dataTasks", entry)


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
    with pytest.raises(CannotRewrite):
        put(text)


DECLARED = """{
  "dataTasks": [
    {"id": "A", "tags": ["x", "y"], "name": "First"},
    {
      "id": "B",
      "name":   "Second",
      "supportedParameters": {
        "year": { "defaultValue": 2024 }
      }
    },
    {"id": "C"}
  ]
}
"""


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda tasks: tasks[0].update(name="New"), '"First"', '"New"'),
        (lambda tasks: tasks[0].pop("tags"), ' "tags": ["x", "y"],', ""),
        (lambda tasks: tasks[0]["tags"].insert(0, "w"), '["x"', '["w", "x"'),
        (lambda tasks: tasks[0].update(hidden=True), '"First"}', '"First", "hidden": true}'),
        (lambda tasks: tasks[1].pop("id"), '"id": "B",\n      ', ""),
        (
            lambda tasks: tasks[1]["supportedParameters"].update(month={"type": "integer"}),
            "2024 }",
            '2024 },\n        "month": {\n          "type": "integer"\n        }',
        ),
        (lambda tasks: tasks.pop(0), '{"id": "A", "tags": ["x", "y"], "name": "First"},\n    ', ""),
        (lambda tasks: tasks.pop(2), ',\n    {"id": "C"}', ""),
    ],
)
def test_what_stays_is_written_as_it_was(change, before, after):
    content = json.loads(DECLARED)
    change(content["dataTasks"])

    assert rewriting.rewritten(DECLARED, content) == DECLARED.replace(before, after, 1)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('aé"\\\n', max_size=3),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.sampled_from("abcde"), each, max_size=4),
    max_leaves=12,
)


@given(old=VALUES, new=VALUES, indent=st.sampled_from([None, 1, 4, "\t"]), newline=st.sampled_from(["\n", "\r\n"]))
def test_the_text_holds_the_new_value_whatever_it_held(old, new, indent, newline):
    text = json.dumps(old, indent=indent).replace("\n", newline)

    written = json.loads(rewriting.rewritten(text, new))
    # Other than ==, this tells true from 1.
    assert json.dumps(written, sort_keys=True) == json.dumps(new, sort_keys=True)
    assert rewriting.rewritten(text, old) == text
