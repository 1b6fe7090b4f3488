"""Loads the surveillance files of the 2022 Ebola outbreak in Uganda into the analysis database.

All tables are filled in one transaction: a reader sees the previous load or the new one, never half of it.
Running it again replaces every row by the same row.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Column, Date, Integer, MetaData, String, Table
from surveillance import OUTBREAK_END, OUTBREAK_START

from taskdeck import sdk

COUNTS = {
    "ConfCases": "new_cases",
    "CumCases": "total_cases",
    "ConfDeaths": "new_deaths",
    "CumDeaths": "total_deaths",
    "ConfRecoveries": "new_recoveries",
    "CumRecoveries": "total_recoveries",
    "ConfHCWcases": "new_health_worker_cases",
    "CumHCWCases": "total_health_worker_cases",
    "ConfHCWDeaths": "new_health_worker_deaths",
    "CumHCWDeaths": "total_health_worker_deaths",
    "Daily cases": "new_cases",
    "Cumulative cases": "total_cases",
    "# of beds in the Isolation Unit": "isolation_beds",
    "# of ETU beds": "treatment_beds",
    "# of beds occupied in the Isolation Unit today": "isolation_occupied",
    "# of beds occupied in the ETU today": "treatment_occupied",
    "# of suspect cases admitted to the Isolation Unit today": "isolation_admitted",
    "# of Cases admitted to the ETU today": "treatment_admitted",
    "# of walk in patients to the isolation Unit": "walk_in_patients",
    "# of Mild cases in the ETU today": "mild_cases",
    "# of Critical cases in the ETU today": "critical_cases",
    "# of patients discharged from the ETU": "treatment_discharged",
    "# of patients discharged from the Isolation Unit": "isolation_discharged",
    "# of suspect cases that died in the Isolation Unit": "isolation_deaths",
    "# of patients that died in the ETU": "treatment_deaths",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file, and the table it fills. The date and the optional group are the table's primary key."""

    file: str
    table: str
    date: tuple[str, str] = ("Date as of", "report_date")
    group: tuple[str, str] | None = None
    date_format: str = "%Y-%m-%d"


SOURCES = [
    Source(file="Surveillance_data_Ebola_outbreak.csv", table="national_daily", date=("Date", "report_date")),
    Source(
        file="Surveillance_data_Ebola_outbreak_by_district.csv",
        table="district_daily",
        group=("District", "district"),
    ),
    Source(
        file="epicurve_by_onset_date_district.csv",
        table="onset_by_district",
        date=("Date as of", "onset_date"),
        group=("District", "district"),
    ),
    Source(
        file="epicurve_by_onset_date.csv",
        table="onset_by_case_type",
        date=("Date as of", "onset_date"),
        group=("Type of case", "case_type"),
        date_format="%d/%m/%y",
    ),
    Source(
        file="epicurve_by_notification_sex.csv",
        table="onset_by_sex",
        date=("Date as of", "onset_date"),
        group=("Sex", "sex"),
    ),
    Source(
        file="Surveillance_hospital_data_Ebola_outbreak.csv",
        table="hospital_daily",
        group=("Hospital", "hospital"),
    ),
]


def read(source: Source, folder: Path) -> pd.DataFrame:
    """The file with our column names; missing numbers (NA) stay missing, they do not become zero."""
    frame = pd.read_csv(folder / source.file, na_values=["NA"])
    date_name = source.date[1]
    frame = frame.rename(columns=dict([source.date, *([source.group] if source.group else [])]) | COUNTS)
    frame[date_name] = pd.to_datetime(frame[date_name], format=source.date_format)
    numbers = frame.columns.difference([date_name] + ([source.group[1]] if source.group else []))
    return frame.astype(dict.fromkeys(numbers, "Int64"))


def table_of(source: Source, frame: pd.DataFrame, metadata: MetaData) -> Table:
    keys = [Column(source.date[1], Date, primary_key=True)]
    if source.group:
        keys.append(Column(source.group[1], String, primary_key=True))
    names = {key.name for key in keys}
    return Table(source.table, metadata, *keys, *(Column(name, Integer) for name in frame if name not in names))


def main() -> None:
    params = sdk.params({"folder": "ebola_uganda_2022", "only_outbreak_period": False})
    folder = Path("../data") / params["folder"]
    engine = sdk.connection("ANA").engine()
    metadata = MetaData()
    sdk.log(f"Loading {len(SOURCES)} files into {engine.url.database or engine.url}")

    loaded = {}
    with engine.begin() as connection:
        for source in sdk.progress(SOURCES, text="Loading files"):
            frame = read(source, folder)
            if params["only_outbreak_period"]:
                inside = frame[source.date[1]].between(OUTBREAK_START, OUTBREAK_END)
                if not inside.all():
                    sdk.log(f"{source.table}: left out {(~inside).sum()} rows outside the outbreak")
                frame = frame[inside]
            table = table_of(source, frame, metadata)
            table.create(connection, checkfirst=True)
            connection.execute(table.delete())
            frame = frame.assign(**{source.date[1]: frame[source.date[1]].dt.date})
            frame.to_sql(table.name, connection, if_exists="append", index=False)
            loaded[table.name] = len(frame)
            sdk.log(f"{table.name}: {len(frame)} rows from {source.file}")

    sdk.output("loaded_rows", pd.DataFrame(loaded.items(), columns=["table", "rows"]))
    sdk.log(f"Done: {sum(loaded.values()):,} rows in {len(loaded)} tables")


if __name__ == "__main__":
    main()
