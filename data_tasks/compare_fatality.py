"""Compares the case fatality of two districts by a permutation test.

If it made no difference where a patient was reported, the district labels could be shuffled among the patients:
the test counts how often shuffled labels give a difference at least as large as the one observed.
"""

import numpy as np
import pandas as pd
from surveillance import read_table

from taskdeck import sdk

BLOCK = 20_000
"""Permutations between two progress messages."""


def counts(latest: pd.DataFrame, district: str) -> tuple[int, int]:
    """Confirmed cases and deaths of a district, at least one case."""
    if district not in latest.index:
        known = ", ".join(sorted(latest.index))
        raise ValueError(f"No reports from {district!r}. The districts with reports are: {known}.")
    return int(latest.loc[district, "total_cases"]), int(latest.loc[district, "total_deaths"])


def main() -> None:
    params = sdk.params({"district_a": "Mubende", "district_b": "Kampala", "permutations": 3_000_000, "seed": 2022})
    a, b, total = params["district_a"], params["district_b"], params["permutations"]
    if a == b:
        raise ValueError(f"Choose two different districts: both are {a}.")
    if total < 1:
        raise ValueError(f"At least one permutation is needed, not {total}.")

    reports = read_table("district_daily")
    latest = reports.sort_values("report_date").groupby("district").last()
    (cases_a, deaths_a), (cases_b, deaths_b) = counts(latest, a), counts(latest, b)
    observed = deaths_a / cases_a - deaths_b / cases_b
    sdk.log(f"{a}: {deaths_a} of {cases_a} confirmed cases died ({deaths_a / cases_a:.0%})")
    sdk.log(f"{b}: {deaths_b} of {cases_b} confirmed cases died ({deaths_b / cases_b:.0%})")
    sdk.log(f"Observed difference: {100 * observed:+.1f} percentage points")

    deaths = deaths_a + deaths_b
    patients = np.zeros(cases_a + cases_b, dtype=np.int8)
    patients[:deaths] = 1
    random = np.random.default_rng(params["seed"])

    done = extreme = announced = 0
    while done < total:
        size = min(BLOCK, total - done)
        shuffled = random.permuted(np.broadcast_to(patients, (size, patients.size)), axis=1)
        shuffled_a = shuffled[:, :cases_a].sum(axis=1, dtype=np.int64)
        difference = shuffled_a / cases_a - (deaths - shuffled_a) / cases_b
        extreme += int((np.abs(difference) >= abs(observed) - 1e-12).sum())
        done += size
        # The observed labelling is one of the possible ones, hence the ones that are added (Phipson and Smyth, 2010).
        p_value = (extreme + 1) / (done + 1)
        sdk.progress(done, total, text=f"p = {p_value:.4f}")
        if done * 10 // total > announced:
            announced = done * 10 // total
            print(f"{done:>12,} permutations   {extreme:>9,} as extreme   p = {p_value:.5f}", flush=True)

    sdk.output("p_value", p_value)
    sdk.output(
        "case_fatality",
        pd.DataFrame(
            {
                "district": [a, b],
                "confirmed_cases": [cases_a, cases_b],
                "confirmed_deaths": [deaths_a, deaths_b],
                "case_fatality": [deaths_a / cases_a, deaths_b / cases_b],
            }
        ),
    )
    verdict = "is hard to explain by chance alone" if p_value < 0.05 else "may well be chance"
    sdk.log(f"Two-sided p = {p_value:.4f}: the difference between {a} and {b} {verdict}")


if __name__ == "__main__":
    main()
