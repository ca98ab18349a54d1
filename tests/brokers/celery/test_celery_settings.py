"""What we set is what is shown, and what is used."""

import json
from collections.abc import Mapping

import pytest
from celery import Celery

from brokers.celery.broker import celery_over, shown_settings
from brokers.celery.connection import CeleryConnection
from brokers.celery.settings import EVERYWHERE, TUNED_FLAGS, TUNED_SEND, WORKER_FLAGS, merged
from brokers.celery.workers.environment import WorkerEnvironment
from brokers.celery.workers.private_worker import PrivateWorker
from brokers.servers import doctor
from crossover.contract.safety import Safety

URLS = {"redis": "redis://127.0.0.1:1/0", "rabbitmq": "amqp://127.0.0.1:1/%2F"}

BROKERS = [celery_over(server) for server in URLS]

EVERYTHING = [
    EVERYWHERE,
    WORKER_FLAGS,
    TUNED_FLAGS,
    TUNED_SEND,
    *(told for broker in BROKERS for told in (broker.producer, broker.send, broker.tuned, *broker.levels.values())),
]


def leaves(found):
    for name, value in found.items():
        yield from leaves(value) if isinstance(value, Mapping) else [(name, value)]


@pytest.mark.parametrize("told", EVERYTHING)
def test_doctor_shows_every_setting(told):
    words = "\n".join(shown_settings().values())
    for name, value in leaves(told):
        assert f"{name} {value}".strip() in words


def test_doctor_names_the_libraries_and_the_levels():
    told = shown_settings()
    assert any("celery 5." in who and "kombu 5." in who for who in told)
    assert {"celery worker", "celery+redis", "celery+rabbitmq", "celery+rabbitmq, safe"} <= told.keys()


def test_doctor_breaks_no_word_on_a_narrow_terminal():
    assert max(len(word) for words in {**doctor.clients(), **shown_settings()}.values() for word in words.split()) < 50


@pytest.mark.parametrize("server", URLS)
@pytest.mark.parametrize("safety", Safety)
def test_the_producer_uses_what_is_shown(server, safety, monkeypatch):
    made = []

    monkeypatch.setattr(Celery, "connection_for_write", lambda app: made.append(app.conf) or pytest.fail("connected"))
    with pytest.raises(pytest.fail.Exception):
        CeleryConnection(celery_over(server), URLS[server], safety, "run")
    (conf,) = made
    level = celery_over(server).levels.get(safety, {})
    for name, value in leaves(merged(merged(EVERYWHERE, level), celery_over(server).producer)):
        assert any(known == (name, value) for known in leaves(used(conf))), name
    assert ("global_keyprefix" in json.dumps(conf.broker_transport_options)) == (server == "redis")


def used(conf):
    told = [settings for broker in BROKERS for settings in (broker.producer, *broker.levels.values())]
    names = {*EVERYWHERE, *(name for settings in told for name in settings)}
    return {name: conf[name] for name in names}


@pytest.mark.parametrize(
    ("prefetch", "tuned", "told"),
    [
        (0, False, WORKER_FLAGS),
        (8, False, {**WORKER_FLAGS, "--prefetch-multiplier": "8"}),
        (0, True, {**WORKER_FLAGS, **TUNED_FLAGS}),
        (8, True, {**WORKER_FLAGS, **TUNED_FLAGS, "--prefetch-multiplier": "8"}),
    ],
)
def test_the_worker_is_started_with_what_is_shown(monkeypatch, prefetch, tuned, told):
    asked = []
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: asked.append(command))
    allow = ("workloads.noop:run",)
    served = WorkerEnvironment("redis", URLS["redis"], Safety.FAST, "run", allow, 0, -1, tuned=tuned)
    worker = PrivateWorker(served, 2, prefetch)
    worker._readiness.close()
    worker._output.close()
    for flag, value in told.items():
        place = asked[0].index(flag)
        assert not value or asked[0][place + 1] == value
    assert ("--prefetch-multiplier" in asked[0]) == ("--prefetch-multiplier" in told)


@pytest.mark.parametrize("server", URLS)
@pytest.mark.parametrize("safety", Safety)
def test_tuned_changes_nothing_that_a_level_is_made_of(server, safety):
    stock, tuned = (celery_over(server).settings(URLS[server], safety, "run", tuned=how) for how in (False, True))
    plain = merged(tuned, {})
    for name, value in leaves(stock):
        assert any(known == (name, value) for known in leaves(plain)) or name == "task_queues", name
    added = {name for name, _ in leaves(tuned)} - {name for name, _ in leaves(stock)}
    assert added == {name for name, _ in leaves(celery_over(server).tuned)}


def test_settings_that_are_mappings_are_joined():
    found = celery_over("redis").settings(URLS["redis"], Safety.FAST, "run")
    assert found["broker_transport_options"] == {"ack_emulation": False, "global_keyprefix": "crossover:run:fast:"}
