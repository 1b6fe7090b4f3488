"""Nothing that a run leaves in its directory holds a secret, in whatever form the task let it out."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

PLAIN = "canary-Plain-7313"
SPECIAL = "canary/käse+'q\"&<9"
SECRETS = (PLAIN, SPECIAL)

# The source holds one as well, as sources sometimes do.
LEAKS = f"""
import base64, html, json, sys, time, urllib.parse
HARD_CODED = {PLAIN!r}
params = locals().get("params") or json.loads(sys.argv[1])
for secret in (params["plain"], params["special"]):
    print(secret)
    print(repr({{"password": secret}}), json.dumps([secret]), html.escape(secret), file=sys.stderr)
    say(f"connecting with {{secret}}")
    say(json.dumps({{"url": f"postgresql://u:{{urllib.parse.quote_plus(secret)}}@host"}}), "error")
    print(base64.b64encode(secret.encode()).decode())
    print(base64.b64encode(f"user:{{secret}}".encode()).decode(), base64.urlsafe_b64encode(b"x" + secret.encode()))
    half = len(secret) // 2
    sys.stdout.write(secret[:half]); sys.stdout.flush(); time.sleep(0.3)
    sys.stdout.write(secret[half:] + "\\n"); sys.stdout.flush()
    send(kind="output", name=secret, output_kind="value", value={{secret: [secret]}})
    send(kind="progress", id=secret, current=1, text=secret)
print(ask("ANA"))
"""


def forms(secret: str) -> list[str]:
    encoded = secret.encode()
    inner = [base64.b64encode(prefix + encoded).decode()[4:-4] for prefix in (b"", b"u", b"us")]
    return [secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote_plus(secret), *inner]


def leaks_in(directory: Path) -> list[str]:
    found = []
    for file in (each for each in directory.rglob("*") if each.is_file()):
        text = file.read_text(errors="replace")
        # Once as it is and once as somebody reads it who decodes the JSON.
        readable = text.encode().decode("unicode_escape", "replace") if file.suffix != ".py" else ""
        found += [f"{file.name}: {form}" for secret in SECRETS for form in forms(secret) if form in text + readable]
    return found


JOB: dict[str, Any] = {
    "secrets": SECRETS,
    "parameters": {"plain": PLAIN, "special": SPECIAL},
    "connections": {"ANA": {"password": SPECIAL}},
    "environment": {"PGPASSWORD": PLAIN},
}


def test_the_canaries_would_be_found(tmp_path: Path) -> None:
    for secret in SECRETS:
        for form in forms(secret):
            (tmp_path / "file").write_text(f"before{form}after")
            assert leaks_in(tmp_path)
    (tmp_path / "file").write_text(json.dumps({"text": SPECIAL}))
    assert leaks_in(tmp_path)


def test_a_script_leaves_no_secret_behind(runners: Any) -> None:
    running = runners.script(LEAKS + "raise ValueError(f'cannot log in with {params}')", speaks=True, **JOB)
    events = running.finish()
    assert events[-1]["reason"].startswith("ValueError: cannot log in with ")
    assert sum("••••••" in json.dumps(each, ensure_ascii=False) for each in events) >= 15
    assert leaks_in(running.directory) == []


def test_a_notebook_leaves_no_secret_behind(runners: Any) -> None:
    more = """
from IPython.display import HTML, display, update_display
display(HTML(f"<b title={html.escape(SECRET)!r}>{SECRET}</b>"), display_id=SECRET)
update_display({"application/json": {SECRET: SECRET}, "text/plain": SECRET}, raw=True, display_id=SECRET)
def fail():
    raise ValueError(f"cannot log in with {SECRET}")
""".replace("SECRET", "params['special']")
    running = runners.notebook(LEAKS, more, "fail()", speaks=True, **JOB)
    events = running.finish()
    assert events[-1]["reason"].startswith("Cell 4: ValueError: cannot log in with ••••••")
    assert sum("••••••" in json.dumps(each, ensure_ascii=False) for each in events) >= 15
    assert leaks_in(running.directory) == []
    assert running.notebook.metadata.papermill.parameters == {"plain": "••••••", "special": "••••••"}


def test_files_are_masked_although_the_run_was_cancelled(runners: Any) -> None:
    code = f"""
import pathlib, time
pathlib.Path(os.environ["TASKDECK_RUN_DIR"], "outputs", "dump.txt").write_text({PLAIN!r})
say("ready")
time.sleep(60)
"""
    running = runners.script(code, speaks=True, **JOB)
    running.until_said("ready")
    assert running.cancel()
    assert running.finish()[-1]["status"] == "cancelled"
    assert leaks_in(running.directory) == []


def test_a_task_that_prints_its_environment_gives_no_token_away(runners: Any) -> None:
    code = "import os; print(dict(os.environ)); say(os.environ['TASKDECK_CHANNEL_TOKEN'])"
    running = runners.notebook(code, speaks=True)
    events = running.finish()
    said = [each["text"] for each in events if each["type"] == "message"]
    assert said == ["••••••"]
    assert "'TASKDECK_CHANNEL_TOKEN': '••••••'" in (running.directory / "journal.jsonl").read_text()
    assert "'TASKDECK_CHANNEL_TOKEN': '••••••'" in (running.directory / "output.ipynb").read_text()


@pytest.mark.parametrize("runners", ["plain"], indirect=True)
def test_a_defect_of_the_runner_leaves_no_secret_in_its_log(runners: Any, tmp_path: Path) -> None:
    # In place of any defect: the first statement after the set-up of the log, and one before it.
    for broken in ("taskdeck.runner.main.Journal", "taskdeck.runner.main._log_masked"):
        module, _, name = broken.rpartition(".")
        (tmp_path / "sitecustomize.py").write_text(
            f"import {module} as module\ndef fail(*_, **__): raise LookupError({PLAIN!r})\nmodule.{name} = fail\n"
        )
        running = runners.script("", environ={"PYTHONPATH": str(tmp_path)}, **JOB)
        assert running.process.wait(20) == 1
        assert "LookupError: ••••••" in running.log
        assert leaks_in(running.directory) == []


def test_a_secret_that_is_a_word_of_the_formats_breaks_neither_events_nor_notebook(runners: Any) -> None:
    words = ("stdout", "stream", "code", "cell_type", "message", "python3", "text/plain", "parameters", "succeeded")
    running = runners.notebook("print('a stream'); say('message')", "1", speaks=True, secrets=words)
    events = running.finish()
    assert events[-1]["status"] == "succeeded"
    assert [each["text"] for each in events if each["type"] == "message"] == ["••••••"]
    assert running.notebook.cells[0].outputs[0].text == "a ••••••\n"
    assert json.loads((running.directory / "source.ipynb").read_text())["cells"][1]["cell_type"] == "code"
