"""What a run has left in its broker."""

from contextlib import closing

import pika
import redis
from pika.exceptions import ChannelClosedByBroker

from brokers.celery.settings import Names

KEPT_ASIDE = "crossover:refused"
CALLS = "crossover:jobs:"


def left(transport):
    """Return what is in the broker of a transport that has been started and stopped, other than what is kept aside.

    A server that is not ours alone may hold what others put there.
    """
    url = transport.at.url
    if transport.traits.server == "rabbitmq":
        celery = transport.traits.name == "celery+rabbitmq"
        return queues(url, Names(transport.run, transport.safety).queues if celery else _two_queues(transport.run))
    return {name for name in keys(url) if transport.at.private or transport.run in name}


def _two_queues(run):
    return f"crossover.{run}.tasks", f"crossover.{run}.outcomes"


def keys(url):
    """Return the keys of a Redis; queues of calls that have a name of the user's stay, as does what is kept aside."""
    with redis.Redis.from_url(url) as client:
        found = {key.decode() for key in client.scan_iter()} - {KEPT_ASIDE}
    return {key for key in found if not key.startswith(CALLS)}


def queues(url, names):
    """Return which of these queues there are in a RabbitMQ."""
    found = set()
    with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        for name in names:
            try:
                connection.channel().queue_declare(name, passive=True)
                found.add(name)
            except ChannelClosedByBroker:
                continue
    return found
