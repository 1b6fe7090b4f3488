import os
import sys

from data_task_helpers import something
from services.dte_tools.data_task_tools import find_json_arg, get_temp_dir, initialise_data_task
from services.dte_tools.update_tools import download_github_repo

something()
params = find_json_arg(sys.argv)
environment = initialise_data_task("DUFT Config Updater", params=params)
environment.log_message(f"Updating {params['final_repo_name']} from {params['repo_url']}")
download_github_repo(
    params["repo_url"],
    os.path.join(get_temp_dir(), "downloads"),
    final_repo_name=params["final_repo_name"],
    branch=params["branch"],
    user_dir="user",
)
environment.log_message("Update complete. Please exit and restart DUFT.")
