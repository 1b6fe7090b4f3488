import os

from services.dte_tools.data_task_tools import get_data_dir, initialise_data_task, post_file_to_duft_server

environment = initialise_data_task("Upload")
try:
    post_file_to_duft_server("http://127.0.0.1:9", "user", "word", os.path.join(get_data_dir(), "cases.csv"), "data")
except Exception as error:
    environment.log_error(str(error).split(" failed:")[0])
environment.log_message("Goes on")
