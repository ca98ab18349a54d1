"""A function may turn logging to DEBUG: its own records appear, and the transports' libraries make none."""

import pytest

DEBUG = """
    import logging

    logging.basicConfig(level=logging.DEBUG)

    def run(item):
        logging.getLogger("mine").debug("ran %s", item)
        return item
"""


@pytest.mark.long
def test_only_the_functions_own_records_appear(compare, running_rabbitmq):
    transports = ["queue?start=spawn", "celery+redis", *(["rabbitmq"] if running_rabbitmq else [])]
    ended = compare(DEBUG, *transports, "-n", "10", **running_rabbitmq)
    records = [line.rpartition(" ")[0] for line in ended.stderr.splitlines() if line.startswith("DEBUG:")]
    assert len(records) >= 10 * len(transports)
    assert set(records) == {"DEBUG:mine:ran"}
