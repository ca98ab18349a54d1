"""For the transports over Celery, it becomes a Celery worker."""

import signal

import pytest
from waiting import PATIENCE, eventually

from crossover.cli.commands.worker import SERVERS


@pytest.mark.long
@pytest.mark.parametrize("transport", [name for name in SERVERS if name.startswith("celery")], indirect=True)
def test_a_comparison_can_use_it_as_an_external_worker(begin, crossover, server, transport, tmp_path):
    variables = {server.variable: server.url}
    worker = begin("worker", transport, "--allow", "workloads", "-w", "2", **variables)
    words = ["compare", f"{transport}?workers=external", "-W", "noop", "-n", "20", "-r", "1", "-w", "2", "-q"]
    said = []

    def is_used():  # until it is ready, there are no workers
        said.append(crossover(*words, **variables))
        return not said[-1].returncode or worker.poll() is not None

    assert eventually(is_used)
    assert said[-1].returncode == 0, f"{said[-1].stderr} {(tmp_path / 'stderr').read_text()}"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
