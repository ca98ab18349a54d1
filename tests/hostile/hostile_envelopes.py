"""Celery messages that none of our producers sends: each with a word of the reason for which it is refused."""

import bz2
import gzip
import json
import zlib
from contextlib import contextmanager
from functools import partial

import kombu
import redis
from waiting import eventually

from brokers.celery.broker import celery_over
from brokers.celery.settings import CONTENT_TYPE, TASK, Names
from brokers.messages import encode, encode_extended

OURS = {"content_type": CONTENT_TYPE, "content_encoding": "binary"}
JSON = {"content_type": "application/json", "content_encoding": "utf-8"}
BODY = encode([[b"\x01"], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}])
ANOTHER_TASK = {"task": "celery.chord_unlock", "id": "x"}
BOMB = zlib.compress(bytes(2**26), 9)


def task(**headers):
    return {"task": TASK, "id": "forged", **headers}


def body(arguments, keywords=(), **embedded):
    return encode([arguments, dict(keywords), embedded])


ENVELOPES = [
    # body, headers, how it is encoded, what the reason says
    (b"\x93\x01\x02", {}, {"content_type": "application/data", "content_encoding": "binary"}, "not from Celery"),
    (b"\xff", task(), {"content_type": "application/data", "content_encoding": "binary"}, "its content type is"),
    (b"", task(), {"content_type": "application/data", "content_encoding": "binary"}, "its content type is"),
    (b"[]", task(), {"content_type": "text/plain", "content_encoding": "no-such-encoding"}, "its content type is"),
    (
        b"\x80\x04N.",
        task(),
        {"content_type": "application/x-python-serialize", "content_encoding": "binary"},
        "content",
    ),
    (b"!!python/object/apply:os.abort []", task(), {"content_type": "application/x-yaml"}, "its content type is"),
    (b'[[], {}, {"callbacks": null}]', task(), JSON, "its content type is"),
    (b'{"task": "crossover.run", "args": [], "id": "1"}', {}, JSON, "not from Celery"),
    (b"[" * 100_000, {}, JSON, "not from Celery"),
    (b"\xff not MessagePack", task(), OURS, "no task of ours"),
    (b"\x91" * 100_000, task(), OURS, "no task of ours"),
    (BODY, ANOTHER_TASK, OURS, "requests another task: 'celery.chord_unlock'"),
    (BODY, {"task": ["a", "list"], "id": "x"}, OURS, "requests another task"),
    (BODY, {"task": TASK}, OURS, "missing required field `id`"),
    (BODY, task(id=7), OURS, "$.id"),
    (BODY, task(eta="2030-01-01T00:00:00"), OURS, "$.eta"),
    (BODY, task(eta="not a time"), OURS, "$.eta"),
    (BODY, task(expires=5), OURS, "$.expires"),
    (BODY, task(expires="no time either"), OURS, "invalid expires"),
    (BODY, task(timelimit=[0.001, 0.001]), OURS, "$.timelimit"),
    (BODY, task(timelimit="soon"), OURS, "$.timelimit"),
    (BODY, task(retries="many"), OURS, "$.retries"),
    (BODY, task(shadow=["no", "name"]), OURS, "$.shadow"),
    (BODY, task(stamps={"a": {"b": 1}}), OURS, "$.stamps"),
    (body([]), task(), OURS, "$[0]"),
    (body(["text"]), task(), OURS, "$[0]"),
    (body([b"1", b"2"]), task(), OURS, "$[0]"),
    (body([b"1"], {"a": 1}), task(), OURS, "$[1]"),
    (body([b"1"], callbacks=[{"task": TASK, "args": []}]), task(), OURS, "callbacks"),
    (body([b"1"], chord={"task": TASK}), task(), OURS, "chord"),
    (encode({"args": [], "kwargs": {}, "task": TASK}), task(), OURS, "no task of ours"),
    (encode(5), task(), OURS, "no task of ours"),
    (BOMB, task(compression="zlib"), OURS, "it is compressed"),
    (bz2.compress(bytes(2**20)), task(compression="application/x-bz2"), OURS, "it is compressed"),
    (gzip.compress(BODY), task(compression="gzip"), OURS, "it is compressed"),
    (BODY, task(compression="no such thing"), OURS, "it is compressed"),
    (BODY, task(compression="zlib" * 20_000), OURS, "it is compressed"),
]


def publish(transport):
    """Send all of them to the tasks of a run."""
    names = Names(transport.run, transport.safety)
    with _producer(transport, names) as (channel, queue):
        for content, headers, encoding, _ in ENVELOPES:
            message = channel.prepare_message(content, headers=headers, priority=0, **{"content_type": None} | encoding)
            channel.basic_publish(message, exchange="", routing_key=queue)


@contextmanager
def _producer(transport, names):
    broker = celery_over(transport.traits.server)
    options = broker.settings(transport.at.url, transport.safety, transport.run).get("broker_transport_options", {})
    with kombu.Connection(transport.at.url, transport_options=options) as connection:
        yield connection.default_channel, names.tasks


ITEMS = [
    # what lies in a list of Redis
    b"\xff not JSON",
    b"",
    b"5",
    b"null",
    b"{}",
    b"[" * 100_000,
    b"9" * 5_000,
    b'{"__type__": "uuid", "__value__": 5}',
    b'{"__type__": "no such type", "__value__": 5}',
    json.dumps({"body": "", "headers": {}}).encode(),
    json.dumps({"body": "", "headers": [], "properties": {"delivery_tag": "1"}}).encode(),
    json.dumps({"body": "\ud800", "properties": {"delivery_tag": "1", "body_encoding": "base64"}}).encode(),
    json.dumps({"body": "YQ==", "properties": {"delivery_tag": "1", "body_encoding": "rot13"}}).encode(),
    json.dumps({"body": "YQ==", "properties": {"delivery_tag": None, "delivery_info": {}}}).encode(),
    *(
        json.dumps(
            {
                "body": "YQ==",
                "headers": {"task": TASK, "id": "x"},
                "properties": {
                    "body_encoding": "base64",
                    "delivery_tag": tag,
                    "delivery_info": {"exchange": "", "routing_key": "tasks"},
                    "priority": float("inf"),
                },
            }
        ).encode()
        for tag in (None, [], {"a": 1})
    ),
]


def push_items(transport):
    """Push what is not kombu's into the list of tasks of a run."""
    names = Names(transport.run, transport.safety)
    with redis.Redis.from_url(transport.at.url) as client:
        client.lpush(f"{names.key_prefix}{names.tasks}", *ITEMS)


RESULTS = [
    # what is no result of a task of ours
    b"\xff not MessagePack",
    b"\x91" * 100_000,
    b"\x00celery-compressed\x00zlib\x00" + BOMB,
    encode(5),
    encode([]),
    encode({}),
    encode({"status": "SUCCESS", "result": b"", "task_id": 7}),
    encode({"status": ["SUCCESS"], "result": b"", "task_id": "x"}),
    encode({"status": "FAILURE", "result": 5, "task_id": "x"}),
    encode({"status": "FAILURE", "result": {"exc_type": 5}, "task_id": "x"}),
    encode({"status": "FAILURE", "result": {"exc_type": "\0"}, "task_id": "x"}),
    encode_extended({"status": "SUCCESS", "result": b"", "task_id": 10**5_000}),
]
UNKNOWN_RESULTS = [
    # of tasks that the producer does not wait for
    encode({"status": "SUCCESS", "result": b"", "task_id": "x", "children": [5], "traceback": 5}),
    encode(
        {
            "status": "FAILURE",
            "result": {"exc_module": "os", "exc_type": "abort", "exc_message": []},
            "task_id": "x",
        }
    ),
]


def publish_results(transport):
    """Send all of them to the producer of a run, over RabbitMQ also compressed ones and others in pickle."""
    names = Names(transport.run, transport.safety)
    if transport.traits.server == "redis":
        _overwrite_results(transport.at.url, names.key_prefix)
        return
    with _producer(transport, names) as (channel, _):
        for content in (*RESULTS, *UNKNOWN_RESULTS):
            channel.basic_publish(channel.prepare_message(content, **OURS), exchange="", routing_key=names.results)
        for content, headers, encoding in (
            (BOMB, {"compression": "zlib"}, OURS),
            (b"\x80\x04N.", {}, {"content_type": "application/x-python-serialize", "content_encoding": "binary"}),
            (b"5", {}, JSON),
        ):
            message = channel.prepare_message(content, headers=headers, **encoding)
            channel.basic_publish(message, exchange="", routing_key=names.results)


def _overwrite_results(url, prefix):
    """Publish each in place of results that the producer waits for then, and so is certain to read; store the first."""
    with redis.Redis.from_url(url) as client:
        for content in (*RESULTS, *UNKNOWN_RESULTS):
            assert eventually(partial(_overwrite, client, f"{prefix}*celery-task-meta-*", content)), content


def _overwrite(client, pattern, content):
    reached = 0
    for key in client.pubsub_channels(pattern)[:5]:
        reached += client.publish(key, content)
        client.set(key, RESULTS[0], ex=60, nx=True)  # a SUCCESS would keep the worker from storing its own
    return reached
