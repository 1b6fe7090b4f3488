"""Queries of DUFT's dashboards."""

from __future__ import annotations

from flask import Response
from pydantic import BaseModel, Field

from taskdeck.web import auth, context, duft_files
from taskdeck.web.api import InvalidRequest, read_body

TRUNCATED = "X-Taskdeck-Truncated"
"""On an answer that lacks rows."""

Scalar = str | int | float | bool | None


class QueryRequest(BaseModel):
    data_connection_id: str
    query: str | None = Field(default=None, max_length=duft_files.MAX_QUERY_BYTES)
    query_file: str | None = None
    parameters: dict[str, Scalar | list[Scalar]] | None = None


@auth.open_to_guests()
def run_query() -> Response:
    """The rows of a query, each an object by column."""
    body, service = read_body(QueryRequest), context.service()
    answer = service.query(body.data_connection_id, _text(body), body.parameters or {})
    response = Response(answer.rows, content_type="application/json")
    if answer.truncated:
        response.headers[TRUNCATED] = "true"
    return response


def _text(body: QueryRequest) -> str:
    if (body.query is None) == (body.query_file is None):
        raise InvalidRequest({"query": "give either query or query_file"})
    if body.query is not None:
        return body.query
    return duft_files.query_text(context.service().catalog().project, body.query_file or "")
