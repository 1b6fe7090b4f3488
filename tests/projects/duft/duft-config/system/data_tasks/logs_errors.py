from services.dte_tools.data_task_tools import initialise_data_task, log_message

log_message("Before it is initialised")
environment = initialise_data_task("Logs Errors")
environment.log_error("Facility 7 has no cases")
environment.log_error("Facility 9 has no cases")
environment.log_message("Done")
