import sys

from services.dte_tools.data_task_tools import find_json_arg, initialise_data_task

params = find_json_arg(sys.argv)
environment = initialise_data_task("Facility List", params=params)
environment.log_message("%s of %s" % (params["level"], params["country"]))
