"""The help of every command: grouped options with their defaults, and examples that work."""

import shlex
import subprocess
import sys

import click
import pytest

from crossover.cli import main
from crossover.cli.help import Group
from crossover.contract.registry import parse
from crossover.contract.state_registry import parse_state

CLIENT_LIBRARIES = {"redis", "pika", "pymemcache", "celery", "kombu", "altair", "numpy", "scipy"}
COMMANDS = {name: main.cli.get_command(None, name) for name in main.COMMANDS}
EXAMPLES = [(name, example.command) for name, command in COMMANDS.items() for example in command.examples]
EXAMPLES += [("", example.command) for example in main.EXAMPLES]


@pytest.mark.parametrize("name", ["", *main.COMMANDS])
def test_help_fits_80_columns_and_ends_with_examples(in_process, name):
    ended = in_process(*([name] if name else []), "--help", COLUMNS="80")
    assert ended.returncode == 0
    assert not [line for line in ended.stdout.splitlines() if len(line) > 80]
    examples = ended.stdout.partition("\nExamples:\n")[2].splitlines()
    assert 2 <= len(examples) // 2 <= 5
    assert all(line.startswith("    crossover") for line in examples[1::2])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_group_a_sentence_and_a_default(name):
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option):
            _, text = parameter.get_help_record(click.Context(COMMANDS[name]))
            assert parameter.group in Group, parameter.name
            assert text[0].isupper() or text.startswith("fast: "), parameter.name
            if not parameter.is_flag and parameter.group is not Group.OUTPUT:  # its heading says what the default is
                assert "[default: " in text or "[required]" in text, parameter.name


@pytest.mark.parametrize(("name", "typed"), EXAMPLES)
def test_examples_can_be_parsed(name, typed):
    program, *words = shlex.split(typed)
    assert program == "crossover"
    found = words.pop(0)
    assert found == name or not name
    parameters = COMMANDS[found].make_context(found, words).params
    for url in parameters.get("transports", ()):
        assert parse(url)
    for url in parameters.get("states", ()):
        assert parse_state(url)


@pytest.mark.long
@pytest.mark.parametrize("typed", ["crossover share value value-lock -w 4", "crossover doctor"])
def test_quick_examples_run(in_process, typed):
    assert typed in dict(map(reversed, EXAMPLES))
    assert in_process(*shlex.split(typed)[1:]).returncode == 0


@pytest.mark.long
def test_the_help_of_no_command_imports_a_client_library(environment, tmp_path):
    program = (
        "import sys, crossover.cli.main as main\n"
        "for name in main.COMMANDS:\n"
        "    main.cli.main([name, '--help'], prog_name='crossover', standalone_mode=False)\n"
        f"print(sorted({CLIENT_LIBRARIES} & set(sys.modules)), file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.count("Usage: crossover ") == len(main.COMMANDS)
    assert ended.stderr.strip() == "[]"
