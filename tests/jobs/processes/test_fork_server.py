"""The fork server that our workers come from."""

import subprocess
import sys

from waiting import PATIENCE

SCRIPT = """
import multiprocessing, os, resource, time
from multiprocessing import forkserver
from crossover.jobs.processes.fork_server import start_fork_server

def run():
    process = multiprocessing.get_context("forkserver").Process(target=int)
    process.start()
    process.join()
    return process.exitcode

if __name__ == "__main__":
    start_fork_server()
    print(run())
    server = forkserver._forkserver._forkserver_pid
    resource.prlimit(server, resource.RLIMIT_NOFILE, (3, 3))  # it cannot accept a connection, and ends by itself
    try:
        run()
    except (EOFError, OSError):
        pass
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
    print(run())
"""


def test_one_that_has_ended_by_itself_is_replaced(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.stdout.split() == ["0", "0"], done.stderr
