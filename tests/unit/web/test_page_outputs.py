"""What a page shows in place of outputs that only the dashboard can show."""

import pytest

from taskdeck.web import page_outputs

PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
SCRIPT = "<p>before</p><SCRIPT>draw()</SCRIPT>"


def chart(title="Cases <by district>", **layout):
    return {"data": [], "layout": {"title": {"text": title}, **layout}}


@pytest.mark.parametrize("with_scripts", [True, False])
def test_an_interactive_chart_becomes_a_note_with_its_title(with_scripts):
    shown = page_outputs.shown({PLOTLY: chart(), "text/html": SCRIPT}, with_scripts=with_scripts)

    assert list(shown) == ["text/html"]
    assert "“Cases &lt;by district&gt;” is interactive: it is shown in the dashboard only." in shown["text/html"]
    assert "script" not in shown["text/html"].lower()


@pytest.mark.parametrize("content", [{}, {"layout": {"title": None}}, {"layout": 1}, [], "x"])
def test_a_chart_without_a_title_becomes_a_note_as_well(content):
    shown = page_outputs.shown({PLOTLY: content}, with_scripts=True)

    assert "This output is interactive" in shown["text/html"]


def test_a_chart_with_a_picture_is_shown_by_it():
    data = {PLOTLY: chart(), "text/html": SCRIPT, "image/png": "iVBOR", "text/plain": "Figure()"}

    assert page_outputs.shown(data, with_scripts=True) == {"image/png": "iVBOR"}


def test_a_chart_that_brings_its_library_along_is_shown_where_scripts_run():
    page = SCRIPT + " " * 600_000

    assert page_outputs.shown({PLOTLY: chart(), "text/html": [page]}, with_scripts=True) == {"text/html": page}
    assert "dashboard only" in page_outputs.shown({PLOTLY: chart(), "text/html": page}, with_scripts=False)["text/html"]


def test_a_widget_keeps_its_text():
    shown = page_outputs.shown({WIDGET: {"model_id": "1"}, "text/plain": "100%|██| 3/3 <x>"}, with_scripts=True)

    assert shown["text/html"].startswith("<pre>100%|██| 3/3 &lt;x&gt;</pre><p")


@pytest.mark.parametrize("data", [{"text/html": SCRIPT}, {"application/javascript": "draw()", "text/plain": "x"}])
def test_what_needs_scripts_is_left_alone_where_they_run_and_noted_where_not(data):
    assert page_outputs.shown(data, with_scripts=True) == data
    assert "dashboard only" in page_outputs.shown(data, with_scripts=False)["text/html"]


@pytest.mark.parametrize(
    "data", [{"text/plain": "1"}, {"text/html": "<table></table>"}, {"image/png": "x", "text/plain": "y"}]
)
def test_all_else_is_shown_as_it_is(data):
    assert page_outputs.shown(data, with_scripts=False) == data
