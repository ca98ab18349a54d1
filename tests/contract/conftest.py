"""The one fixture line that a transport needs to be held to the contract."""

import pytest
from broker_leftovers import left
from skips import create

TRANSPORTS = {  # name or URL → at which levels
    "serial": "default",
    "threads": "default",
    "queue": "default",
    "queue://?start=spawn": "default",
    "queue://?start=forkserver": "default",
    "queue://?kind=simple": "default",
    "pipe": "default",
    "unix-socket": "default",
    "manager": "default",
    "pool": "default",
    "pool://?call=apply": "default",
    "executor": "default",
    "shared-memory": "default",
    "shared-memory://?slots=8&slot_bytes=1024": "default",
    "redis-list": "fast default safe",
    "redis-stream": "fast default safe",
    "rabbitmq": "fast default safe",
    "celery+redis": "default",
}
ALSO = {  # a Celery worker takes seconds to start and to stop: these carry the values, and leave nothing; no more
    "celery+redis": "fast safe",
    "celery+rabbitmq": "fast default safe",
    "celery+redis?tuned=yes": "safe",
    "celery+rabbitmq?tuned=yes": "safe",
}
START = {  # each start method is held to everything with a queue; the others to what depends on it
    "pipe://?start=spawn": "default",
    "unix-socket://?start=spawn": "default",
    "manager://?start=spawn": "default",
    "pool://?start=spawn": "default",
    "executor://?start=spawn": "default",
    "shared-memory://?start=spawn": "default",
}


def _entries(transports):
    return [(url, level) for url, levels in transports.items() for level in levels.split()]


EVERY = _entries(TRANSPORTS)
OWN_PROCESSES = [(url, level) for url, level in EVERY if url not in {"serial", "threads"}]
BROKERS = [("celery+rabbitmq", "default")] + [
    (url, level) for url, level in EVERY if url.startswith(("redis", "rabbitmq", "celery"))
]


def _name(entry):
    return "-".join(entry)


@pytest.fixture(params=EVERY, ids=_name)
def transport(request):
    yield from _held_to_the_contract(*request.param)


@pytest.fixture(params=OWN_PROCESSES, ids=_name)
def with_processes(request):
    """Transports whose workers are processes."""
    yield from _held_to_the_contract(*request.param)


@pytest.fixture(params=[*OWN_PROCESSES, *_entries(START)], ids=_name)
def however_started(request):
    """Transports whose workers are processes, with every start method."""
    yield from _held_to_the_contract(*request.param)


@pytest.fixture(params=BROKERS, ids=_name)
def through_a_broker(request):
    """Transports whose messages lie in a broker."""
    yield from _held_to_the_contract(*request.param)


@pytest.fixture(params=[*EVERY, *_entries(ALSO), *_entries(START)], ids=_name)
def at_any_level(request):
    """Every transport at every level that it can give, and with every start method."""
    yield from _held_to_the_contract(*request.param)


def _held_to_the_contract(url, level):
    with create(url, level) as made:
        yield made
    if hasattr(made, "at"):
        assert not left(made)
