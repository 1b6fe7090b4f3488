"""What is the same on every page: the keyboard and what it opens, the tour, notices, settings."""

import re

import pytest
from playwright.sync_api import expect

LONG = 60_000
REMEMBER_NOTIFICATIONS = """
window.told = [];
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    window.told.push([title, options.body]);
    window.newest = this;
  }
};
"""
LOOK_ELSEWHERE = "document.hasFocus = () => false; window.dispatchEvent(new Event('blur'))"
LOOK_HERE = "document.hasFocus = () => true; window.dispatchEvent(new Event('focus'))"


def quick_run(sample):
    run_id = sample.submit("SAMPLE", name="Ada", count=1)
    assert sample.wait(run_id)["status"] == "succeeded"
    return run_id


def test_a_run_is_found_started_and_watched_with_the_keyboard_alone(page, sample):
    search = page.get_by_role("searchbox", name="Search tasks")
    expect(search).to_be_visible()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("sample")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Sample", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("r")
    name = page.get_by_role("dialog").get_by_role("textbox", name="Name")
    expect(name).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Ada")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    run_id = int(page.url.rsplit("/", 1)[1])
    assert sample.wait(run_id)["parameters"]["name"] == "Ada"

    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_visible()
    page.get_by_role("checkbox", name=f"Select run {run_id}").wait_for()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


@pytest.mark.parametrize("opener", ["key", "button", "palette"])
def test_after_the_list_of_shortcuts_the_keyboard_goes_on_where_it_was(page, opener):
    before = page.get_by_role("link", name="The epidemic curve", exact=True)
    before.focus()
    if opener == "key":
        page.keyboard.press("?")
    elif opener == "button":
        before = page.get_by_role("button", name="Keyboard shortcuts")
        before.focus()
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Control+k")
        page.get_by_role("combobox").fill("keyboard")
        page.keyboard.press("Enter")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    for place in ("Everywhere", "In the list of tasks", "In the list of runs", "In the form of a run"):
        expect(help_.get_by_role("heading", name=place)).to_be_visible()
    expect(help_.get_by_role("button", name="Take the tour")).to_be_visible()

    page.keyboard.press("Escape")

    expect(help_).to_have_count(0)
    expect(before).to_be_focused()


def test_the_palette_finds_runs_tasks_pages_and_actions_by_a_few_letters(page, sample):
    run_id = quick_run(sample)
    field = page.get_by_role("combobox", name=re.compile("^Find tasks"))

    def find(letters):
        page.keyboard.press("Control+k")
        field.fill(letters)
        expect(page.get_by_role("option", selected=True)).to_be_visible()

    find(f"#{run_id}")
    expect(page.get_by_role("option", selected=True)).to_contain_text(f"Run {run_id}: Sample")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{sample.url}/runs/{run_id}")

    # Over the page of the run, and back to it.
    find("epc")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Run The epidemic curve")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="The epidemic curve")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{sample.url}/runs/{run_id}")

    find("connec")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Connections")).to_be_visible()

    find("dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.keyboard.press("Control+k")
    field.fill("xyzzy")
    expect(page.get_by_role("status").filter(has_text="Nothing is called that")).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)


def test_the_tour_goes_along_with_a_newcomer_and_is_offered_only_once(page):
    tour = page.get_by_role("region", name="A short tour")
    expect(tour.get_by_role("heading", name="Find your task")).to_be_visible()
    page.get_by_label("Run Sample", exact=True).click()
    drawer = page.get_by_role("dialog", name="Sample")
    expect(drawer).to_be_visible()
    expect(page.get_by_text("2 of 3")).to_be_attached()
    drawer.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    expect(tour.get_by_role("heading", name="Watch it")).to_be_visible()
    tour.get_by_role("button", name="Back").click()
    expect(tour.get_by_role("heading", name="Run it")).to_be_visible()
    tour.get_by_role("button", name="Next").click()
    tour.get_by_role("button", name="Done").click()
    expect(tour).to_have_count(0)

    page.reload()
    expect(page.get_by_role("heading", level=1, name="Sample")).to_be_visible()
    expect(tour).to_have_count(0)
    page.keyboard.press("?")
    page.get_by_role("button", name="Take the tour").click()
    expect(tour.get_by_text("1 of 3")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Tasks")).to_be_visible()


def test_who_looks_elsewhere_is_told_by_the_browser_that_a_watched_run_has_ended(page, context, sample):
    context.grant_permissions(["notifications"], origin=sample.url)
    page.add_init_script(REMEMBER_NOTIFICATIONS)
    run_id = sample.submit("SIMULATE", minutes=10)
    page.goto(f"{sample.url}/runs/{run_id}")
    bell = page.get_by_role("button", name="Tell me when it ends")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")

    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", level=1, name="Tasks")).to_be_visible()
    page.evaluate(LOOK_ELSEWHERE)
    assert sample.request("POST", f"/api/runs/{run_id}/cancel", {})[0] == 202
    sample.wait(run_id)

    expect(page).to_have_title(f"Run {run_id}: cancelled – Tasks · Taskdeck", timeout=LONG)
    ((title, text),) = page.evaluate("window.told")
    assert (title, text.split(",")[0]) == (f"Run {run_id}: cancelled", "Simulate outbreaks")
    notice = page.get_by_role("alert").filter(has_text=f"Run {run_id}")
    expect(notice).to_have_count(0)

    page.evaluate(LOOK_HERE)
    expect(notice).to_contain_text("Simulate outbreaks")
    expect(page).to_have_title("Tasks · Taskdeck")
    notice.get_by_role("link", name="Open the run").click()
    expect(page).to_have_url(f"{sample.url}/runs/{run_id}")
    expect(notice).to_have_count(0)

    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", level=1, name="Tasks")).to_be_visible()
    page.evaluate("window.newest.dispatchEvent(new Event('click'))")
    expect(page).to_have_url(f"{sample.url}/runs/{run_id}")


def test_who_looks_at_the_page_is_told_in_it_of_every_run_that_she_started_if_she_wants_that(page, context, sample):
    context.grant_permissions(["notifications"], origin=sample.url)
    page.add_init_script(REMEMBER_NOTIFICATIONS)
    page.goto(f"{sample.url}/settings")
    page.get_by_role("switch", name="Tell me when any run that I started here ends").check(force=True)
    page.goto(f"{sample.url}/tasks/SIMULATE/run")
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    run_id = int(page.url.rsplit("/", 1)[1])
    page.get_by_role("link", name="Connections").first.click()
    expect(page.get_by_role("heading", level=1, name="Connections")).to_be_visible()

    assert sample.request("POST", f"/api/runs/{run_id}/cancel", {})[0] == 202

    expect(page.get_by_role("alert").filter(has_text=f"Run {run_id}: cancelled")).to_be_visible(timeout=LONG)
    assert page.evaluate("window.told") == []


def test_settings_are_seen_at_once_and_stay_until_they_are_reset(page, sample):
    run_id = quick_run(sample)
    began = sample.get(f"/api/runs/{run_id}")["started_at"]
    page.goto(f"{sample.url}/settings")
    page.get_by_text("Dark", exact=True).click()
    page.get_by_text("Compact", exact=True).click()
    zone = page.get_by_role("combobox", name="Time zone")
    zone.fill("Tehran")
    page.get_by_role("option", name="Asia/Tehran").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(page.get_by_role("radio", name="Compact")).to_be_checked()

    # Tehran is 3 h 30 min ahead of UTC, all year.
    page.get_by_role("link", name="Runs").first.click()
    row = page.get_by_role("row").filter(has=page.get_by_role("checkbox", name=f"Select run {run_id}"))
    moment = row.locator(f"time[datetime='{began}']")
    minutes = (int(began[11:13]) * 60 + int(began[14:16]) + 210) % 1440
    expect(moment).to_contain_text(f"{minutes // 60:02}:{minutes % 60:02}")
    moment.hover()
    expect(page.get_by_role("tooltip").filter(has_text=f"{began[11:19]} UTC")).to_be_visible()

    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Reset all settings").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_role("radio", name="Comfortable")).to_be_checked()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")


def test_the_dashboard_speaks_french_to_who_wants_it(page, sample):
    run_id = quick_run(sample)
    page.goto(f"{sample.url}/settings")
    page.get_by_text("Français", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Réglages")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")

    page.get_by_role("link", name="Tâches").first.click()
    expect(page.get_by_role("searchbox", name="Rechercher une tâche")).to_be_visible()
    page.goto(f"{sample.url}/runs/{run_id}")
    expect(page.get_by_text("Réussie").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Raccourcis clavier")).to_contain_text("Dans la liste des exécutions")
