"""When a worker tries its broker again."""

import threading

import pytest
from waiting import PATIENCE

from crossover.contract.errors import BrokenError
from crossover.jobs.service.events import Events
from crossover.jobs.service.link import LONGEST_PAUSE, Link, pause_before
from crossover.jobs.service.stopping import Stop


@pytest.mark.parametrize("attempt", [0, 1, 5, 50, 5_000])
def test_pauses_are_random_up_to_a_bound_that_doubles(attempt):
    bound = min(LONGEST_PAUSE, 0.25 * 2 ** min(attempt, 20))
    pauses = [pause_before(attempt) for _ in range(200)]
    assert all(0 <= pause <= bound for pause in pauses)
    assert max(pauses) > 0.9 * bound
    assert min(pauses) < 0.1 * bound


class Lost:
    """The intake of a server that is gone."""

    def take(self, room, timeout):
        raise BrokenError("gone")

    def reply_many(self, answers):
        raise BrokenError("gone")


@pytest.fixture
def link():
    stop, connected = Stop(), []
    made = Link(Lost, Events(), stop, lambda: connected.append(made.connected))
    made.open()
    return made, stop, connected


def test_who_takes_hears_of_a_stop(link, capsys):
    ours, stop, connected = link
    assert ours.take(1, 0.0) == []
    stop.request()
    ours._failures = 50  # a pause that would take up to 30 s
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
