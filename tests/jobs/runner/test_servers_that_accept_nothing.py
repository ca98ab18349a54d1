"""What becomes of lines that a server has not accepted: they are sent again, and no line is to blame for it."""

from concurrent.futures import Future

import pytest

from crossover.contract.errors import UnusableError
from crossover.jobs.errors import NotAcceptedError, TaskTimeoutError
from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.plan import Rules
from crossover.jobs.runner.retries import Retries
from crossover.jobs.runner.settling import Settling
from crossover.jobs.runner.tally import Tally

SILENT = NotAcceptedError("it confirms nothing")


class GivenUp(list):
    """Stands for the output: nothing is written into it here."""

    def give_up(self, line, error, traceback):
        self.append(line)


@pytest.fixture
def settle():
    """Return a function that has lines come back with errors, one after the other, and returns what was given up."""
    retries, given_up = Retries(), GivenUp()
    settling = Settling(Rules(retries=9), given_up, retries, Tally())

    def come_back(chunk, *errors):
        for error in errors:
            future = Future()
            future.set_exception(error)
            settling.settle(chunk, future)
            assert len(retries) > 0
        return given_up

    return come_back


def test_after_a_while_the_job_ends_and_no_line_is_given_up(settle, monkeypatch):
    chunk = Chunk(1, 2, b"1\n2")
    assert settle(chunk, *[SILENT] * 20) == []
    monkeypatch.setattr("crossover.jobs.runner.settling.ACCEPTS_WITHIN", 0.0)
    with pytest.raises(UnusableError, match="the server has accepted no lines for 0 s: it confirms nothing"):
        settle(chunk, SILENT)
    assert settle(Chunk(3, 1, b"3")) == []


def test_what_can_be_done_is_said_also_where_the_last_answer_was_only_late(settle, monkeypatch):
    chunk = Chunk(1, 2, b"1\n2")
    settle(chunk, NotAcceptedError("it confirms nothing: delete its queue"), NotAcceptedError("no answer"))
    monkeypatch.setattr("crossover.jobs.runner.settling.ACCEPTS_WITHIN", 0.0)
    with pytest.raises(UnusableError, match="for 0 s: it confirms nothing: delete its queue"):
        settle(chunk, NotAcceptedError("no answer"))


def test_the_time_begins_anew_when_a_line_was_accepted(settle):
    line = Chunk(1, 1, b"1")
    settle(line, SILENT)
    assert line.in_vain_since > 0
    settle(line, TaskTimeoutError("it took long"))
    assert line.in_vain_since == 0


def test_it_goes_on_for_parts_of_what_was_not_accepted():
    chunk = Chunk(1, 3, b"1\n2\n3", in_vain_since=2.0)
    assert [part.in_vain_since for part in chunk.parts(1)] == [2.0, 2.0, 2.0]
