"""A function that cannot be had is refused with the reason, before anything runs."""

import pytest

SOURCE = """
    number = 3

    def run(item):
        return item

    class Tools:
        def sharpen(item):
            return item
"""


@pytest.fixture
def compare(in_process, mine):
    mine(SOURCE)
    return lambda reference: in_process("compare", "serial", "-W", reference, "-i", "items.jsonl", "-r", "1")


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("mine:", "mine is a module: name a function in it, as mine:run"),
        (":run", "':run' is not of the form package.module:function"),
        ("nowhere:run", "module 'nowhere' cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("mine:runn", "mine has no 'runn' (did you mean 'run'?)"),
        ("mine:completely_else", "mine has no 'completely_else'"),
        ("mine:Tools.sharpn", "mine has no 'Tools.sharpn' (did you mean 'sharpen'?)"),
        ("mine:number", "mine:number is of type int, not a function that can be called"),
    ],
)
def test_a_function_that_is_not_there_is_said(compare, reference, sentence):
    ended = compare(reference)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert not ended.stdout


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("raise RuntimeError('not today')", "RuntimeError: not today"),
        ("def run(item) return item", "SyntaxError: "),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
    ],
)
def test_a_module_that_fails_at_import_is_said_with_the_reason(in_process, mine, statement, why):
    ended = in_process("compare", "serial", *mine(statement))
    assert ended.returncode == 2
    assert f"module 'mine' cannot be imported: {why}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_function_may_be_an_attribute_of_a_class(compare):
    assert compare("mine:Tools.sharpen").returncode == 0
