"""External Celery workers, as a test sees them."""

from contextlib import closing

import pytest

from brokers.celery.broker import celery_over
from brokers.celery.connection import CeleryConnection
from brokers.celery.settings import EXTERNAL
from brokers.celery.workers.status import COMMAND
from crossover.contract.registry import parse
from crossover.contract.safety import Safety

OVER_REDIS = pytest.mark.parametrize("kind", ["redis"], indirect=True)  # what they say is the same over both


def ours(kind):
    return parse(f"celery+{kind}?workers=external").create(Safety.DEFAULT)


def asked(transport):
    """Return how its workers describe themselves, without borrowing them."""
    connection = CeleryConnection(celery_over(transport.traits.server), transport.at.url, transport.safety, EXTERNAL)
    with closing(connection), connection.translate_errors():
        answers = connection.app.control.broadcast(COMMAND, reply=True, limit=1, connection=connection.kombu)
    return {name: told for answer in answers for name, told in answer.items()}
