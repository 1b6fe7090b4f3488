import sys

from services.dte_tools.data_task_tools import initialise_data_task

environment = initialise_data_task("Exits Early")
environment.log_message("Nothing to do")
sys.exit()
