"""What each safety level of a transport sets is data, which people and programs read."""

import json
import subprocess
import sys

import pytest

from crossover.contract.registry import TRANSPORTS, load
from crossover.contract.safety import Safety

PRINTED = """
import json
from crossover.contract.registry import TRANSPORTS, load
print(json.dumps({name: load(name).traits.level_settings for name in TRANSPORTS}))
"""


@pytest.mark.parametrize("name", TRANSPORTS)
def test_each_level_of_a_transport_has_its_settings(name):
    traits = load(name).traits
    assert traits.level_settings.keys() == traits.guarantees.keys()
    for level, settings in traits.level_settings.items():
        assert len(settings.split()) > 2, level


@pytest.mark.parametrize("name", TRANSPORTS)
def test_a_level_that_a_transport_does_not_have_has_a_reason(name):
    traits = load(name).traits
    assert traits.missing_levels.keys() == set(Safety) - traits.guarantees.keys()
    assert all(traits.missing_levels.values())


def test_the_settings_are_those_of_the_library():
    settings = load("redis-stream").traits.level_settings
    assert settings[Safety.SAFE].startswith("as default, and XCLAIM")
    assert settings[Safety.FAST].startswith("XREADGROUP NOACK")
    assert load("queue").traits.level_settings[Safety.DEFAULT] == "nothing can be switched"


@pytest.mark.long
def test_without_docstrings_the_settings_are_the_same():
    printed = subprocess.run([sys.executable, "-OO", "-c", PRINTED], capture_output=True, check=True).stdout
    assert json.loads(printed) == {name: load(name).traits.level_settings for name in TRANSPORTS}
