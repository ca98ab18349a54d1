"""What a function finds in a worker: as if it ran alone, in a process that ends with its producer."""

import signal
import subprocess
import sys

import psutil
import pytest
from processes import is_running
from waiting import eventually

from crossover.contract.tasks import Batch, as_outcomes
from crossover.workers.fleet import Fleet, context_for
from local_ipc.channels.pickling import pack, unpack_outcomes
from local_ipc.pipes import PipeInbox


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_a_worker_is_a_process_in_which_a_function_may_do_everything(start):
    context = context_for(start)
    fleet = Fleet(context, "task_functions:surroundings")
    ours, theirs = context.Pipe()
    with ours:
        try:
            fleet.add(PipeInbox(theirs, [ours] if start == "fork" else []))
            theirs.close()
            fleet.wait_until_ready()
            ours.send_bytes(*pack(Batch(0, 1, [0]))[0])
            found = as_outcomes(unpack_outcomes(ours.recv_bytes()))
        finally:
            fleet.stop()
    assert not found.errors
    assert found.values == [
        {
            "interrupts": signal.SIG_IGN,
            "terminates": signal.SIG_DFL,
            "blocked": set(),
            "prints": True,
            "start": None,
            "child": 0,
            "pika": False,
            "tracker": True,
        }
    ]
    assert found.worker in fleet.pids


PRODUCER = """
import sys, time
from crossover.workers.fleet import Fleet, context_for
from local_ipc.pipes import PipeInbox
if __name__ == "__main__":
    context = context_for(sys.argv[1])
    fleet = Fleet(context, "workloads.noop:run")
    ends = [context.Pipe() for _ in range(2)]
    for _, theirs in ends:
        fleet.add(PipeInbox(theirs, []))
    fleet.wait_until_ready()
    print(*fleet.pids, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_workers_end_with_their_producer_however_that_ends(start, tmp_path):
    path = tmp_path / "producing.py"
    path.write_text(PRODUCER)
    with subprocess.Popen([sys.executable, path, start], stdout=subprocess.PIPE, text=True) as producer:
        pids = list(map(int, producer.stdout.readline().split()))
        family = {one.pid for one in psutil.Process(producer.pid).children(recursive=True)} | set(pids)
        assert len(pids) == 2
        assert all(map(is_running, pids))
        producer.kill()
    assert eventually(lambda: not any(map(is_running, family)))
