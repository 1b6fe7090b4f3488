"""Simulates many outbreaks as a branching process, until its time is up.

Every patient infects a negative binomial number of others: on average `reproduction_before` of them in the
generations before control begins, `reproduction_after` later. The dispersion says how unequal patients are:
0.18 was estimated for Ebola in West Africa (Althaus, Lancet Infectious Diseases 2015).
"""

import time

import numpy as np
import pandas as pd

from taskdeck import sdk

LARGEST = 2_000
"""An outbreak this large is called uncontrolled and is not followed any further."""

OBSERVED = 142
"""Confirmed cases at the end of the outbreak in Uganda (World Health Organization, 11 January 2023)."""


def outbreak_size(random: np.random.Generator, params: dict) -> int:
    """Cases of one outbreak that begins with a single patient, at most `LARGEST`."""
    size = current = 1
    generation = 0
    while current and size < LARGEST:
        before = generation < params["generations_before_control"]
        mean = params["reproduction_before"] if before else params["reproduction_after"]
        dispersion = params["dispersion"]
        # The sum of `current` negative binomial numbers is negative binomial, with `current` times the dispersion.
        current = int(random.negative_binomial(current * dispersion, dispersion / (dispersion + mean)))
        size += current
        generation += 1
    return min(size, LARGEST)


def summary(outbreaks: np.ndarray) -> str:
    """In words: `outbreaks` holds how many outbreaks had 0, 1, 2, … `LARGEST` cases."""
    count = outbreaks.sum()
    one, reached = outbreaks[1] / count, outbreaks[OBSERVED:].sum() / count
    return f"{count:,} outbreaks: {one:.1%} end with one patient, {reached:.2%} reach {OBSERVED} cases"


def main() -> None:
    params = sdk.params(
        {
            "minutes": 3.0,
            "reproduction_before": 1.9,
            "reproduction_after": 0.7,
            "generations_before_control": 4,
            "dispersion": 0.18,
            "seed": 2022,
        }
    )
    if min(params["minutes"], params["dispersion"]) <= 0:
        raise ValueError("«Minutes» and «Dispersion» must be greater than 0.")
    seconds = 60 * params["minutes"]
    random = np.random.default_rng(params["seed"])
    outbreaks = np.zeros(LARGEST + 1, dtype=np.int64)
    sdk.log(f"Simulating for {params['minutes']:g} minutes. Cancel whenever you have seen enough.")

    started = spoken = time.monotonic()
    elapsed = 0.0
    try:
        while elapsed < seconds:
            pause_after = time.monotonic() + 0.25
            while time.monotonic() < pause_after:
                outbreaks[outbreak_size(random, params)] += 1
            elapsed = min(time.monotonic() - started, seconds)
            sdk.progress(round(elapsed, 1), round(seconds, 1), text=f"{outbreaks.sum():,} outbreaks")
            if time.monotonic() - spoken >= 5:
                spoken = time.monotonic()
                sdk.log(summary(outbreaks))
    except KeyboardInterrupt:
        sdk.log(f"Stopped early. Until then, {summary(outbreaks)}")
        raise

    sdk.log(summary(outbreaks))
    shares = [0.5, 0.9, 0.95, 0.99, 0.999]
    cases = np.searchsorted(outbreaks.cumsum() / outbreaks.sum(), shares)
    sdk.output("outbreak_size_quantiles", pd.DataFrame({"share_of_outbreaks": shares, "at_most_cases": cases}))
    sdk.output("share_reaching_observed_size", float(outbreaks[OBSERVED:].sum() / outbreaks.sum()))


if __name__ == "__main__":
    main()
