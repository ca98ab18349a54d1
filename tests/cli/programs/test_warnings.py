"""Warnings are errors where the user wants that: in the function, and not in the libraries of the transports."""

import pytest

WARNS = """
    def run(item):
        try:
            warnings.warn("mine")
        except UserWarning:
            return item

    run.check = lambda item, value: value == item
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("statement", "variables"),
    [("import warnings; warnings.simplefilter('error')", {}), ("import warnings", {"PYTHONWARNINGS": "error"})],
    ids=["at import", "by variable"],
)
def test_warnings_are_errors_of_the_function_only(agree, redis_url, statement, variables):
    transports = ["threads", "queue?start=spawn", "redis-list", "celery+redis"]
    source, light = f"    {statement}\n{WARNS}", ["--rate", "200", "-n", "10"]
    agree(source, *transports, *light, CROSSOVER_REDIS_URL=redis_url, **variables)
