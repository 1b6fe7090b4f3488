"""The surveillance tables in the analysis database, as the tasks of this project read them."""

import pandas as pd
from sqlalchemy import inspect

from taskdeck import sdk

OUTBREAK_START = pd.Timestamp("2022-08-08")
"""First onset of symptoms in the files."""

OUTBREAK_END = pd.Timestamp("2023-01-11")
"""The day Uganda and the World Health Organization declared the outbreak over."""


class TableMissing(Exception):
    """The analysis database does not hold the surveillance data yet."""


def read_table(table: str) -> pd.DataFrame:
    """All rows of a table that `load_surveillance_data.py` wrote."""
    engine = sdk.connection("ANA").engine()
    if not inspect(engine).has_table(table):
        raise TableMissing(
            f"The analysis database has no table {table!r} yet. "
            "Run the task «Load the surveillance data» first, then this one again."
        )
    return pd.read_sql_table(table, engine)
