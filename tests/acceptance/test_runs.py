"""What an analyst does with the runs of her tasks, in a real Chromium, on the sample project."""

import re

import pytest
from playwright.sync_api import expect

LONG = 60_000


@pytest.mark.timeout(300)
def test_an_analyst_finds_two_runs_compares_them_and_repeats_them(page, sample):
    first = sample.submit("CURVE", seconds_per_week=0, draws=2000)
    assert sample.wait(first)["status"] == "succeeded"
    notebook = sample.project / "data_tasks/epidemic_curve.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("Outbreak declared", "Declared"), encoding="utf-8")
    second = sample.submit("CURVE", seconds_per_week=0, draws=2000, district="Mubende")
    assert sample.wait(second)["status"] == "succeeded"

    # Found by the task in the address, with a parameter as a column; kept as a view.
    page.goto(f"{sample.url}/runs?task=CURVE&column=district")
    row = page.get_by_role("row").filter(has=page.get_by_role("checkbox", name=f"Select run {second}"))
    expect(row).to_contain_text("Mubende")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("textbox", name="Name of the view").fill("Curves")
    page.get_by_role("button", name="Save", exact=True).click()
    views = page.get_by_role("navigation", name="Views")
    views.get_by_role("link", name="All").click()
    views.get_by_role("link", name="Curves").click()
    expect(page).to_have_url(re.compile(r"task=CURVE&column=district"))
    views.get_by_role("button", name="Remove the view “Curves”").click()
    expect(views.get_by_role("link", name="Curves")).to_have_count(0)
    page.reload()
    expect(views.get_by_role("link", name="All")).to_be_visible()
    expect(views.get_by_role("link", name="Curves")).to_have_count(0)

    page.get_by_role("checkbox", name=f"Select run {second}").check()
    page.get_by_role("checkbox", name=f"Select run {first}").check()
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/runs/compare\?a={first}&b={second}$"))
    values = page.get_by_role("region", name="Values")
    expect(values.get_by_role("row").filter(has_text="District")).to_contain_text("Mubende")
    cells = page.get_by_role("region", name="Cells")
    changed = cells.get_by_role("article").filter(has_text="code changed")
    expect(changed.get_by_role("textbox", name="Code in B")).to_contain_text('"Declared"', timeout=LONG)
    expect(changed.get_by_role("img", name=re.compile("Picture of .*A"))).to_be_visible(timeout=LONG)
    expect(cells.get_by_text(re.compile("only in A")).first).to_be_visible()

    # Both once more, at once; and stopped from the list.
    page.go_back()
    page.get_by_role("checkbox", name=f"Select run {second}").check()
    page.get_by_role("checkbox", name=f"Select run {first}").check()
    page.get_by_role("button", name="Run again").click()
    page.get_by_role("dialog").get_by_role("button", name="Run 2 again").click()
    expect(page.get_by_text("2 runs were started again.")).to_be_visible()
    newest = sample.get("/api/runs?task=CURVE&limit=2")["runs"]
    assert sorted(run["parameters"].get("district") or "" for run in newest) == sorted(
        sample.get(f"/api/runs/{run_id}")["parameters"].get("district") or "" for run_id in (first, second)
    )
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("The 2 new runs are being stopped|could not be stopped"))).to_be_visible()
    for run in newest:
        assert sample.wait(run["id"])["status"] in ("cancelled", "succeeded")


def test_an_analyst_cancels_many_runs_at_once(page, sample):
    ids = [sample.submit("SIMULATE") for _ in range(2)]
    page.goto(f"{sample.url}/runs?task=SIMULATE")
    for run_id in ids:
        page.get_by_role("checkbox", name=f"Select run {run_id}").check()
    page.get_by_role("button", name="Cancel runs").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Cancel 2 runs").click()
    expect(page.get_by_text("2 runs are being stopped.")).to_be_visible()
    assert {sample.wait(run_id)["status"] for run_id in ids} == {"cancelled"}
    for run_id in ids:
        row = page.get_by_role("row").filter(has=page.get_by_role("checkbox", name=f"Select run {run_id}"))
        expect(row).to_contain_text("Cancelled")


def test_a_list_in_which_runs_are_selected_stays_as_it_is_until_new_ones_are_asked_for(page, sample):
    earlier = sample.submit("SAMPLE", name="Ada", count=1)
    assert sample.wait(earlier)["status"] == "succeeded"
    page.goto(f"{sample.url}/runs?task=SAMPLE")
    page.get_by_role("checkbox", name=f"Select run {earlier}").check()

    run_id = sample.submit("SAMPLE", name="Grace", count=1)

    told = page.get_by_role("button", name="One new run")
    expect(told).to_be_visible()
    newest = page.get_by_role("checkbox", name=f"Select run {run_id}")
    expect(newest).to_have_count(0)
    told.click()
    expect(newest).to_be_visible()
    expect(told).to_have_count(0)
    sample.wait(run_id)
