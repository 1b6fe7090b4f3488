"""Which configuration is served, and the versions that it had."""

from __future__ import annotations

from taskdeck.configuration import items, lock, repository
from taskdeck.configuration.edits import Item
from taskdeck.configuration.versions import Versions
from taskdeck.settings import ConfigurationRules
from taskdeck.web import conditions, config_files, config_plans, context
from taskdeck.web.api import Reply, Routes
from taskdeck.web.puller import Pull
from taskdeck.web.schemas.configuration import (
    ConfigFileDiff,
    ConfigFileDiffs,
    ConfigFileQuery,
    ConfigItem,
    ConfigPull,
    ConfigRules,
    Configuration,
    ConfigVersion,
    ConfigVersionDetail,
    ConfigVersionPage,
    ConfigVersionQuery,
    LastPull,
    UpdateInProgress,
)

routes = Routes("Configuration")


@routes.get("/api/config", "getConfiguration", returns=Configuration)
def get_configuration() -> Reply:
    """Which configuration is served, and where it may come from."""
    settings = context.current().settings
    catalog = context.service().catalog()
    versions = Versions.of(settings)
    active = versions.active()
    number = active.number if active else None
    holder = lock.holder(settings.configuration_directory / "lock")
    shown = Configuration(
        version=ConfigVersion.from_model(active, versions, number) if active else None,
        managed=active is not None and active.tree is not None,
        directory=str(settings.project),
        catalog_version=catalog.version,
        update_in_progress=UpdateInProgress.from_model(holder),
        rules=_rules(settings.configuration),
        pull=_pull(settings.configuration, context.current().puller.last),
    )
    return Reply(model=shown, headers=conditions.etag(number))


@routes.get("/api/config/versions", "listConfigVersions", returns=ConfigVersionPage)
def list_config_versions(query: ConfigVersionQuery) -> ConfigVersionPage:
    """Versions of the configuration, newest first."""
    versions = Versions.of(context.current().settings)
    page = versions.page(before=query.before, limit=query.limit + 1)
    listed = page[: query.limit]
    active = versions.active()
    return ConfigVersionPage(
        versions=[ConfigVersion.from_model(each, versions, active.number if active else None) for each in listed],
        next_before=listed[-1].number if len(page) > len(listed) else None,
    )


@routes.get("/api/config/versions/<int:number>", "getConfigVersion", returns=ConfigVersionDetail, problems=(404,))
def get_config_version(number: int) -> ConfigVersionDetail:
    """A version of the configuration, with what it changed."""
    versions = Versions.of(context.current().settings)
    found, active = versions.get(number), versions.active()
    plan = config_plans.masked(versions.plan(number), context.service().masker())
    return ConfigVersionDetail.with_plan(found, versions, active.number if active else None, plan)


@routes.get("/api/config/versions/<int:number>/files", "compareConfigFiles", returns=ConfigFileDiffs, problems=(404,))
def compare_config_files(number: int, query: ConfigFileQuery) -> ConfigFileDiffs:
    """The files of a version that are not as in another one, as they were before and after.

    Texts up to 256 KB each and 2 MB together; one file alone, named by `path`, may have 1 MB. Of notebooks, which may
    be larger, the cells are compared, without their outputs.
    """
    versions = Versions.of(context.current().settings)
    found = config_files.compare(versions, number, query.against, query.path, context.service().masker())
    return ConfigFileDiffs(
        version=found.version.number,
        against=found.against.number if found.against else None,
        files=[ConfigFileDiff.from_model(each) for each in found.files],
        count=found.count,
    )


@routes.get("/api/config/tasks/<task_id>", "getConfigTask", returns=ConfigItem, problems=(404,))
def get_config_task(task_id: str) -> Reply:
    """What the configuration says of a task, as it stands in its file."""
    return _item(Item.TASK, task_id)


@routes.get("/api/config/tasks/<task_id>/parameters/<name>", "getConfigParameter", returns=ConfigItem, problems=(404,))
def get_config_parameter(task_id: str, name: str) -> Reply:
    """What the configuration says of a parameter of a task."""
    return _item(Item.PARAMETER, task_id, name)


@routes.get("/api/config/connections/<connection_id>", "getConfigConnection", returns=ConfigItem, problems=(404,))
def get_config_connection(connection_id: str) -> Reply:
    """What the configuration says of a connection."""
    return _item(Item.CONNECTION, connection_id)


def _item(item: Item, id_: str, name: str = "") -> Reply:
    service = context.service()
    catalog = service.catalog()
    found = items.read(catalog.project, item, id_, name)
    shown = ConfigItem(
        id=id_, file=found.file, version=catalog.config_version, content=service.masker(catalog).value(found.content)
    )
    return Reply(model=shown, headers=conditions.etag(catalog.config_version))


def _rules(rules: ConfigurationRules) -> ConfigRules:
    return ConfigRules(
        repositories=[repository.shown(url) for url in rules.repositories],
        commit=rules.commit,
        signed_tags=rules.signed_tags,
        archives=rules.archives,
        max_bytes=rules.max_bytes,
        max_files=rules.max_files,
    )


def _pull(rules: ConfigurationRules, last: Pull | None) -> ConfigPull | None:
    if not rules.repository:
        return None
    return ConfigPull(
        repository=repository.shown(rules.repository),
        branch=rules.branch,
        directory=rules.directory,
        poll_seconds=rules.poll_seconds,
        webhooks=bool(rules.webhook_secret),
        last=LastPull.from_model(last),
    )
