"""A function that gives no value at once is refused with what to write instead."""

import pytest

ASYNC = """
    async def run(item):
        return item
"""
GENERATOR = """
    def run(item):
        yield item
"""
ASYNC_GENERATOR = """
    async def run(item):
        yield item
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("source", "instead"),
    [(ASYNC, "asyncio.run"), (GENERATOR, "list("), (ASYNC_GENERATOR, "asyncio.run")],
    ids=["async", "generator", "async generator"],
)
def test_what_to_write_instead_is_said_before_anything_runs(crossover, mine, tmp_path, source, instead):
    ended = crossover("compare", "serial", "queue", *mine(source), "--json", "out.json")
    assert ended.returncode == 2
    assert instead in ended.stderr
    assert "mine:run" in ended.stderr
    assert not ended.stdout
    assert not (tmp_path / "out.json").exists()


OBJECT = """
    class Dictionary:
        def __init__(self):
            self.words = {"colour", "flavour"}

        def __call__(self, item):
            return self.check(item)

        def check(self, word):
            return word in self.words

    run = Dictionary()
"""


def test_a_method_that_is_called_check_for_another_reason_checks_no_value(agree):
    agree(OBJECT, "serial", "threads", "queue", items=["colour", "color"])
