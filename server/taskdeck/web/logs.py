"""The lines of a run's log: by page, and those with a text in them."""

from __future__ import annotations

from flask import Response

from taskdeck.execution import log_lines, log_pages
from taskdeck.execution.log_lines import LogLine
from taskdeck.execution.log_pages import Wanted
from taskdeck.web import context, wire
from taskdeck.web.api import InvalidRequest, Routes
from taskdeck.web.schemas.logs import LogPage, LogQuery, LogSearch

routes = Routes("Results")


@routes.get("/api/runs/<int:run_id>/log/lines", "listLogLines", returns=LogPage, problems=(404,))
def list_log_lines(run_id: int, query: LogQuery) -> Response:
    """A page of the log, with line numbers.

    From the end, unless ``before`` or ``after`` says otherwise. However long the log is, a page takes as long.
    """
    return _page(run_id, query)


@routes.get("/api/runs/<int:run_id>/log/search", "searchLog", returns=LogPage, problems=(404,))
def search_log(run_id: int, query: LogSearch) -> Response:
    """Lines of the log that hold a text.

    An answer looks for a fraction of a second and says how far it came: go on with ``last`` as ``after``, or ``first``
    as ``before``, until the end of the log is reached.
    """
    return _page(run_id, query, text=query.q, case_sensitive=query.case_sensitive)


def _page(run_id: int, query: LogQuery, *, text: str = "", case_sensitive: bool = False) -> Response:
    if query.before is not None and query.after is not None:
        raise InvalidRequest({"before": "cannot be given together with after"})
    run = context.service().run(run_id)
    kinds = log_lines.kinds(sources=[query.source] if query.source else log_lines.SOURCES, at_least=query.level)
    wanted = Wanted(
        direction="after" if query.after is not None else "before",
        line=query.after if query.after is not None else query.before,
        limit=query.limit,
        kinds=kinds,
        text=text,
        case_sensitive=case_sensitive,
    )
    page: log_pages.LogPage = context.service().log_page(run_id, wanted)
    body = {
        "lines": [{**_shown(each.line), "number": each.number, "seq": each.line.seq} for each in page.lines],
        "first": page.first,
        "last": page.last,
        "line_count": page.line_count,
        "open_lines": [_shown(line) for line in page.open_lines],
        # Asked before the page was read: then its end is in it.
        "ended": run.status.is_final,
    }
    # A page of a thousand lines is not worth checking again.
    return Response(wire.encode(body), content_type="application/json")


def _shown(line: LogLine) -> dict[str, str]:
    return {"at": line.at, "source": line.source, "level": line.level, "text": line.text}
