"""The form of a run, in a real Chromium, on the sample project."""

import json
import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect
from servers import TOKEN


@pytest.fixture
def copied(page, context, sample):
    """What an entry of the form's *Copy* menu puts on the clipboard."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=sample.url)

    def copy(entry):
        drawer = page.get_by_role("dialog")
        drawer.get_by_role("button", name="Copy", exact=True).click()
        drawer.get_by_role("menuitem", name=entry).click()
        expect(drawer.get_by_role("button", name="Copied")).to_be_visible()
        text = page.evaluate("navigator.clipboard.readText()")
        expect(drawer.get_by_role("button", name="Copy", exact=True)).to_be_visible()
        return text

    return copy


def told_to_start(command):
    """Runs a command that starts a run, as a user would who has set the token, and nothing else, beforehand."""
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "TASKDECK_TOKEN": TOKEN, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_link_is_corrected_seen_as_json_passed_on_and_run(page, sample, copied):
    page.goto(f"{sample.url}/tasks/REPORT/run?report_date=2022-11-31&remarks=It's+%22urgent%22")
    drawer = page.get_by_role("dialog")
    form = drawer.get_by_role("form")

    # What is wrong with a value of the link is said at once, at its field; what is only missing is not.
    day = drawer.get_by_label("Day", exact=False).first
    expect(drawer.get_by_text("must be a date of the calendar")).to_be_visible()
    expect(drawer.get_by_text("is required")).to_have_count(0)
    expect(drawer.get_by_role("textbox", name="Prepared by")).to_be_focused()
    drawer.get_by_role("button", name="Run", exact=True).click()
    expect(drawer.get_by_text("Prepared by is required.")).to_be_visible()
    day.fill("2022-11-10")
    expect(drawer.get_by_text("must be a date of the calendar")).to_have_count(0)

    # The same values as JSON: a mistake has its line and column, and the text stays.
    drawer.get_by_role("tab", name="JSON").click()
    text = drawer.get_by_role("textbox", name="Values as JSON")
    values = json.loads(text.input_value())
    assert values["remarks"] == 'It\'s "urgent"'
    text.fill('{\n  "prepared_by": "Ada O\'Kello"\n  "report_date": "2022-11-09"\n}')
    expect(drawer.get_by_text("Line 3, column 3: a comma or a closing bracket is missing here.")).to_be_visible()
    text.fill(json.dumps({**values, "prepared_by": "Ada O'Kello", "report_date": "2022-11-09"}))
    drawer.get_by_role("tab", name="Form").click()
    expect(form.get_by_role("textbox", name="Prepared by")).to_have_value("Ada O'Kello")

    # The command and the program that are copied really start the same run, and hold no token.
    wanted = {
        "report_date": "2022-11-09",
        "prepared_by": "Ada O'Kello",
        "remarks": 'It\'s "urgent"',
        "include_health_workers": True,
    }
    command, program = copied("curl command"), copied("Python program")
    assert TOKEN not in command + program
    assert "include_health_workers" not in command + program
    by_curl = json.loads(told_to_start(["sh", "-c", command]))["id"]
    assert sample.get(f"/api/runs/{by_curl}")["parameters"] == wanted
    sample.wait(by_curl)
    by_python = int(told_to_start([sys.executable, "-c", program]).split()[0])
    assert sample.get(f"/api/runs/{by_python}")["parameters"] == wanted
    sample.wait(by_python)

    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    run_id = int(page.url.rsplit("/", 1)[1])
    assert run_id not in (by_curl, by_python)
    assert sample.get(f"/api/runs/{run_id}")["parameters"] == wanted


def test_a_copied_link_opens_the_form_as_it_was(page, sample, copied):
    page.goto(f"{sample.url}/tasks/CURVE/run")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Draws").fill("500")
    drawer.get_by_role("switch", name="Show the running total").uncheck(force=True)

    link = copied("Link to this form")
    page.goto("about:blank")
    page.goto(link)

    expect(drawer.get_by_role("textbox", name="Draws")).to_have_value("500")
    expect(drawer.get_by_role("switch", name="Show the running total")).not_to_be_checked()
    expect(drawer.get_by_text("2 values differ from their defaults")).to_be_visible()


def test_what_was_filled_in_survives_a_reload_and_is_discarded_only_on_purpose(page, sample):
    page.goto(f"{sample.url}/tasks/REPORT/run")
    drawer = page.get_by_role("dialog", name="Situation report")
    name = drawer.get_by_role("textbox", name="Prepared by")
    name.fill("Ada")
    while "Ada" not in (page.evaluate("sessionStorage.getItem('taskdeck-run-form:REPORT')") or ""):
        page.wait_for_timeout(50)
    page.reload()
    expect(name).to_have_value("Ada")

    page.keyboard.press("Escape")
    question = page.get_by_role("dialog", name="Discard what you filled in?")
    expect(question.get_by_role("button", name="Keep editing")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(name).to_have_value("Ada")

    page.keyboard.press("Escape")
    question.get_by_role("button", name="Discard").click()
    expect(drawer).to_have_count(0)
    page.goto(f"{sample.url}/tasks/REPORT/run")
    expect(name).to_have_value("")


def test_a_secret_within_json_that_cannot_be_read_is_not_kept_in_the_browser(page, sample):
    page.goto(f"{sample.url}/tasks/REPORT/run")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Prepared by").fill("Ada")
    drawer.get_by_role("tab", name="JSON").click()
    text = drawer.get_by_role("textbox", name="Values as JSON")
    text.fill('{"prepared_by": "Eve", "remarks": "canary-4711"')
    expect(drawer.get_by_text(re.compile("Line 1, column"))).to_be_visible()
    page.wait_for_function("() => (sessionStorage.getItem('taskdeck-run-form:REPORT') ?? '').includes('Ada')")

    page.reload()

    expect(drawer.get_by_role("textbox", name="Prepared by")).to_have_value("Ada")
    assert "canary-4711" not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")


def test_values_are_taken_from_an_earlier_run_and_reset_one_by_one(page, sample):
    earlier = sample.submit("CURVE", seconds_per_week=0, draws=500, district="Kampala", last_day="2022-10-31")
    assert sample.wait(earlier)["status"] == "succeeded"
    page.goto(f"{sample.url}/tasks/CURVE/run")
    drawer = page.get_by_role("dialog")

    drawer.get_by_role("button", name="Use the values of a run").click()
    drawer.get_by_role("button", name=re.compile(rf"\b{earlier}\b")).click()
    expect(drawer.get_by_role("textbox", name="Draws")).to_have_value("500")
    expect(drawer.get_by_label("Last day", exact=False).first).to_have_value("2022-10-31")
    drawer.get_by_role("button", name=re.compile("^Reset Draws")).click()
    expect(drawer.get_by_role("textbox", name="Draws")).to_have_value("30000")
    expect(drawer.get_by_role("textbox", name="Draws")).to_be_focused()
    drawer.get_by_role("textbox", name="Draws").fill("600")
    drawer.get_by_role("button", name="Run", exact=True).click()

    page.wait_for_url(re.compile(r"/runs/\d+$"))
    values = sample.get(f"/api/runs/{page.url.rsplit('/', 1)[1]}")["parameters"]
    assert (values["district"], values["last_day"], values["draws"]) == ("Kampala", "2022-10-31", 600)
    assert values["first_day"] == "2022-08-08"


def test_a_connection_is_tested_from_the_form(page, sample):
    page.goto(f"{sample.url}/tasks/CURVE/run")
    drawer = page.get_by_role("dialog")

    drawer.get_by_role("button", name="Test now: Analysis Database").click()

    expect(drawer.get_by_text(re.compile("works, tested"))).to_be_visible(timeout=60_000)


def test_the_form_is_left_to_where_it_was_opened(page, sample):
    run_id = sample.submit("SAMPLE", name="Ada", count=1)
    sample.wait(run_id)
    page.goto(f"{sample.url}/runs/{run_id}")
    again = page.get_by_role("link", name=re.compile("Run again"))
    again.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("textbox", name="Name")).to_have_value("Ada")

    page.keyboard.press("Escape")

    expect(page).to_have_url(f"{sample.url}/runs/{run_id}")
    expect(again).to_be_focused()


def test_on_a_phone_the_button_that_starts_the_run_stays_in_sight(page, sample):
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto(f"{sample.url}/tasks/CURVE/run")
    drawer = page.get_by_role("dialog")

    drawer.get_by_role("textbox", name="Draws").scroll_into_view_if_needed()

    expect(drawer.get_by_role("button", name="Run", exact=True)).to_be_in_viewport()
    assert drawer.bounding_box()["width"] == 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390
