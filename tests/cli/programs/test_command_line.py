"""A module may read its command line at import, as a program does: it finds an empty one, and nothing of ours."""

import pytest

PROGRAM = """
    import argparse
    import sys

    parser = argparse.ArgumentParser()
    parser.add_argument("--factor", type=int, default=3)
    factor = parser.parse_args().factor

    def run(item):
        return factor * item, sys.argv[1:]
"""


@pytest.mark.long
def test_a_module_parses_its_arguments_at_import(agree, redis_url):
    transports = ["threads", "queue", "pool?start=spawn", "celery+redis"]
    agree(PROGRAM, *transports, "--rate", "200", "-n", "10", CROSSOVER_REDIS_URL=redis_url)
