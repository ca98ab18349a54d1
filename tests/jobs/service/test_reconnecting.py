"""When a worker tries its broker again."""

import threading

import pytest
from waiting import PATIENCE, eventually

from crossover.contract.errors import BrokenError
from crossover.jobs.service.attempts import LONGEST_PAUSE, pause_before
from crossover.jobs.service.events import Events
from crossover.jobs.service.link import Link
from crossover.jobs.service.stopping import Stop


@pytest.mark.parametrize("attempt", [0, 1, 5, 50, 5_000])
def test_pauses_are_random_up_to_a_bound_that_doubles(attempt):
    bound = min(LONGEST_PAUSE, 0.25 * 2 ** min(attempt, 20))
    pauses = [pause_before(attempt) for _ in range(200)]
    assert all(0 <= pause <= bound for pause in pauses)
    assert max(pauses) > 0.9 * bound
    assert min(pauses) < 0.1 * bound


class Lost:
    """The intake of a server that is gone, until it is back."""

    def __init__(self):
        self.is_back = False
        self.beats = self.uses = 0

    def take(self, room, timeout, together=1):
        return self._use("a call")

    def reply_many(self, answers):
        self._use()

    def beat(self):
        self.beats += 1
        self._use()

    def _use(self, *found):
        self.uses += 1
        if not self.is_back:
            raise BrokenError("gone")
        return list(found)


@pytest.fixture
def link():
    stop, connected = Stop(), []
    made = Link(Lost, Events(), stop, lambda: connected.append(made.connected))
    made.open()
    return made, stop, connected


@pytest.fixture
def after_many_attempts(monkeypatch):
    """Pauses take longer than any test."""
    monkeypatch.setattr("crossover.jobs.service.link.BEAT_PAUSE", (10 * PATIENCE, 10 * PATIENCE))
    monkeypatch.setattr("crossover.jobs.service.attempts.pause_before", lambda _: 10 * PATIENCE)


@pytest.mark.usefixtures("after_many_attempts")
def test_who_takes_hears_of_a_stop(link, capsys):
    ours, stop, connected = link
    stop.request()
    assert ours.take(1, 0.0) == []
    assert connected == [True, False]
    assert capsys.readouterr().err.count("the connection is lost, it is made again: gone") == 1


def test_an_outcome_is_tried_until_it_is_given_up(link):
    ours, stop, _ = link
    errors = []

    def reply():
        try:
            ours.reply_many([])
        except BrokenError as error:
            errors.append(error)

    thread = threading.Thread(target=reply)
    thread.start()
    stop.request()
    thread.join(0.5)
    assert thread.is_alive()
    stop.request()
    thread.join(PATIENCE)
    assert [str(error) for error in errors] == ["gone"]


@pytest.mark.usefixtures("after_many_attempts")
def test_who_waits_goes_on_as_soon_as_the_heartbeat_has_reached_the_broker(link):
    ours, _, _ = link
    found = []
    ours.beat()  # which fails
    threads = [
        threading.Thread(target=lambda: found.append((ours.take(1, 0.0), ours.take(1, 0.0)))),
        threading.Thread(target=lambda: found.append(ours.reply_many([]))),
    ]
    for thread in threads:
        thread.start()
    assert eventually(lambda: ours._intake.uses == 3)  # each has failed
    ours._intake.is_back = True
    ours._beat_due = 1.0  # its pause is over
    ours.beat()
    for thread in threads:
        thread.join(PATIENCE)
    assert None in found
    assert found[not found.index(None)][1] == ["a call"]


@pytest.mark.usefixtures("after_many_attempts")
def test_the_heartbeat_makes_pauses_too(link):
    ours, _, _ = link
    for _ in range(20):
        ours.beat()
    assert ours._intake.beats == 1
