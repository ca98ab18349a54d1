"""A module that sets something for its whole process, at import, sets it for its own process only."""

import pytest


@pytest.mark.long
@pytest.mark.parametrize(
    ("method", "transports"),
    [("spawn", ["serial", "queue", "queue?start=spawn"]), ("forkserver", ["threads", "pool", "manager"])],
)
def test_a_start_method(agree, method, transports):
    source = f"""
        import multiprocessing

        multiprocessing.set_start_method("{method}")

        def run(item):
            return item, multiprocessing.get_start_method()
    """
    agree(source, *transports)
