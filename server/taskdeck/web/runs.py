"""Runs: started, listed, watched and cancelled."""

from __future__ import annotations

from flask import Response, request

from taskdeck.execution import bulk
from taskdeck.model import labels, run
from taskdeck.model.trace import Stage
from taskdeck.runner.trace import Trace
from taskdeck.web import auth, conditions, context, wire
from taskdeck.web.api import Reply, Routes
from taskdeck.web.gate import RECEIVED_AT_NS
from taskdeck.web.schemas.estimates import Estimate
from taskdeck.web.schemas.events import EventPage, EventQuery
from taskdeck.web.schemas.runs import (
    BulkRequest,
    BulkResult,
    BulkResults,
    DigestQuery,
    Run,
    RunDetail,
    RunDigest,
    RunDigests,
    RunPage,
    RunQuery,
    RunRequest,
)

_IDEMPOTENCY_KEY = conditions.idempotency_key_header(
    "A key of the caller's own; repeating the request with it starts nothing new."
)

routes = Routes("Runs")


def shown(found: run.Run) -> Run:
    """A run as HTTP and the socket show it."""
    return Run.from_model(found, waits=context.service().waiting(found), called=_labels(found))


def _labels(found: run.Run) -> labels.Labels:
    """As the run keeps them, or, where an older version queued it, as its task has them now."""
    if found.parameter_labels is not None:
        return found.parameter_labels
    task = context.service().catalog().tasks.get(found.task_id)
    return labels.of(task.parameters, found.parameters) if task else {}


@routes.post(
    "/api/runs",
    "submitRun",
    returns=Run,
    status=201,
    other_statuses={200: "An earlier request with this Idempotency-Key started this run"},
    problems=(404, 409, 422),
    headers=(_IDEMPOTENCY_KEY,),
)
def submit_run(body: RunRequest) -> Reply:
    """Start a run of a task."""
    found, created = context.service().submit(
        body.task,
        body.parameters,
        trigger=auth.trigger(),
        idempotency_key=conditions.idempotency_key(),
        rerun_of=body.rerun_of,
    )
    trace = Trace(context.current().settings.traces_directory)
    trace.mark(found.id, Stage.RECEIVED, at_ns=request.environ.get(RECEIVED_AT_NS))
    answer = shown(found)
    trace.mark(found.id, Stage.ANSWERED)
    return Reply(model=answer, status=201 if created else 200, headers={"Location": f"/api/runs/{found.id}"})


@routes.get("/api/runs", "listRuns", returns=RunPage)
def list_runs(query: RunQuery) -> RunPage:
    """Runs, newest first."""
    found = context.service().find_runs(query.wanted(), before=query.before, limit=query.limit)
    return RunPage(runs=[shown(each) for each in found.runs], next_before=found.next_before)


@routes.get("/api/runs/digests", "listRunDigests", returns=RunDigests)
def list_run_digests(query: DigestQuery) -> RunDigests:
    """How the last runs of some tasks ended, and how long they took."""
    found = context.service().last_runs(query.task, limit_each=query.limit)
    return RunDigests(tasks={task: [RunDigest.from_model(each) for each in last] for task, last in found.items()})


@routes.post("/api/runs/bulk", "actOnRuns", returns=BulkResults, headers=(_IDEMPOTENCY_KEY,))
def act_on_runs(body: BulkRequest) -> BulkResults:
    """Cancel many runs, or run them again.

    Each for itself: one that cannot does not stop the others. A run is repeated with its own values and the present
    version of its task. The Idempotency-Key counts for each run of the list.
    """
    found = bulk.carry_out(
        context.service(),
        body.action,
        body.run_ids,
        trigger=auth.trigger(),
        idempotency_key=conditions.idempotency_key(),
    )
    return BulkResults(results=[BulkResult.from_model(each) for each in found])


@routes.get("/api/runs/<int:run_id>", "getRun", returns=RunDetail, problems=(404,))
def get_run(run_id: int) -> RunDetail:
    """One run, with its attempts."""
    service = context.service()
    found = service.run(run_id)
    return RunDetail.with_attempts(
        found,
        service.attempts(run_id),
        config_version=service.config_version(run_id),
        waits=service.waiting(found),
        called=_labels(found),
    )


@routes.get("/api/runs/<int:run_id>/estimate", "estimateRun", returns=Estimate, problems=(404,))
def estimate_run(run_id: int) -> Estimate:
    """What a run usually takes, in all and by cell."""
    return Estimate.from_model(run_id, context.service().estimate(run_id))


@routes.post("/api/runs/<int:run_id>/cancel", "cancelRun", returns=Run, status=202, problems=(404, 409))
def cancel_run(run_id: int) -> Run:
    """Ask a run to end.

    The answer comes at once; the run is cancelled when its status says so.
    """
    found = context.service().cancel(run_id, by=auth.trigger().in_words)
    return shown(found)


@routes.get("/api/runs/<int:run_id>/events", "listEvents", returns=EventPage, problems=(404,))
def list_events(run_id: int, query: EventQuery) -> Response:
    """Events of a run, in order."""
    page = context.service().events(run_id, query.after, query.limit)
    # Events were checked when they were made; a page of a thousand is not worth checking again.
    body = {"events": page.events, "last_seq": page.last_seq, "ended": page.ended}
    return Response(wire.encode(body), content_type="application/json")
