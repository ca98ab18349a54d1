"""The one fixture line that a transport needs to be held to the contract."""

import pytest

from crossover.contract.registry import parse
from crossover.contract.safety import Safety

TRANSPORTS = [
    "serial",
    "threads",
    "queue",
    "queue://?start=spawn",
    "queue://?start=forkserver",
    "pipe",
    "pipe://?start=spawn",
    "manager",
    "manager://?start=spawn",
    "pool",
    "pool://?start=spawn",
    "executor",
    "executor://?start=spawn",
    "shared-memory",
    "shared-memory://?start=spawn",
    "shared-memory://?slots=8&slot_bytes=1024",
]
OWN_PROCESSES = [url for url in TRANSPORTS if url not in {"serial", "threads"}]


@pytest.fixture(params=TRANSPORTS)
def transport(request):
    with parse(request.param).create(Safety.DEFAULT) as made:
        yield made


@pytest.fixture(params=OWN_PROCESSES)
def with_processes(request):
    """Transports whose workers are processes."""
    with parse(request.param).create(Safety.DEFAULT) as made:
        yield made
