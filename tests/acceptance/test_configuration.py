"""An operator changes what is offered: an archive, its plan, the tasks of everybody who looks, and the way back."""

import json
import shutil

import pytest
from playwright.sync_api import expect
from servers import TOKEN, copy_of_sample, serving

NO_TOUR = "localStorage.setItem('taskdeck-tour-taken', 'true')"


@pytest.fixture
def archive(tmp_path):
    """The next version of the sample: CURVE has another name and a parameter less, QUALITY is gone."""
    target = copy_of_sample(tmp_path / "next")
    file = target / "config/data_tasks.json"
    declared = json.loads(file.read_text(encoding="utf-8"))
    declared["dataTasks"] = [task for task in declared["dataTasks"] if task["id"] != "QUALITY"]
    for task in declared["dataTasks"]:
        if task["id"] == "CURVE":
            task["name"] = "The curve, drawn anew"
            del task["supportedParameters"]["draws"]
    file.write_text(json.dumps(declared, indent=2), encoding="utf-8")
    return shutil.make_archive(str(tmp_path / "next"), "zip", target)


def test_an_archive_is_uploaded_looked_at_applied_and_rolled_back_while_others_look_on(context, tmp_path, archive):
    context.add_init_script(NO_TOUR)
    page = context.new_page()
    with serving(copy_of_sample(tmp_path / "sample"), TASKDECK_CONFIG_ARCHIVES="true") as server:
        page.goto(f"{server.url}/?token={TOKEN}")
        onlooker = context.new_page()
        onlooker.goto(f"{server.url}/tasks")
        tasks = onlooker.get_by_role("list", name="Tasks", exact=True)
        expect(tasks.get_by_role("link", name="The epidemic curve", exact=True)).to_be_visible()
        onlooker.evaluate("window.wasNotReloaded = true")

        page.keyboard.press("g")
        page.keyboard.press("f")
        expect(page.get_by_role("heading", name="No versions yet")).to_be_visible()
        page.get_by_role("link", name="Upload an archive").click()
        upload = page.get_by_role("dialog", name="Upload an archive")
        upload.get_by_label("Archive").set_input_files(archive)
        upload.get_by_label("Message").fill("Drawn anew")
        upload.get_by_role("button", name="Show the plan").click()
        breaks = upload.get_by_role("region", name="What breaks")
        expect(breaks).to_contain_text("draws is removed")
        expect(upload.get_by_role("list", name="Tasks", exact=True)).to_contain_text("removed:")
        assert server.get("/api/config")["version"] is None

        upload.get_by_role("button", name="Apply").click()
        expect(upload.get_by_text("Configuration 2 is served now")).to_be_visible()
        expect(tasks.get_by_role("link", name="The curve, drawn anew", exact=True)).to_be_visible()
        expect(tasks.locator("[data-task='QUALITY']")).to_have_count(0)
        expect(onlooker.get_by_role("link", name="Configuration 2 by")).to_be_visible()

        upload.get_by_role("button", name="Close").last.click()
        history = page.get_by_role("list", name="History")
        history.get_by_role("link", name="Configuration 2", exact=True).click()
        version = page.get_by_role("dialog", name="Configuration 2")
        version.get_by_role("button", name="config/data_tasks.json").click()
        expect(version.get_by_text("The curve, drawn anew").last).to_be_visible()
        page.keyboard.press("Escape")

        history.get_by_role("link", name="Roll back to configuration 1").click()
        back = page.get_by_role("dialog", name="Roll back to configuration 1")
        expect(back.get_by_role("list", name="Tasks", exact=True)).to_contain_text("added:")
        back.get_by_role("button", name="Roll back", exact=True).click()
        expect(back.get_by_text("Configuration 3 is served now")).to_be_visible()
        expect(tasks.get_by_role("link", name="The epidemic curve", exact=True)).to_be_visible()
        expect(tasks.locator("[data-task='QUALITY']")).to_have_count(1)
        assert onlooker.evaluate("window.wasNotReloaded") is True

        run = server.submit("LOAD")
        server.wait(run)
        onlooker.goto(f"{server.url}/runs/{run}?tab=details")
        expect(onlooker.get_by_role("main").get_by_role("link", name="Configuration 3", exact=True)).to_be_visible()
