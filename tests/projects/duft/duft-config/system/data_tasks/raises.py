from services.dte_tools.data_task_tools import initialise_data_task

environment = initialise_data_task("Raises")
environment.log_message("Reading")
raise ValueError("year must be between 2000 and 2030, not 1850")
