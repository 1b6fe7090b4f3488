"""The tasks of the project."""

from __future__ import annotations

from taskdeck.execution import checking
from taskdeck.web import context
from taskdeck.web.api import Routes
from taskdeck.web.schemas.problems import Problem
from taskdeck.web.schemas.sources import TaskDocumentation, TaskLint, TaskSource
from taskdeck.web.schemas.tasks import Project, Task, TaskList, TaskQuery, TaskSummary, Validation, ValidationRequest

routes = Routes("Tasks")


@routes.get("/api/tasks", "listTasks", returns=TaskList)
def list_tasks(query: TaskQuery) -> TaskList:
    """All tasks of the project, hidden ones included, with their last runs."""
    service = context.service()
    catalog = service.catalog()
    task_ids = list(catalog.tasks)
    last_runs = service.last_runs(task_ids, limit_each=query.last_runs)
    typical_seconds = service.typical_seconds(task_ids)
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
        sample_offered=service.offers_sample(catalog),
    )


@routes.get("/api/tasks/<task_id>", "getTask", returns=Task, problems=(404,))
def get_task(task_id: str, query: TaskQuery) -> Task:
    """One task, with the parameters of its form."""
    service = context.service()
    catalog = service.catalog()
    declared = checking.declared(catalog, task_id)
    summary = TaskSummary.from_model(
        declared,
        last_runs=service.last_runs([task_id], limit_each=query.last_runs)[task_id],
        typical_seconds=service.typical_seconds([task_id]).get(task_id),
    )
    views = {view.connection.id: view for view in service.connections()}
    return Task.from_summary(summary, declared, catalog, views=views, usual=service.usual_duration(task_id))


@routes.get(
    "/api/tasks/<task_id>/documentation", "getTaskDocumentation", returns=TaskDocumentation, problems=(404, 409)
)
def get_task_documentation(task_id: str) -> TaskDocumentation:
    """What the author wrote about a task: a Markdown file beside it, or the first cell of its notebook."""
    return TaskDocumentation.from_model(context.service().task_documentation(task_id))


@routes.get("/api/tasks/<task_id>/source", "getTaskSource", returns=TaskSource, problems=(404, 409))
def get_task_source(task_id: str) -> TaskSource:
    """The code of a task as it is now."""
    return TaskSource.from_model(context.service().task_source(task_id))


@routes.get("/api/tasks/<task_id>/lint", "getTaskLint", returns=TaskLint, problems=(404,))
def get_task_lint(task_id: str) -> TaskLint:
    """What is wrong with the code of a task.

    Nothing is run. It may take some seconds; the answer is kept until the file changes, for five minutes at most.
    """
    return TaskLint.from_model(context.service().task_lint(task_id))


@routes.post("/api/tasks/<task_id>/validate", "validateParameters", returns=Validation, problems=(404, 409))
def validate_parameters(task_id: str, body: ValidationRequest) -> Validation:
    """What a run with these parameters would meet, by the rules of starting one.

    Starts and stores nothing.
    """
    return Validation.from_model(context.service().validate(task_id, body.parameters))
