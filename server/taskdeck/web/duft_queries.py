"""Queries of DUFT's dashboards."""

from __future__ import annotations

import re

from flask import Response
from pydantic import BaseModel, Field

from taskdeck.execution.queries import Part
from taskdeck.web import auth, context, duft_files
from taskdeck.web.api import InvalidRequest, read_body
from taskdeck.web.schemas.shape import MAX_NUMBER

TRUNCATED = "X-Taskdeck-Truncated"
"""On an answer that lacks rows."""

MAX_SEARCH_CHARACTERS = 1000
_SORT = re.compile(r"\s*(.*?)(?:\s+(asc|desc))?\s*", re.IGNORECASE | re.DOTALL)

Scalar = str | int | float | bool | None


class QueryRequest(BaseModel):
    data_connection_id: str
    query: str | None = Field(default=None, max_length=duft_files.MAX_QUERY_BYTES)
    query_file: str | None = None
    query_name: str | None = None
    """Of a file below ``dashboards/sql``, without ``.sql``."""
    parameters: dict[str, Scalar | list[Scalar]] | None = None
    search_text: str | None = Field(default=None, max_length=MAX_SEARCH_CHARACTERS)
    search_columns: str | list[str] | None = None
    """A list, or names with commas between them."""
    sort_column: str | None = None
    """With `` ASC`` or `` DESC`` after it, or without."""
    page_size: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    current_page: int | None = Field(default=None, ge=1, le=MAX_NUMBER)

    @property
    def part(self) -> Part:
        columns = self.search_columns or []
        names = columns.split(",") if isinstance(columns, str) else columns
        column, direction = _SORT.fullmatch(self.sort_column or "").groups()  # type: ignore[union-attr]
        return Part(
            search=self.search_text or "",
            search_columns=tuple(name.strip() for name in names if name.strip()),
            sort=column,
            descending=(direction or "").lower() == "desc",
            skip=(self.page_size or 0) * ((self.current_page or 1) - 1),
            max_rows=self.page_size,
        )


@auth.open_to_guests()
def run_query() -> Response:
    """The rows of a query, each an object by column."""
    body, service = read_body(QueryRequest), context.service()
    answer = service.query(body.data_connection_id, _text(body), body.parameters or {}, body.part)
    response = Response(answer.rows, content_type="application/json")
    if answer.truncated:
        response.headers[TRUNCATED] = "true"
    return response


def _text(body: QueryRequest) -> str:
    by_name = f"dashboards/sql/{body.query_name}.sql" if body.query_name else None
    file = body.query_file or by_name
    if body.query is not None and file is None:
        return body.query
    if body.query is None and file is not None:
        return duft_files.query_text(context.service().catalog().project, file)
    raise InvalidRequest({"query": "give either query or query_file"})
