"""Every test ends as it began: no process, no descriptor, no shared memory more than before.

Private servers serve all tests of a session, as they serve all runs of a command; they end with it.
"""

import gc
import os
import signal
import threading

import hypothesis
import processes
import pytest
import shared_rabbitmq
from waiting import eventually

from brokers.servers import private, session
from crossover.execution.template.template_handle import stop_all

# started once, and end with the process
STAYS = ("resource_tracker", "forkserver", "execution.template.template_process")

# On a busy machine drawing examples may take long; that says nothing about what is tested.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")


def pytest_configure():
    """Take back what nohup and "&" in a script have set: processes that tests start inherit which signals are ignored.

    A program cannot even catch a signal that it was started to ignore, if it is a shell.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)  # this process goes on ignoring it, programs that it starts do not


CONTROLLER = pytest.StashKey()
STRIKE_SERVERS = {  # in these files; of RabbitMQ only those that have it in their name
    "test_broker_gone.py",
    "test_celery_queues.py",
    "test_controllable.py",
    "test_every_fault.py",
    "test_rabbitmq.py",
    "test_take_over.py",
}


def pytest_collection_modifyitems(items):
    """Put the tests that strike a RabbitMQ first: together, all of them go to the same worker of pytest-xdist.

    Each worker that runs one of them has to start a RabbitMQ for that, which takes six seconds of CPU time.
    """
    items.sort(key=lambda item: item.path.name not in STRIKE_SERVERS or "rabbitmq" not in item.nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell each worker of pytest-xdist, before it starts, where the RabbitMQ is that all of them share."""
    stash = node.config.stash
    if CONTROLLER not in stash:
        stash[CONTROLLER] = shared_rabbitmq.Controller()
    stash[CONTROLLER].add(node.workerinput["workerid"])
    node.workerinput["rabbitmq"] = stash[CONTROLLER].address


def pytest_unconfigure(config):
    """End the RabbitMQ that all workers shared."""
    if CONTROLLER in config.stash:
        config.stash[CONTROLLER].stop()


@pytest.fixture(scope="session", autouse=True)
def private_servers(request, tmp_path_factory):
    """End them with the session; notes about runs on servers of others are kept elsewhere than those of this user."""
    before = processes.pids()
    worker = getattr(request.config, "workerinput", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        if worker:
            patch.setattr(private, "keep", shared_rabbitmq.keeping(worker["rabbitmq"], worker["workerid"]))
        yield
    session.stop_all()
    stop_all()
    assert eventually(lambda: not _children_since(before)), f"processes left: {_children_since(before)}"


@pytest.fixture(autouse=True)
def nothing_is_left():
    before, descriptors = processes.pids(), _descriptors()
    yield
    _ends(lambda: not _children_since(before), lambda: f"processes left: {_children_since(before)}")
    if any(thread.name == "finish" for thread in threading.enumerate()):
        return  # Pool.terminate hangs for ever where a worker was killed with the queue's lock, and keeps its pipes
    allowed = 5  # made on first use: multiprocessing's resource tracker and fork server, the template's socket
    _ends(lambda: len(_descriptors() - descriptors) <= allowed, lambda: f"open: {_descriptors() - descriptors}")


def _ends(condition, otherwise):
    """Wait for a condition; a cycle, as a pool with unfinished jobs is one, is collected where something is left."""
    if condition():
        return
    gc.collect()
    assert eventually(condition), otherwise()


def _children_since(before):
    """Return pid → command of what this process has started since, other than private servers that are kept."""
    ours, kept = os.getpid(), _wardens()
    found = {}
    for pid in processes.pids() - before:
        line = (pid, *processes.ancestors(pid))
        if ours in line[1:] and not kept & {*line} and processes.is_running(pid):
            command = processes.command(pid)
            if not any(name in command for name in STAYS):
                found[pid] = command
    return found


def _wardens():
    wardens = [server._warden for server in session._kept.values()]
    return {warden.process.pid for warden in wardens if warden and warden.process}


def _descriptors():
    names = os.listdir("/proc/self/fd")  # noqa: PTH208 - before and after each test; a Path takes much longer
    return {link for link in map(_target, names) if link.startswith(("socket:", "pipe:"))}


def _target(descriptor):
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - likewise
    except OSError:
        return ""
