"""JSON with positions, and recovery from damage."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taskdeck.catalog import positions
from taskdeck.catalog.positions import Document, Position
from taskdeck.catalog.reader import MAX_DEPTH, MAX_FLAWS, Reader

TEXT = """\
{
  "dataTasks": [
    {
      "id": "a",
      "name": "A",
      "supportedParameters": {
        "year": {
          "defaultValue": 1
        }
      },
      "pythonFile": "a.py"
    },
    {
      "id": "b",
      "tags": ["x", "y"]
    },
    {
      "id": "c"
    }
  ]
}
"""
ENTRIES: list[dict[str, Any]] = json.loads(TEXT)["dataTasks"]


def flaws(document: Document) -> list[tuple[int, int, str, str, str]]:
    return [(*document.position_at(flaw.offset), flaw.message, flaw.expected, flaw.found) for flaw in document.flaws]


def sound(document: Document) -> list[Any]:
    """The entries without a flaw in them."""
    listed = document.value["dataTasks"]
    return [value for index, value in enumerate(listed) if not document.flaws_in(("dataTasks", index))]


def test_everything_has_a_position() -> None:
    document = positions.parse(TEXT)

    assert document.flaws == ()
    assert document.value == json.loads(TEXT)
    assert document.position(()) == Position(1, 1)
    assert document.position(("dataTasks", 0, "name")) == Position(5, 15)
    assert document.position(("dataTasks", 0, "name"), of_key=True) == Position(5, 7)
    assert document.position(("dataTasks", 1, "tags", 1)) == Position(15, 21)
    assert document.position(("dataTasks", 1)) == Position(13, 5)


def test_what_is_not_there_has_the_position_of_what_should_hold_it() -> None:
    document = positions.parse(TEXT)

    assert document.position(("dataTasks", 1, "pythonFile")) == Position(13, 5)
    assert document.position(("dataTasks", 7, "pythonFile")) == Position(2, 16)


def test_lines_may_end_in_any_way() -> None:
    document = positions.parse('{\r\n"a": 1,\r"b": 2,\n"é": 3}')

    assert document.position(("a",)) == Position(2, 6)
    assert document.position(("b",)) == Position(3, 6)
    assert document.position(("é",)) == Position(4, 6)


_ONE_FLAW = [
    ('"name": "A",', '"name": "A,', (5, 15, "A text is not closed on its line", '"', "the end of the line")),
    ('"name": "A",', '"name: "A",', (5, 15, "A colon is missing after the key 'name: '", "':'", "'A'")),
    ('"name": "A",', 'name": "A",', (5, 7, "Keys and texts stand in double quotes", '"name"', 'name"')),
    ('"name": "A",', '"name": A",', (5, 15, "A value is missing or not JSON", "a value", "'A'")),
    ('"name": "A",', "'name': 'A',", (5, 7, "Keys and texts stand in double quotes", '"name"', "'name'")),
    ('"name": "A",', '"name": ,', (5, 15, "A value is missing or not JSON", "a value", "','")),
    ('"name": "A",', '"name" "A",', (5, 14, "A colon is missing after the key 'name'", "':'", "'A'")),
    ('"name": "A",', '"name": "A"', (5, 18, "A comma is missing", "','", "'supportedParameters'")),
    ('"name": "A",', '"name": "A";', (5, 18, "This does not belong here", "',' or '}'", "';'")),
    ('"name": "A",', '"name": "the "best" A",', (5, 21, "This does not belong here", "',' or '}'", "'best'")),
    ('"name": "A",', '"name": "C:\\data",', (5, 18, "A backslash in a text has to be written twice", "\\\\", "\\d")),
    ('"name": "A",', '"name": "a\tb",', (5, 17, "A text holds a control character", "\\t", "'\\t'")),
    ('"name": "A",', '"name": "a\udce4b",', (5, 17, "The file is not UTF-8", "UTF-8", "the byte 0xE4")),
    ('"name": "A",', '"name": \udce4,', (5, 15, "The file is not UTF-8", "UTF-8", "the byte 0xE4")),
    ('"name": "A",', '"name": "\\ud800",', (5, 15, "A text holds half of a Unicode character", "whole characters", "")),
    ('"name": "A",', '"name": True,', (5, 15, "JSON writes this in lower case", "true", "True")),
    ('"name": "A",', '"name": NaN,', (5, 15, "A value is missing or not JSON", "a value", "'NaN'")),
    ('"name": "A",', '"name": 01,', (5, 15, "A value is missing or not JSON", "a value", "'01'")),
    ('"name": "A",', '"name": 1e999,', (5, 15, "This number is too large", "", "")),
    ('"name": "A",', '"name": ' + "9" * 5000 + ",", (5, 15, "This number is too long", "", "")),
    ('"name": "A",', '"name": "A", // why', (5, 20, "JSON has no comments", "a key in double quotes", "'/'")),
    ('"name": "A",', '"name": "A", "id": "z",', (5, 20, "The key 'id' is used twice in one object", "", "")),
    ('"a.py"\n', '"a.py",\n', (11, 27, "A comma before '}' is one too many", "", "','")),
    ("        }\n      },\n", "        }\n", (9, 10, "A '}' is missing", "'}'", "'pythonFile'")),
    ('"a.py"\n    },', '"a.py"\n    }},', (12, 6, "This does not belong here", "',' or ']'", "'}'")),
    ('"a.py"\n    },', '"a.py"\n    ,', (11, 27, "A '}' is missing", "'}'", "'{'")),
    ('"a.py"\n    },', '"a.py"\n    ],', (12, 5, "This bracket is of the wrong kind", "'}'", "']'")),
]


@pytest.mark.parametrize(("good", "bad", "flaw"), _ONE_FLAW)
def test_a_flaw_in_one_entry_is_told_once_and_spares_the_others(
    good: str, bad: str, flaw: tuple[int, int, str, str, str]
) -> None:
    document = positions.parse(TEXT.replace(good, bad, 1))

    assert flaws(document) == [flaw]
    assert document.value["dataTasks"][0]["id"] in ("a", "z"), "the damaged entry is still known by its id"
    assert sound(document) == ENTRIES[1:]


_BETWEEN_ENTRIES = [
    ('"c"\n    }\n', '"c"\n    },\n', (19, 6, "A comma before ']' is one too many", "", "','")),
    ('"a.py"\n    },', '"a.py"\n    }', (12, 6, "A comma is missing", "','", "'{'")),
    ("  ]\n}\n", "", (19, 6, "The '[' of line 2 is never closed", "']'", "the end of the file")),
    ("  ]\n}\n", "  ]\n", (20, 4, "The '{' of line 1 is never closed", "'}'", "the end of the file")),
    ("  ]\n}\n", "  ]\n}}\n", (21, 2, "Text after the end of the document", "the end of the file", "'}'")),
    ('"dataTasks"', "dataTasks", (2, 3, "Keys and texts stand in double quotes", '"dataTasks"', "dataTasks")),
]


@pytest.mark.parametrize(("good", "bad", "flaw"), _BETWEEN_ENTRIES)
def test_a_flaw_between_entries_spares_them_all(good: str, bad: str, flaw: tuple[int, int, str, str, str]) -> None:
    document = positions.parse(TEXT.replace(good, bad, 1))

    assert flaws(document) == [flaw]
    assert sound(document) == ENTRIES


def test_several_entries_may_be_damaged_at_once() -> None:
    document = positions.parse(TEXT.replace('"A"', '"A').replace('"c"', "'c'"))

    assert [flaw.message for flaw in document.flaws] == [
        "A text is not closed on its line",
        "Keys and texts stand in double quotes",
    ]
    assert sound(document) == [ENTRIES[1]]


def test_damage_in_a_text_on_one_line_loses_what_follows_and_says_so() -> None:
    document = positions.parse(json.dumps(json.loads(TEXT)).replace('"id": "b"', '"id": "b'))

    assert flaws(document) == [
        (1, 130, "This does not belong here; nothing after this can be read", "',' or '}'", "'tags'")
    ]
    assert sound(document) == [ENTRIES[0]]


@pytest.mark.parametrize("text", ["", " ", "nul", "{", "[", '{"a"', '{"a":', '{"a": 1,', "]", "\udcff", "{]", '"\\'])
def test_hopeless_texts_have_a_flaw(text: str) -> None:
    assert positions.parse(text).flaws


@pytest.mark.parametrize("opener", ["[", '{"a":', '[{"a":'])
def test_deep_nesting_is_a_flaw(opener: str) -> None:
    document = positions.parse(opener * 100_000)

    assert [flaw.message for flaw in document.flaws] == [
        f"Lists and objects are nested more than {MAX_DEPTH} levels deep; nothing after this can be read"
    ]


def test_the_deepest_legal_nesting_is_none() -> None:
    assert positions.parse("[" * MAX_DEPTH + "]" * MAX_DEPTH).flaws == ()
    assert positions.parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).flaws != ()


def test_a_file_full_of_flaws_is_given_up() -> None:
    document = positions.parse("[\n" + " 'x',\n" * 200_000 + "]")

    assert len(document.flaws) == MAX_FLAWS
    assert document.flaws[-1].message.endswith("nothing after this can be read")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES, st.sampled_from([None, 0, 2, "\t"]), st.booleans())
def test_all_json_is_read_as_python_reads_it(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    reader = Reader(text)

    assert positions.parse(text) == Document(text, value)
    assert (reader.document()[0], reader.flaws) == (value, [])


@given(st.text(st.sampled_from("{}[],:\"\\/'#\n \ttrue10.eE-ax\udc80")))
@example('{"a": 1,\n\n')
@example('[\n"a"\n}')
def test_no_text_is_accepted_that_python_refuses(text: str) -> None:
    document = positions.parse(text)

    try:
        expected = json.loads(text, object_pairs_hook=_distinct)
    except ValueError:
        assert document.flaws
    else:
        assert document.flaws or document.value == expected


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    items = dict(pairs)
    if len(items) < len(pairs):
        raise ValueError
    return items


@pytest.mark.parametrize("character", ["", *"{}[],:\"'x1\\ \n"])
@pytest.mark.parametrize("is_replaced", [True, False])
def test_one_wrong_character_never_changes_an_entry_that_passes_as_sound(character: str, is_replaced: bool) -> None:
    for offset in range(len(TEXT)):
        document = positions.parse(TEXT[:offset] + character + TEXT[offset + (is_replaced or not character) :])

        if document.flaws and isinstance(document.value, dict):
            listed = document.value.get("dataTasks", [])
            for index, value in enumerate(listed if isinstance(listed, list) else []):
                if isinstance(value, dict) and not document.flaws_in(("dataTasks", index)):
                    assert value in ENTRIES, f"{character!r} at {offset}"
