"""What tests of the parts of a job share."""

import json

import pytest

from crossover.jobs.runner.numbers import Numbers
from crossover.jobs.runner.sources.request import InputRequest
from crossover.jobs.runner.sources.source import Source


@pytest.fixture
def opened(tmp_path):
    """Open an input in the folder of the test, after it was written."""

    def open_it(name, content=None, **options):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        return InputRequest(str(path), **options).open()

    return open_it


@pytest.fixture
def chunks(opened):
    """Return the chunks of an input, most lines in each, without those that are done."""

    def read(*words, most=1_000, done=(), **options):
        numbers = Numbers()
        for number in done:
            numbers.add(number)
        source = Source(opened(*words, **options))
        found = []
        while not source.ended:
            if (chunk := source.chunk(most, numbers)) is not None:
                found.append(chunk)
        return found

    return read


@pytest.fixture
def lines(chunks):
    """Return number → line of an input; of one that cannot be read, why."""

    def read(*words, **options):
        return {
            chunk.first + place: chunk.bad or line.decode(errors="surrogateescape")
            for chunk in chunks(*words, **options)
            for place, line in enumerate(chunk.lines.split(b"\n"))
        }

    return read


@pytest.fixture
def values(lines):
    """Return the values of the lines of an input of JSON."""
    return lambda *words, **options: [json.loads(line) for line in lines(*words, **options).values()]
