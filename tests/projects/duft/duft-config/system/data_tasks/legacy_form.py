import json
import sys

from data_task_helpers import something

something()
from src.dte.dte_tools import (  # noqa: E402
    assert_dte_tools_available,
    get_duft_config,
    get_resolved_parameters_for_connection,
    log_error,
    log_message,
    set_data_task_name,
)

params = {}

if __name__ == "__main__":
    set_data_task_name("Legacy Data Task")
    try:
        params = json.loads(sys.argv[1])
        params["name"] is not None
    except (IndexError, KeyError):
        log_error("No parameters given!")
        params = {"name": "No Param Given!!"}

assert_dte_tools_available()
log_message("%s, %s" % (something(), params["name"]))
log_message("Port %r" % get_resolved_parameters_for_connection("SOURCE")["port"])
log_message("Settings %s" % get_duft_config()["settings"])
