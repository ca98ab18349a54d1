"""What a pool could not carry is an error, also where it came after what it could."""

import pytest
from task_functions import FunctionWorkload
from waiting import eventually

from crossover.contract.errors import BrokenError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import as_outcomes


def test_a_message_that_the_pool_lost_is_not_hidden_by_those_before_it():
    with parse("pool").create(Safety.DEFAULT) as transport:
        transport.start(FunctionWorkload("echo", []), 1)
        transport.submit_task(0, "before")
        transport._calls.put(b"no message of ours")
        transport.submit_task(1, "after")
        assert eventually(lambda: len(transport._calls._results._items) == 3)
        assert [as_outcomes(one).values for one in transport.collect(10, 1.0)] == [["before"]]
        for _ in range(2):
            with pytest.raises(BrokenError, match="the pool could not carry a message"):
                transport.collect(10, 1.0)
