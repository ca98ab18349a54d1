"""What several tests of a run's supervision need."""

import pytest
from sample_producers import Script


@pytest.fixture
def script(monkeypatch):
    made = []

    def make(**settings):
        made.append(Script(monkeypatch, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()
