from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taskdeck import sdk
from taskdeck.sdk import outputs

Events = list[dict[str, Any]]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of outputs of the run this process is made part of."""
    monkeypatch.setenv("TASKDECK_RUN_DIR", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()
    return tmp_path / "run" / "outputs"


def test_a_value_is_sent_as_json_can_hold_it(sent: Events) -> None:
    sdk.output("cases", {"total": float("nan"), "regions": ("a", "b")})

    assert sent == [
        {"kind": "output", "name": "cases", "output_kind": "value", "value": {"total": None, "regions": ["a", "b"]}}
    ]


def test_a_value_that_is_too_large_says_what_to_do_instead(sent: Events) -> None:
    sdk.output("just right", "x" * (outputs.MAX_VALUE_BYTES - 2))
    with pytest.raises(outputs.NotPublishable, match=r"1,000,001 bytes as JSON.*publish its path"):
        sdk.output("large", "x" * (outputs.MAX_VALUE_BYTES - 1))
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("frame", "columns", "text"),
    [
        (pd.DataFrame({"a": [1, 2], "b": ["x", "é"]}), ["a", "b"], "a,b\n1,x\n2,é\n"),
        (pd.DataFrame({"a": [1, 2, 3]}).query("a > 1"), ["a"], "a\n2\n3\n"),
        (pd.DataFrame({"a": [1]}, index=["row"]), ["index", "a"], "index,a\nrow,1\n"),
        (pd.DataFrame({"k": ["x", "x"], "v": [1, 2]}).groupby("k").sum(), ["k", "v"], "k,v\nx,3\n"),
        (pd.DataFrame({"k": ["x"], "v": [1]}).set_index("k", drop=False), ["k", "k", "v"], "k,k,v\nx,x,1\n"),
        (
            pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])),
            ["a x", "a y"],
            "a x,a y\n1,2\n",
        ),
        (pd.Series([1, 2], name="n"), ["n"], "n\n1\n2\n"),
        (pd.Series([1]), ["value"], "value\n1\n"),
        (pd.DataFrame(), [], "\n"),
        (pd.DataFrame({1: [1]}), ["1"], "1\n1\n"),
    ],
)
def test_a_data_frame_becomes_a_csv_file(frame: Any, columns: list[str], text: str, kept: Path, sent: Events) -> None:
    sdk.output("table", frame)

    assert (kept / "table.csv").read_bytes().decode().replace("\r\n", "\n") == text
    assert sent == [
        {
            "kind": "output",
            "name": "table",
            "output_kind": "table",
            "value": None,
            "file": "table.csv",
            "size": (kept / "table.csv").stat().st_size,
            "rows": len(frame),
            "columns": columns,
        }
    ]


def test_a_table_of_a_library_that_writes_csv_itself(kept: Path, sent: Events) -> None:
    class Frame:
        columns = ("a",)

        def __len__(self) -> int:
            return 1

        def write_csv(self, path: Path) -> None:
            path.write_text("a\n1\n", encoding="utf-8")

    sdk.output("polars", Frame())

    assert (kept / "polars.csv").read_text(encoding="utf-8") == "a\n1\n"
    assert (sent[0]["rows"], sent[0]["columns"]) == (1, ["a"])


@pytest.mark.parametrize("as_published", [Path, str])
def test_a_file_is_copied_under_the_outputs_name(
    as_published: Callable[[Path], Any], tmp_path: Path, kept: Path, sent: Events
) -> None:
    source = tmp_path / "map of cases.png"
    source.write_bytes(b"image")

    sdk.output("Map", as_published(source))

    assert (kept / "Map.png").read_bytes() == b"image"
    assert (sent[0]["output_kind"], sent[0]["file"], sent[0]["size"]) == ("file", "Map.png", 5)


def test_a_name_that_has_the_ending_keeps_it_once(tmp_path: Path, kept: Path, sent: Events) -> None:
    (tmp_path / "x.PNG").write_bytes(b"")
    sdk.output("map.png", tmp_path / "x.PNG")
    assert sent[0]["file"] == "map.png"


def test_a_text_is_a_value_unless_it_looks_like_the_path_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Path, sent: Events
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").write_bytes(b"")

    for text in ("data", "no/such/file.csv", "A sentence.", "two\nlines.", "nul\0.", "x." * 5000):
        sdk.output("text", text)

    assert [event["output_kind"] for event in sent] == ["value"] * 6


def test_publishing_again_replaces_the_file(kept: Path, sent: Events) -> None:
    sdk.output("table", pd.DataFrame({"a": [1]}))
    sdk.output("table", pd.DataFrame({"a": [2]}))

    assert (kept / "table.csv").read_text(encoding="utf-8").splitlines() == ["a", "2"]


def test_nothing_is_left_of_a_table_that_cannot_be_written(kept: Path, sent: Events) -> None:
    class Frame:
        columns = ("a",)

        def __len__(self) -> int:
            return 1

        def write_csv(self, path: Path) -> None:
            path.write_text("half", encoding="utf-8")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        sdk.output("table", Frame())

    assert list(kept.iterdir()) == []
    assert sent == []


def test_a_missing_file_is_named_with_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(outputs.NotPublishable, match=r"no file missing\.csv \(the working directory is "):
        sdk.output("x", Path("missing.csv"))


def test_a_directory_is_refused(tmp_path: Path, kept: Path) -> None:
    with pytest.raises(outputs.NotPublishable, match="is a directory"):
        sdk.output("x", tmp_path)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, 5])
def test_a_name_must_be_a_short_text(name: Any) -> None:
    with pytest.raises(outputs.NotPublishable, match="1 to 200 characters"):
        sdk.output(name, 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cases", "cases.csv"),
        ("cases by region (2024)", "cases by region (2024).csv"),
        ("Fälle", "Fälle.csv"),
        ("cases.csv", "cases.csv"),
    ],
)
def test_plain_names_are_kept(name: str, expected: str) -> None:
    assert outputs.safe_file_name(name, ".csv") == expected


@given(st.text(min_size=1, max_size=200), st.sampled_from(["", ".csv", ".tar.gz", "." + "x" * 300]))
@example("../../etc/passwd", "")
@example("..", "")
@example("/absolute", ".csv")
@example("C:\\windows", "")
@example("con", ".csv")
@example("\ud800", "")
@example("é" * 200, ".csv")
@example(".hidden", "")
def test_no_name_leads_outside_or_to_an_invalid_file(name: str, suffix: str) -> None:
    safe = outputs.safe_file_name(name, suffix)

    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert safe == safe.strip(" .")
    assert safe
    assert len(safe.encode()) <= 200
    assert safe.split(".")[0].lower() not in {"con", "nul", "prn", "aux"}


def test_different_names_get_different_files() -> None:
    names = ["a/b", "a_b", "a\\b", "a:b", "x" * 199, "x" * 200 + "y"]
    assert len({outputs.safe_file_name(name) for name in names}) == len(names)


def test_without_a_server_outputs_are_printed_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.html").write_bytes(b"")

    sdk.output("cases", 12)
    sdk.output("table", pd.DataFrame({"a": range(100)}))
    sdk.output("report", Path("report.html"))

    printed = capsys.readouterr().out
    assert printed.startswith("cases: 12\ntable: 100 rows of a\n")
    assert printed.endswith(f"report: file {tmp_path / 'report.html'}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
