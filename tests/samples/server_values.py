"""For each kind of server: how a test leaves a value on one, and looks whether it is there."""

from contextlib import closing
from urllib.parse import urlsplit

import pika
import redis
from pika.exceptions import AMQPError
from pymemcache import Client as Memcached


def set_in_redis(url):
    redis.Redis.from_url(url).set("something", 1)


def is_in_redis(url):
    return redis.Redis.from_url(url).exists("something")


def set_in_rabbitmq(url):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().queue_declare("something")


def is_in_rabbitmq(url):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        try:
            return connection.channel().queue_declare("something", passive=True)
        except AMQPError:
            return False


def set_in_memcached(url):
    with closing(Memcached(urlsplit(url).path)) as client:
        client.set("something", "1", noreply=False)


def is_in_memcached(url):
    with closing(Memcached(urlsplit(url).path)) as client:
        return client.get("something")


VALUES = {  # kind of server → leaves a value at a URL; looks for it
    "redis": (set_in_redis, is_in_redis),
    "rabbitmq": (set_in_rabbitmq, is_in_rabbitmq),
    "memcached": (set_in_memcached, is_in_memcached),
}
