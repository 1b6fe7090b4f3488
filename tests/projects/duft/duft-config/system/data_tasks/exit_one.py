import sys

from services.dte_tools.data_task_tools import initialise_data_task

environment = initialise_data_task("Exits with One")
environment.log_error("No data for this month")
sys.exit(1)
