"""Saved outputs that look like rows about persons: a table with columns such as name, phone and date of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from taskdeck.lint import outputs
from taskdeck.lint.document import Document
from taskdeck.lint.finding import Remark
from taskdeck.lint.rules import Rule

MIN_ROWS = 2
"""A single row may be an example of the columns."""

_RULER = set("-+|=: ")
_SPLIT = re.compile(r"\s{2,}|\t|\s*\|\s*")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ACCENTS = str.maketrans("éèêëàâîïôöûüç", "eeeeaaiioouuc")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TELLING = _words("""
    first_name firstname given_name last_name lastname surname family_name full_name fullname patient_name
    client_name middle_name maiden_name mother_name mothers_name phone phone_number telephone tel mobile
    mobile_number cell_phone whatsapp email e_mail email_address mail_address dob date_of_birth birth_date
    birthdate birthday national_id national_identity nid nin ssn social_security social_security_number passport
    passport_number passport_no id_number identity_number id_no mrn medical_record_number medical_record_no
    patient_number patient_no hospital_number art_number ctc_id insurance_number iban credit_card card_number
    home_address street_address nom_de_famille prenom prenoms date_de_naissance date_naissance telephone_portable
    numero_de_telephone courriel adresse_mail nom_patient nom_complet
""")
"""A column of such a name is enough."""

_HINTING = _words("""
    name names nom sex gender sexe age address adresse village street patient_id patient client_id person_id
    marital_status occupation diagnosis hiv_status next_of_kin guardian
""")
"""Of these it takes a name, or an address, and one more that tells of a person."""

_NAMES = frozenset({"name", "names", "nom"})
_OF_A_PERSON = _words("""
    sex gender sexe age patient_id patient client_id person_id marital_status hiv_status next_of_kin diagnosis
""")


def remarks(document: Document) -> Iterator[Remark]:
    for cell in document.cells:
        for index, output in enumerate(cell.outputs):
            for columns, rows in (
                *_html_tables(outputs.of_type(output, "text/html")),
                *_text_tables(outputs.of_type(output, "text/plain") or _stream(output)),
            ):
                if rows >= MIN_ROWS and (telling := telling_columns(columns)):
                    shown = ", ".join(sorted({column[:40] for column in telling}))
                    yield Remark(
                        rule=Rule.PERSONAL_DATA,
                        message=f"A saved output looks like {rows} rows about persons (columns: {shown}).",
                        advice="Clear the outputs before you share the notebook; a run makes them anew.",
                        cell=cell,
                        output=index,
                    )
                    break


def telling_columns(columns: Sequence[str]) -> list[str]:
    """The columns by which a table is about persons; none if it is not."""
    folded = {_folded(column): column for column in columns}
    telling = [column for name, column in folded.items() if name in _TELLING]
    hinting = {name: column for name, column in folded.items() if name in _HINTING}
    if telling:
        return telling + list(hinting.values())
    if hinting.keys() & _NAMES and hinting.keys() & _OF_A_PERSON:
        return list(hinting.values())
    return []


def _folded(column: str) -> str:
    words = _CAMEL.sub("_", column.strip()).lower().translate(_ACCENTS)
    return _NOT_A_LETTER.sub("_", words).strip("_")


def _stream(output: object) -> str:
    return next(outputs.texts(output), "") if isinstance(output, dict) and output.get("name") == "stdout" else ""


class _Tables(HTMLParser):
    """The headers of each table, and how many of its rows hold cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[list[str], int]] = []
        self._columns: list[str] = []
        self._rows = 0
        self._is_data = False
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._columns, self._rows = [], 0
        elif tag == "tr":
            self._is_data = False
        elif tag == "td":
            self._is_data = True
        if tag == "th" or (tag == "td" and not self._rows and not self._columns):
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self._text is not None:
            self._columns.append("".join(self._text).strip())
            self._text = None
        elif tag == "tr":
            self._rows += self._is_data
        elif tag == "table":
            self.tables.append((self._columns, self._rows))


def _html_tables(html: str) -> Iterator[tuple[list[str], int]]:
    if "<table" not in html.lower():
        return
    parser = _Tables()
    parser.feed(html)
    parser.close()
    yield from parser.tables


def _text_tables(text: str) -> Iterator[tuple[list[str], int]]:
    """A data frame as pandas prints it, or columns with separators: the first line names the columns."""
    lines = [line for line in text.split("\n") if line.strip()][:200]
    for index, line in enumerate(lines[:5]):
        columns = [part for part in _SPLIT.split(line.strip()) if part]
        # A word on a line of its own may be anything; pandas indents the header by the width of the index.
        if len(columns) < 2 and not line[:1].isspace():
            continue
        least = max(len(columns), 2)
        rows = sum(len(each.split()) >= least and not set(each) <= _RULER for each in lines[index + 1 :])
        yield columns, rows
