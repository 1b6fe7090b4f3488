"""Writes the situation report of one day: the page that used to be typed by hand every morning."""

import html
import tempfile
from pathlib import Path

import pandas as pd
from surveillance import read_table

from taskdeck import sdk

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Situation report {day:%d %B %Y}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1f2933; }}
h1 {{ font-size: 1.5rem; margin-bottom: 0; }}
.figures {{ display: flex; gap: 1rem; flex-wrap: wrap; margin: 1.5rem 0; }}
.figure {{ border-left: 4px solid #b4462c; padding: 0.25rem 1rem; }}
.figure b {{ display: block; font-size: 1.75rem; line-height: 1.2; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #cbd2d9; padding: 0.35rem 0.5rem; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
.remarks {{ white-space: pre-line; background: #f5f7fa; padding: 0.75rem 1rem; }}
footer {{ margin-top: 2rem; color: #52606d; font-size: 0.85rem; }}
</style>
</head>
<body>
<h1>Ebola disease in Uganda: situation report</h1>
<p>{day:%A, %d %B %Y}{prepared}</p>
<div class="figures">{figures}</div>
{remarks}
<h2>Districts{district_day}</h2>
{districts}
<footer>Data: F. Branda et al., from bulletins of the Ministry of Health of Uganda, WHO AFRO and ECDC, CC BY 4.0.
Reported, not final, numbers: the bulletins corrected some of them later.</footer>
</body>
</html>
"""


def latest_until(reports: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The reports of the last reporting day that is not after `day`."""
    until = reports[reports["report_date"] <= day]
    return until[until["report_date"] == until["report_date"].max()]


def number(value: object) -> str:
    return "not reported" if pd.isna(value) else f"{int(value):,}"


def main() -> None:
    params = sdk.params({"report_date": "2022-11-10", "prepared_by": "", "remarks": "", "include_health_workers": True})
    day = pd.Timestamp(params["report_date"])
    national = latest_until(read_table("national_daily"), day)
    if national.empty:
        raise ValueError(f"There is no bulletin on or before {day:%d %B %Y}: reporting began on 20 September 2022.")
    today = national.iloc[0]
    if today["report_date"] != day:
        sdk.log(f"No bulletin on {day:%d %B %Y}; using the one of {today['report_date']:%d %B %Y}")

    shown = {"confirmed cases": "total_cases", "deaths": "total_deaths", "recovered": "total_recoveries"}
    if params["include_health_workers"]:
        shown["health workers infected"] = "total_health_worker_cases"
    figures = "".join(
        f'<div class="figure"><b>{number(today[column])}</b>{label}</div>' for label, column in shown.items()
    )
    for label, column in shown.items():
        sdk.log(f"{number(today[column])} {label}")

    districts = latest_until(read_table("district_daily"), day).sort_values("total_cases", ascending=False)
    if districts.empty:
        table, district_day = "<p>No figures by district yet.</p>", ""
    else:
        columns = {"district": "District", "total_cases": "Confirmed cases", "total_deaths": "Deaths"}
        table = districts[list(columns)].rename(columns=columns).to_html(index=False, border=0)
        district_day = f" on {districts['report_date'].iloc[0]:%d %B}"

    prepared_by, remarks = params["prepared_by"].strip(), params["remarks"].strip()
    page = PAGE.format(
        day=today["report_date"],
        prepared=f", prepared by {html.escape(prepared_by)}" if prepared_by else "",
        figures=figures,
        remarks=f'<h2>Remarks</h2><p class="remarks">{html.escape(remarks)}</p>' if remarks else "",
        district_day=district_day,
        districts=table,
    )
    # Not deleted: without a server, this is where the report is found.
    report = Path(tempfile.mkdtemp()) / f"situation_report_{today['report_date']:%Y-%m-%d}.html"
    report.write_text(page, encoding="utf-8")
    sdk.output("report", report)
    sdk.output("districts", districts)
    sdk.log(f"The report of {today['report_date']:%d %B %Y} is ready")


if __name__ == "__main__":
    main()
