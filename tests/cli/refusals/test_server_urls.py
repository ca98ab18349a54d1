"""A server's URL that makes no sense is refused with what is wrong with it."""

import pytest

from crossover.contract.text import ENCODE

QUICK = ["-W", "noop", "-n", "50", "-r", "1", "-w", "2"]


SECRET = "s3cret-s3cret"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (f"redis://me:{SECRET}@127.0.0.1", "the URL of rabbitmq begins with redis, allowed: amqp://, amqps://"),
        ("amqp://", "the URL of rabbitmq names no host"),
        ("amqp://127.0.0.1:99999", "the URL of rabbitmq cannot be read: its port is no number up to"),
        (f"amqp://me:{SECRET}@127.0.0.1:1/?heartbeat=often", "the URL of rabbitmq at 127.0.0.1:1 cannot be read"),
    ],
)
def test_a_url_of_rabbitmq_that_makes_no_sense_is_refused_with_what_is_wrong(refused, in_process, url, sentence):
    assert sentence in refused("rabbitmq", url, in_process)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1", "the URL of redis begins with http, allowed: redis://, rediss://, unix://"),
        (f"amqp://me:{SECRET}@127.0.0.1", "the URL of redis begins with amqp, allowed: redis://, rediss://, unix://"),
        ("127.0.0.1:6379", "the URL of redis begins with "),
        ("nonsense", "the URL of redis begins with nothing, allowed: "),
        ("redis://", "the URL of redis names no host"),
        (f"redis://:{SECRET}@", "the URL of redis names no host"),
        ("redis://127.0.0.1:99999", "the URL of redis cannot be read: its port is no number up to 65535"),
        (f"redis://:{SECRET}@127.0.0.1:port", "the URL of redis cannot be read: its port is no number up to"),
        ("redis://[::1", "the URL of redis cannot be read: its host is neither a name nor an"),
        (f"redis://:{SECRET[:3]}#{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET}/{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://me:12/{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET}?{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET} {SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET}\u2100@127.0.0.1:1/0", "the URL of redis cannot be read: its host is neither a name"),
        ("unix://", "the URL of redis names no socket"),
        ("redis://127.0.0.1:1/0?nonsense=1", "has an option that redis-py does not know: 'nonsense'"),
        ("redis://127.0.0.1:1/zero", "the URL of redis names the database 'zero'; it must be a number"),
    ],
)
def test_a_url_that_makes_no_sense_is_refused_with_what_is_wrong(refused, in_process, url, sentence):
    assert sentence in refused("redis-list", url, in_process)
