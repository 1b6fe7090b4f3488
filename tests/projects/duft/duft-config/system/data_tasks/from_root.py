import os
import sys

from services.dte_tools.data_task_tools import DataTaskEnvironment, directories, find_json_arg, initialise_data_task

environment: DataTaskEnvironment = initialise_data_task("From the Root", params=find_json_arg(sys.argv))
folder = os.path.dirname(os.path.abspath(__file__))
environment.log_message("Runs in the root: %s" % (os.path.samefile(os.getcwd(), directories.root_directory)))
environment.log_message("Lies in the root: %s" % os.path.samefile(folder, directories.root_directory))
environment.log_message("Beside it: %s" % ", ".join(sorted(n for n in os.listdir(folder) if n.startswith("duft-"))))
