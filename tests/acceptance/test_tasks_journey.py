"""An analyst finds her task, reads about it, and runs what the project puts into the sidebar."""

import re

from playwright.sync_api import expect


def test_an_analyst_finds_a_task_reads_about_it_and_runs_an_action_of_the_sidebar(page, sample):
    page.get_by_role("searchbox", name="Search tasks").fill("curve")
    tasks = page.get_by_role("list", name="Tasks", exact=True)
    curve = tasks.get_by_role("link", name="The epidemic curve", exact=True)
    expect(curve.locator("mark")).to_have_text("curve")
    expect(page).to_have_url(re.compile(r"[?&]q=curve"))

    page.get_by_role("button", name="Favourite: The epidemic curve").click()
    page.get_by_role("searchbox", name="Search tasks").fill("")
    expect(tasks.locator("[data-task]").first).to_have_attribute("data-task", "CURVE")

    curve.click()
    expect(page.get_by_role("heading", level=1, name="The epidemic curve")).to_be_visible()
    page.get_by_role("tab", name="Parameters").click()
    expect(
        page.get_by_role("table", name="Parameters").get_by_text("Where the patients were reported.")
    ).to_be_visible()
    page.get_by_role("tab", name="Documentation").click()
    expect(page.get_by_role("article", name="Documentation")).to_be_visible()
    page.get_by_role("tab", name="Source").click()
    expect(page.get_by_role("group", name="Cell 2")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/tasks/CURVE/source$"))

    page.get_by_role("link", name="Run", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/tasks/CURVE/source$"))

    page.get_by_role("button", name="Refresh the data").click()
    question = page.get_by_role("dialog", name="Refresh the data")
    expect(question.get_by_text("Read the six files of the outbreak")).to_be_visible()
    question.get_by_role("button", name="Refresh", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/\d+"))
    run = sample.wait(int(page.url.rstrip("/").split("/runs/")[1].split("?")[0]))
    assert (run["task"], run["status"]) == ("LOAD", "succeeded")
