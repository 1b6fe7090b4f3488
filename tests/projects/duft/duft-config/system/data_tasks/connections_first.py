"""Reads connections at import time, one that the task did not declare and one that does not exist among them."""

from services.dte_tools.data_task_tools import get_resolved_parameters_for_connection, initialise_data_task

ANA = get_resolved_parameters_for_connection("ANA")
UNDECLARED = get_resolved_parameters_for_connection("SOURCE")
UNKNOWN = get_resolved_parameters_for_connection("EMPS")

environment = initialise_data_task("Connections First")
environment.log_message("ANA is %s" % ANA["type"])
environment.log_message("SOURCE has port %r" % UNDECLARED["port"])
environment.log_message("EMPS is %r" % UNKNOWN)
environment.log_message("The password is %s" % UNDECLARED["password"])
