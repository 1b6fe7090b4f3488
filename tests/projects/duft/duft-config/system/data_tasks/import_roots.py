"""Every import root leads to the same tools."""

import api_data_task_executioner.data_task_tools
import core.update_tools
import flask_app.dte.dte_tools
import services.config.service.config_directories
import services.dte_tools.data_task_tools
import services.dte_tools.update_tools
import src.dte.data_task_tools
import src.dte.dte_tools
from core.environment import Environment

services.dte_tools.data_task_tools.initialise_data_task("Import Roots")
for tools in (
    services.dte_tools.data_task_tools,
    api_data_task_executioner.data_task_tools,
    src.dte.data_task_tools,
    src.dte.dte_tools,
    flask_app.dte.dte_tools,
):
    tools.log_message("from %s" % tools.__name__)

assert core.update_tools.download_github_repo is services.dte_tools.update_tools.download_github_repo
assert services.config.service.config_directories.directories.data_directory == Environment.data_directory
