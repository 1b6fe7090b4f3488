"""An analyst finds her task, reads about it, and runs what the project puts into the sidebar."""

import re

from factories import make_project
from playwright.sync_api import expect
from servers import TOKEN, serving


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

    # Asked first, and nothing happens without the answer.
    page.get_by_role("button", name="Refresh the data").click()
    question.get_by_role("button", name="Not now").click()
    expect(question).to_have_count(0)
    assert sample.get("/api/runs?task=LOAD")["runs"][0]["id"] == run["id"]
    # Where the author asks nothing and the task wants values, the form is the question.
    page.get_by_role("button", name="Situation report").click()
    expect(
        page.get_by_role("dialog", name="Situation report").get_by_role("textbox", name="Prepared by")
    ).to_be_focused()


def test_who_begins_with_an_empty_directory_is_offered_a_sample_that_runs(context, tmp_path):
    (tmp_path / "mine" / "config").mkdir(parents=True)
    with serving(tmp_path / "mine") as server:
        page = context.new_page()
        page.goto(f"{server.url}/?token={TOKEN}")
        page.get_by_role("button", name="Write a sample").click()
        page.get_by_label("Run Hello from a notebook", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
        page.wait_for_url(re.compile(r"/runs/\d+$"))
        expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=60_000)


def test_a_broken_project_says_where_runs_what_it_can_and_is_whole_as_soon_as_it_is_mended(context, tmp_path):
    project = make_project(tmp_path / "broken", files={"good.py": "print('fine')", "late.py": "print('late')"})
    (project / "data_tasks" / "late.py").rename(project / "late.py")
    with serving(project) as server:
        page = context.new_page()
        page.goto(f"{server.url}/?token={TOKEN}")
        late = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Late", exact=True))
        expect(late.get_by_text("Cannot run")).to_be_visible()
        expect(late).to_contain_text(re.compile(r"data_tasks\.json:\d+"))
        expect(page.get_by_label("Run Late", exact=True)).to_have_count(0)
        expect(page.get_by_label("Run Good", exact=True)).to_be_visible()

        (project / "late.py").rename(project / "data_tasks" / "late.py")

        # Nobody reloads the page.
        page.get_by_label("Run Late", exact=True).click(timeout=60_000)
        page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
        page.wait_for_url(re.compile(r"/runs/\d+$"))
        expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=60_000)
