"""A RabbitMQ of one test or module, with settings of its own."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from skips import need

from brokers.servers.private import PrivateServer
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety


@contextmanager
def rabbitmq_with(settings):
    """Run a server; yield it.

    Args:
        settings: of the application `rabbit`, as Erlang writes them.
    """
    need(server_kind("rabbitmq").install_hint())
    with tempfile.TemporaryDirectory(prefix="test-") as folder:
        advanced = Path(folder, "advanced.config")
        advanced.write_text(f"[{{rabbit, [{settings}]}}].\n")
        with mock.patch.dict(os.environ, RABBITMQ_ADVANCED_CONFIG_FILE=str(advanced)):
            server = PrivateServer("rabbitmq", Safety.SAFE)
        try:
            yield server
        finally:
            server.stop()
