import subprocess
import sys

from services.dte_tools.data_task_tools import initialise_data_task

environment = initialise_data_task("Starts Processes")
CHILD = """
from services.dte_tools.data_task_tools import initialise_data_task
initialise_data_task("Child").log_message("Said by a child")
"""
subprocess.run([sys.executable, "-c", CHILD], check=True)
environment.log_message("The child has ended")
