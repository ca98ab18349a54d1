"""One RabbitMQ for all pytest-xdist workers: to start one takes six seconds of CPU time, which each worker would spend.

The first worker that needs one has the controller start it, which outlives all workers. Each worker has a virtual host
of its own, so that no test sees what another worker's test has left in a queue, dead letters included.
"""

import tempfile
from contextlib import suppress
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Lock, Thread

from brokers.rabbitmq.server import evaluate
from brokers.servers import private
from brokers.servers.private import PrivateServer
from brokers.servers.warden.warden import start_ticks
from crossover.contract.errors import CrossoverError, StartError
from crossover.contract.safety import Safety

KIND = "rabbitmq"
ADD = """
rabbit_vhost:add(<<"{worker}">>, <<"tests">>),
rabbit_auth_backend_internal:set_permissions(
    <<"crossover">>, <<"{worker}">>, <<".*">>, <<".*">>, <<".*">>, <<"tests">>)
"""


class Controller:
    """Starts the server when the first worker asks for it.

    Attributes:
        address: where workers ask.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tests-")
        self.address = str(Path(self._folder.name) / "rabbitmq")
        self._listener = Listener(self.address, "AF_UNIX", backlog=64)
        self._workers, self._server, self._lock = [], None, Lock()
        Thread(target=self._listen, daemon=True).start()

    def add(self, worker):
        """Count on a worker."""
        self._workers.append(worker)

    def _listen(self):
        while True:
            try:
                connection = self._listener.accept()
            except OSError:  # it has been closed
                return
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def start(self):
        """Start the server, if it has not been."""
        if self._server is None:
            self._server = self._start()
        return self._server

    def _answer(self, connection):
        with connection, self._lock:
            try:
                server = self.start()
                connection.send((server.url, str(server.directory), server.pids))
            except CrossoverError as error:
                connection.send(str(error))

    def _start(self):
        server = PrivateServer(KIND, Safety.DEFAULT)
        for worker in self._workers:  # one at a time: it waits for each virtual host to start
            evaluate(server._environment, f"{ADD.format(worker=worker)}.")
        return server

    def stop(self):
        """End the server."""
        self._listener.close()
        with suppress(OSError):
            self._folder.cleanup()
        with self._lock:
            if self._server is not None:
                self._server.stop()


class Shared(PrivateServer):
    """The virtual host of one worker, which for it is a private server."""

    def __init__(self, address, worker):
        with Client(address) as connection:
            answer = connection.recv()
        if isinstance(answer, str):
            raise StartError(answer)
        url, directory, self.pids = answer
        self.kind, self.url, self.directory = KIND, url.replace("%2F", worker), Path(directory)

    def running(self):
        """Return whether it still runs."""
        return all(start_ticks(pid) is not None for pid in self.pids)

    usable = running

    def stop(self):
        """Leave it to the others."""


def keeping(address, worker):
    """Return what keeps private servers, but for RabbitMQ takes the one that all workers share."""
    keep = private.keep

    def keep_or_share(key, start, usable):
        kind, *settings, _pid = key
        if kind != KIND or any(settings):  # with a purpose, it is one that a test may kill, or fill
            return keep(key, start, usable)
        return keep(key, lambda: Shared(address, worker), Shared.usable)

    return keep_or_share
