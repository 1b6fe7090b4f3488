"""The tasks of the project."""

from __future__ import annotations

from taskdeck.execution.submission import UnknownTask
from taskdeck.web import context
from taskdeck.web.api import Routes
from taskdeck.web.schemas.problems import Problem
from taskdeck.web.schemas.tasks import Project, Task, TaskList, TaskSummary

LAST_RUNS = 10

routes = Routes("Tasks")


@routes.get("/api/tasks", "listTasks", returns=TaskList)
def list_tasks() -> TaskList:
    """All tasks of the project, hidden ones included, with their last runs."""
    service = context.service()
    catalog = service.catalog()
    last_runs = service.recent_runs_by_task(LAST_RUNS)
    typical_seconds = service.typical_seconds()
    return TaskList(
        project=Project.from_catalog(catalog),
        tasks=[
            TaskSummary.from_model(
                declared,
                last_runs=last_runs.get(declared.id, []),
                typical_seconds=typical_seconds.get(declared.id),
            )
            for declared in catalog.tasks.values()
        ],
        problems=[Problem.from_model(each) for each in service.project_problems()],
        catalog_version=catalog.version,
    )


@routes.get("/api/tasks/<task_id>", "getTask", returns=Task, problems=(404,))
def get_task(task_id: str) -> Task:
    """One task, with the parameters of its form."""
    service = context.service()
    catalog = service.catalog()
    declared = catalog.tasks.get(task_id)
    if declared is None:
        raise UnknownTask(task_id, catalog.tasks)
    summary = TaskSummary.from_model(
        declared,
        last_runs=service.runs(task=task_id, limit=LAST_RUNS),
        typical_seconds=service.typical_seconds().get(task_id),
    )
    configured = {view.connection.id: view.configured for view in service.connections()}
    return Task.from_summary(summary, declared, catalog, configured=configured)
