"""What an analyst does, in a real Chromium, on the sample project."""

import re

from playwright.sync_api import expect


def start_run(page, task_name, **fields):
    """Opens the drawer of a task from the list, fills fields by their labels, and presses Run."""
    page.get_by_role("link", name="Tasks").first.click()
    page.get_by_label(f"Run {task_name}", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name=task_name)).to_be_visible()
    for label, value in fields.items():
        drawer.get_by_role("textbox", name=label.replace("_", " "), exact=True).fill(value)
    drawer.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/\d+"))
    return int(page.url.rstrip("/").split("/runs/")[1].split("?")[0])


def test_an_analyst_runs_a_notebook_watches_it_live_and_finds_it_in_the_history(page, sample):
    # Slow enough to be watched; the pace is a parameter of the task.
    run_id = start_run(page, "The epidemic curve", Seconds_per_week="0.8", Draws="20000")

    # The messages of one cell's loop come one at a time.
    messages = page.get_by_text(re.compile(r"^Week until"))
    messages.first.wait_for(timeout=60_000)
    counts = [messages.count()]
    while counts[-1] < 5:
        page.wait_for_timeout(50)
        if (count := messages.count()) != counts[-1]:
            counts.append(count)
    assert counts == list(range(counts[0], counts[-1] + 1))
    assert len(counts) >= 3

    # A chart is there before the run ends.
    page.get_by_role("tab", name="Notebook").click()
    expect(page.locator("main img[src^='data:image/png'], main img[src^='blob:']").first).to_be_visible(timeout=60_000)
    assert sample.get(f"/api/runs/{run_id}")["status"] == "running"

    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=60_000)
    assert sample.get(f"/api/runs/{run_id}")["parameters"]["seconds_per_week"] == 0.8

    page.get_by_role("link", name="Runs").first.click()
    row = page.get_by_role("row").filter(has_text=str(run_id)).filter(has_text="The epidemic curve")
    expect(row).to_contain_text("Succeeded")


def test_an_analyst_cancels_a_run_and_finds_it_in_the_history(page, sample):
    run_id = start_run(page, "Simulate outbreaks")
    expect(page.get_by_text("Running").first).to_be_visible()

    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Stop run").click()

    expect(page.get_by_text("Cancelled").first).to_be_visible(timeout=30_000)
    assert sample.get(f"/api/runs/{run_id}")["status"] == "cancelled"
    page.get_by_role("link", name="Runs").first.click()
    row = page.get_by_role("row").filter(has_text=str(run_id)).filter(has_text="Simulate outbreaks")
    expect(row).to_contain_text("Cancelled")


def test_a_value_that_cannot_be_is_refused_at_its_field(page):
    page.get_by_label("Run Situation report", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Run", exact=True).click()

    expect(drawer.get_by_text(re.compile("required", re.IGNORECASE)).first).to_be_visible()
    expect(page).not_to_have_url(re.compile("/runs/"))


def test_a_date_that_is_none_is_not_taken_for_the_default(page):
    page.get_by_label("Run Situation report", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Prepared by").fill("Ada")
    drawer.get_by_label("Day", exact=True).focus()
    page.keyboard.type("02302022")

    drawer.get_by_role("button", name="Run", exact=True).click()

    expect(drawer.get_by_label("Day", exact=True)).to_be_focused()
    expect(page).not_to_have_url(re.compile("/runs/"))


def test_running_again_starts_from_the_values_of_the_run_not_from_the_defaults(page, sample):
    run_id = sample.submit("SAMPLE", name="Ada", count=2)
    sample.wait(run_id)
    page.goto(f"{sample.url}/runs/{run_id}")

    page.get_by_role("link", name=re.compile("Run again")).or_(
        page.get_by_role("button", name=re.compile("Run again"))
    ).first.click()
    drawer = page.get_by_role("dialog")

    expect(drawer.get_by_label("Name").first).to_have_value("Ada")
    drawer.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(lambda url: f"/runs/{run_id}" not in url and "/runs/" in url)
    again = int(page.url.split("/runs/")[1].split("?")[0])
    assert sample.get(f"/api/runs/{again}")["parameters"]["name"] == "Ada"


def test_a_failure_says_what_happened_and_what_to_do(page, sample):
    run_id = sample.submit("QUALITY")
    run = sample.wait(run_id)
    assert run["status"] == "failed"

    page.goto(f"{sample.url}/runs/{run_id}")

    expect(page.get_by_text("Failed").first).to_be_visible()
    expect(page.get_by_text(run["reason"].split(":")[0]).first).to_be_visible()


def test_a_connection_is_tested_from_the_dashboard(page):
    page.get_by_role("link", name="Connections").first.click()
    page.get_by_role("main").get_by_text("Analysis Database").first.click()
    page.get_by_role("button", name=re.compile("Test connection")).first.click()

    expect(page.get_by_text(re.compile(r"Connected to sqlite")).first).to_be_visible(timeout=30_000)
    expect(page.get_by_text(re.compile(r"\d ms")).first).to_be_visible()


def test_values_of_a_connection_are_changed_and_never_lost_or_shown_by_accident(page, sample):
    page.goto(f"{sample.url}/connections")
    page.get_by_role("link", name="Health Information System").click()
    drawer = page.get_by_role("dialog", name="Health Information System")
    drawer.get_by_role("textbox", name="Type").fill("postgresql")
    drawer.get_by_role("textbox", name="Server").fill("127.0.0.1")
    drawer.get_by_role("textbox", name="Port").fill("1")
    drawer.get_by_label("Password", exact=True).fill("canary-4711")
    expect(drawer.get_by_text("Not saved yet")).to_be_visible()

    page.keyboard.press("Escape")
    question = page.get_by_role("dialog", name="Leave without saving?")
    question.get_by_role("button", name="Keep editing").click()
    expect(drawer.get_by_role("textbox", name="Server")).to_have_value("127.0.0.1")
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(drawer.get_by_text("Saved", exact=True)).to_be_visible()
    drawer.get_by_role("button", name="Test connection").click()
    expect(drawer.get_by_text("It does not work").first).to_be_visible(timeout=30_000)

    page.reload()
    secret = drawer.get_by_role("group", name="Password")
    expect(secret).to_contain_text("Stored")
    assert "canary-4711" not in page.content()
    secret.get_by_role("button", name="Remove Password").click()
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(drawer.get_by_text("Saved", exact=True)).to_be_visible()
    expect(drawer.get_by_label("Password", exact=True)).to_have_value("")


def test_a_stranger_sees_a_login_page_and_the_token_lets_her_in(context, sample):
    page = context.new_page()
    page.goto(f"{sample.url}/runs")
    expect(page.get_by_label(re.compile("token", re.IGNORECASE))).to_be_visible()

    page.get_by_label(re.compile("token", re.IGNORECASE)).fill("acceptance")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert "token" not in page.url


def test_100_000_messages_arrive_complete_and_the_page_stays_usable(context, tmp_path_factory):
    from factories import make_project
    from servers import TOKEN, serving

    # With pauses, so that there is time to use the page while they come: five seconds in all.
    flood = (
        "import time\n"
        "from taskdeck import sdk\n"
        "for number in range(100_000):\n"
        "    sdk.log(f'message {number}')\n"
        "    if number % 1000 == 0:\n"
        "        time.sleep(0.05)\n"
    )
    project = make_project(tmp_path_factory.mktemp("flood") / "project", files={"flood.py": flood})
    with serving(project) as server:
        page = context.new_page()
        page.goto(f"{server.url}/?token={TOKEN}")
        run_id = server.submit("FLOOD")
        page.goto(f"{server.url}/runs/{run_id}")

        messages_tab, log_tab = (page.get_by_role("tab", name=re.compile(name)) for name in ("Messages", "Log"))
        expect(messages_tab).to_contain_text(re.compile(r"\d"))
        log_tab.click()
        expect(log_tab).to_have_attribute("aria-selected", "true")
        assert server.get(f"/api/runs/{run_id}")["status"] == "running"
        messages_tab.click()

        expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=90_000)
        expect(messages_tab).to_contain_text("100,000", timeout=90_000)
        expect(page.get_by_text("message 99999", exact=True).first).to_be_visible(timeout=90_000)

        took = page.evaluate(
            """async () => {
                const started = performance.now();
                await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0)));
                return performance.now() - started;
            }"""
        )
        assert took < 2_000
        page.get_by_role("link", name="Tasks").first.click()
        expect(page.get_by_role("heading", name="Tasks")).to_be_visible()

        told = [event["text"] for event in server.events(run_id) if event["type"] == "message"]
        assert told == [f"message {number}" for number in range(100_000)]
