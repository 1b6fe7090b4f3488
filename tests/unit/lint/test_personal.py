"""Saved outputs that show rows about persons."""

import io

import nbformat
import pandas as pd
import pytest
from factories import make_notebook
from linted import findings, rules

PATIENTS = pd.DataFrame(
    {"first_name": ["Ada", "Ben", "Cy"], "phone": ["0770 1", "0770 2", "0770 3"], "age": [30, 40, 50]}
)
DISTRICTS = pd.DataFrame({"name": ["Kampala", "Wakiso", "Jinja"], "cases": [17, 2, 1]})


INFO = io.StringIO()
PATIENTS.info(buf=INFO)
POLARS = """\
shape: (2, 2)
┌────────────┬────────┐
│ first_name ┆ phone  │
│ ---        ┆ ---    │
│ str        ┆ str    │
╞════════════╪════════╡
│ Ada        ┆ 0770 1 │
│ Ben        ┆ 0770 2 │
└────────────┴────────┘"""


def notebook(*, source="frame", **data):
    made = make_notebook(source)
    types = {"html": "text/html", "plain": "text/plain", "json": "application/json"}
    media = {types[key]: value for key, value in data.items()}
    made.cells[0].outputs = [nbformat.v4.new_output("execute_result", data=media, execution_count=1)]
    return made


@pytest.mark.parametrize(
    "made",
    [
        notebook(html=PATIENTS.to_html()),
        notebook(plain=repr(PATIENTS)),
        notebook(html=PATIENTS.rename(columns={"first_name": "Prénom", "phone": "Date de naissance"}).to_html()),
        notebook(html=PATIENTS.rename(columns={"first_name": "PatientName", "phone": "x"}).to_html()),
        notebook(html=pd.DataFrame({"Name": ["Ada", "Ben"], "Sex": ["f", "m"]}).to_html()),
        notebook(plain="| name | e-mail |\n|---|---|\n| Ada | a@example.org |\n| Ben | b@example.org |"),
        notebook(html=PATIENTS.set_index("first_name").to_html()),
        notebook(plain=repr(PATIENTS["phone"])),
        notebook(plain=repr(pd.DataFrame({**{f"c{n}": [1, 2, 3] for n in range(30)}, **PATIENTS.to_dict("list")}))),
        notebook(plain=POLARS),
        notebook(plain=repr(PATIENTS.to_dict("records"))),
        notebook(plain=repr(PATIENTS.to_dict("list"))),
        notebook(plain=PATIENTS.to_json(orient="records", indent=1)),
        notebook(json=PATIENTS.to_dict("records")),
        notebook(plain=PATIENTS.to_csv(sep=";")),
        notebook(plain="Reading\n" * 10 + repr(PATIENTS)),
    ],
)
def test_a_table_with_columns_about_persons_and_several_rows_is_a_warning(made):
    [finding] = findings(made)

    assert (finding.rule, finding.severity, finding.cell) == ("personal-data", "warning", 1)
    assert not any(value in repr(finding) for value in ("Ada", "0770", "example.org"))


@pytest.mark.parametrize(
    "made",
    [
        notebook(html=DISTRICTS.to_html(), plain=repr(DISTRICTS)),
        notebook(html=PATIENTS[:1].to_html()),
        notebook(plain="The phone number of each patient was removed.\nSee the first_name column.\nDone now."),
        notebook(html=PATIENTS.to_html(), source="frame  # taskdeck: ignore[personal-data]"),
        notebook(html="<table><tr><th>phone"),
        notebook(html=PATIENTS.describe(include="all").to_html(), plain=repr(PATIENTS.describe(include="all"))),
        notebook(html=PATIENTS.describe(include="all").T.to_html(), plain=repr(PATIENTS.describe(include="all").T)),
        notebook(plain=repr(PATIENTS.dtypes)),
        notebook(plain=repr(PATIENTS.isna().sum())),
        notebook(plain=repr(PATIENTS.columns)),
        notebook(plain=INFO.getvalue()),
        notebook(plain=POLARS.replace("│ Ben        ┆ 0770 2 │\n", "")),
        notebook(html=DISTRICTS.assign(age="0-4").to_html()),
        notebook(plain="the phone, the first_name\nand more, of this\nkind, and so on"),
    ],
)
def test_other_tables_are_none(made):
    assert rules(made) == []


def test_a_printed_table_is_found_too():
    made = make_notebook("print(frame)")
    made.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{PATIENTS}\n")]

    assert rules(made) == ["personal-data"]


def test_several_addresses_are_found_without_any_column():
    rows = "[('Ada', 'ada@mail.org'), ('Ben', 'ben@mail.org'), ('Cy', 'cy@mail.org')]"

    assert rules(notebook(plain=rows)) == ["personal-data"]
    assert rules(notebook(plain=rows.replace("mail.org", "example.org"))) == []
    assert rules(notebook(plain="\n".join(f"Author-email: {name}@mail.org" for name in "abcd"))) == []
