import os
import sys

from services.config.service import config_directories
from services.dte_tools.data_task_tools import (
    directories,
    get_data_dir,
    get_directories,
    get_temp_dir,
    initialise_data_task,
    purge_temp_dir,
)

environment = initialise_data_task("Uses Directories")
root = directories.root_directory
for path in (
    get_data_dir(),
    get_temp_dir(),
    get_directories().system_config_directory,
    config_directories.user_config_directory,
):
    environment.log_message(os.path.relpath(path, root).replace(os.sep, "/"))

with open(os.path.join(get_data_dir(), "cases.csv")) as file:
    environment.log_message("%d rows" % (len(file.readlines()) - 1))

left_over = os.path.join(get_temp_dir(), "left over.txt")
open(left_over, "w").close()
purge_temp_dir()
environment.log_message("Purged: %s" % (not os.path.exists(left_over)))
environment.log_message("Own folder first: %s" % os.path.samefile(sys.path[0], os.path.dirname(__file__)))
environment.log_message("Own folder is current: %s" % os.path.samefile(os.getcwd(), os.path.dirname(__file__)))
