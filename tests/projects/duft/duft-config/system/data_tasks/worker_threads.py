import asyncio
from concurrent.futures import ThreadPoolExecutor

from services.dte_tools.data_task_tools import (
    DataTaskEnvironment,
    get_resolved_parameters_for_connection,
    initialise_data_task,
)

executor = ThreadPoolExecutor(max_workers=2)


def run_procedure(name, db_params, environment: DataTaskEnvironment):
    for step in range(3):
        environment.log_message(f"{name} {step} on {db_params['sqlite3file']}")


async def main():
    db_params = get_resolved_parameters_for_connection("ANA")
    environment = initialise_data_task("Worker Threads", params={})
    loop = asyncio.get_running_loop()
    await asyncio.gather(
        loop.run_in_executor(executor, run_procedure, "first", db_params, environment),
        loop.run_in_executor(executor, run_procedure, "second", db_params, environment),
    )
    environment.log_message("Both are done")


asyncio.run(main())
