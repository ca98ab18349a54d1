"""The time of the tests in this folder."""

import pytest
from sample_pacing import Time


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)
