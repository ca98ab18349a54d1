"""Each transport documents what each of its levels switches, where a person and a program find it."""

import pytest

from crossover.contract.registry import TRANSPORTS, load
from crossover.contract.safety import Safety
from crossover.experiments.safety.cell_record import settings_of


@pytest.mark.parametrize("name", TRANSPORTS)
def test_what_each_level_switches_is_written_down(name):
    kind = load(name)
    for level in kind.guarantees:
        assert len(settings_of(kind, level).split()) > 2, level


def test_the_words_are_those_of_the_docstring():
    kind = load("redis-stream")
    assert settings_of(kind, Safety.SAFE).startswith("as default, and XCLAIM")
    assert settings_of(kind, Safety.FAST).startswith("XREADGROUP NOACK")
    assert settings_of(load("queue"), Safety.DEFAULT) == "nothing can be switched"
