"""What a worker says."""

import json

import pytest

from crossover.jobs.service.events import Events


def test_a_line_is_a_json_object(capsys):
    Events(as_json=True).tell("done", number="a-1", seconds=0.5)
    told = json.loads(capsys.readouterr().err)
    assert told.pop("time").endswith("+00:00")
    assert told == {"event": "done", "number": "a-1", "seconds": 0.5}


def test_people_read_sentences_and_nothing_of_calls_that_are_done(capsys):
    events = Events()
    events.tell("done", number="a-1")
    events.tell("ready", "it is\x1b ready")
    events.tell("given_back", number="a-1")
    assert capsys.readouterr().err == "crossover: it is\\x1b ready\ncrossover: given back: number a-1\n"


@pytest.mark.parametrize("as_json", [True, False])
def test_no_password_is_told(capsys, as_json):
    Events(as_json=as_json).tell("disconnected", "lost redis://user:s3cret@host", error="redis://user:s3cret@host")
    said = capsys.readouterr().err
    assert "user:**@host" in said
    assert "s3cret" not in said
