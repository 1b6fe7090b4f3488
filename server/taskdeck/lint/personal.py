"""Saved outputs that look like rows about persons: a table with columns such as name, phone and date of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskdeck.lint import outputs, tables
from taskdeck.lint.document import Document
from taskdeck.lint.finding import Remark
from taskdeck.lint.rules import Rule

MIN_ROWS = 2
"""A single row may be an example of the columns."""

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ACCENTS = str.maketrans("éèêëàâîïôöûüç", "eeeeaaiioouuc")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?!example\.|test\.)[\w-]{1,63}(?:\.[\w-]{2,63})+")
_OF_SOFTWARE = re.compile(r"author|maintainer|license|copyright", re.IGNORECASE)
MIN_ADDRESSES = 3


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


_COUNTS = _words("""
    n number count counts total sum cases deaths births population visits admissions rate percent share mean median
    nombre cas deces naissances total_cases
""")
"""A table that has one of these beside a name and an age is about groups."""


def remarks(document: Document) -> Iterator[Remark]:
    for cell in document.cells:
        for index, output in enumerate(cell.outputs):
            if message := _message(output):
                yield Remark(
                    rule=Rule.PERSONAL_DATA,
                    message=message,
                    advice="Clear the outputs before you share the notebook; a run makes them anew.",
                    cell=cell,
                    output=index,
                )


def _message(output: Mapping[str, Any]) -> str:
    for table in tables.of_output(output, telling_columns):
        if table.rows >= MIN_ROWS:
            shown = ", ".join(sorted({column[:40] for column in telling_columns(table.columns)}))
            return f"A saved output looks like {table.rows} rows about persons (columns: {shown})."
    for text in outputs.texts(output):
        lines = (line for line in text.split("\n") if "@" in line and not _OF_SOFTWARE.search(line))
        addresses = {address.lower() for line in lines for address in _EMAIL.findall(line)}
        if len(addresses) >= MIN_ADDRESSES:
            return f"A saved output shows {len(addresses)} e-mail addresses."
    return ""


def telling_columns(columns: Sequence[str]) -> list[str]:
    """The columns by which a table is about persons; none if it is not."""
    folded = {_folded(column): column for column in columns}
    telling = [column for name, column in folded.items() if name in _TELLING]
    hinting = {name: column for name, column in folded.items() if name in _HINTING}
    if telling:
        return telling + list(hinting.values())
    if hinting.keys() & _NAMES and hinting.keys() & _OF_A_PERSON and not folded.keys() & _COUNTS:
        return list(hinting.values())
    return []


def _folded(column: str) -> str:
    words = _CAMEL.sub("_", column.strip()).lower().translate(_ACCENTS)
    return _NOT_A_LETTER.sub("_", words).strip("_")
