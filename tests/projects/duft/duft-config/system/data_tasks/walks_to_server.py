import os
import sys

current_dir = os.path.dirname(os.path.abspath(__file__))
duft_server_dir = None

while current_dir != os.path.dirname(current_dir):
    if "duft-server" in os.listdir(current_dir):
        duft_server_dir = os.path.join(current_dir, "duft-server")
        break
    current_dir = os.path.dirname(current_dir)

if duft_server_dir is None:
    print("duft-server directory not found!")
    sys.exit(1)

os.chdir(duft_server_dir)
sys.path.insert(0, os.getcwd())

from api_data_task_executioner.data_task_tools import find_json_arg, initialise_data_task  # noqa: E402

params = find_json_arg(sys.argv)
environment = initialise_data_task("Walks to the Server", params=params)
environment.log_message("In %s" % os.path.basename(os.getcwd()))
environment.log_message("%s %s" % (params["year"] + 1, params["active"] is True))
