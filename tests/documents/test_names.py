"""Every file, module, command, option, target, variable and link that a document names exists."""

import importlib
import re
import shlex

import pytest
from output_blocks import ROOT, documents

from crossover.cli.defaults import PREFIX
from crossover.cli.exit_status import ExitStatus
from crossover.cli.main import COMMANDS, cli
from crossover.contract.registry import TRANSPORTS, parse
from crossover.contract.state_registry import STATES, parse_state
from crossover.execution.faults.catalogue import FAULTS
from workloads import catalogue

PACKAGES = ("crossover", "workloads", "local_ipc", "brokers")
FOLDERS = (*PACKAGES, "tests", "benchmarks", "docs", "docker")
README_BYTES, PAGE_BYTES = 9_000, 12_000
NOT_MODULES = {  # names with a dot that look like modules
    "crossover.run": "the name of our Celery task",
    "crossover.refused": "RabbitMQ's queue of dead letters",
    "crossover.processes": "the file that marks a private server's folder",
    "crossover.toml": "a file of the user's",
    "crossover.server_kinds": "a group of entry points",
    "crossover.transports": "a group of entry points",
}
CURRENT = [path for path in documents() if path.name != "CHANGELOG.md"]  # a changelog names what was there
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
FILE = re.compile(rf"(?<![\w/.-])(?:{'|'.join(FOLDERS)})(?:/[\w.*<>-]+)+/?")
MODULE = re.compile(rf"(?<![\w/.@-])(?:{'|'.join(PACKAGES)})(?:\.\w+)+(?::\w+)?")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
OTHERS_OPTIONS = {  # of programs that are not ours
    "--wait", "--scale", "--rm", "--profile", "--build", "--detach", "--strict", "--editable", "--extra", "--from",
    "--prefetch-multiplier", "--without-heartbeat"
}  # fmt: skip
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def code(document):
    return [fenced or inline for fenced, inline in CODE.findall(document.read_text(encoding="utf-8"))]


def each(pattern):
    """The places in code where a pattern matches, as parameters of a test."""
    found = {(document, match) for document in CURRENT for text in code(document) for match in pattern.findall(text)}
    return [pytest.param(match, id=f"{path.relative_to(ROOT)}: {match}") for path, match in sorted(found)]


@pytest.mark.parametrize("named", each(FILE))
def test_a_file_that_is_named_exists(named):
    assert list(ROOT.glob(re.sub("<[^>]*>|NAME", "*", named.rstrip("."))))


@pytest.mark.parametrize("named", each(MODULE))
def test_a_module_that_is_named_exists(named):
    if named in NOT_MODULES or (ROOT / named).exists():
        return
    dotted, _, attribute = named.partition(":")
    module, _, last = dotted.rpartition(".")
    try:
        found = importlib.import_module(dotted)
    except ModuleNotFoundError:
        found = getattr(importlib.import_module(module), last)
    assert not attribute or hasattr(found, attribute)


def typed():
    """The lines of documents that call our command, as lists of words."""
    for document in CURRENT:
        for text in code(document):
            for line in text.splitlines():
                if re.match(r"crossover [a-z-]+( |$)", line):
                    words = shlex.split(line, comments=True)
                    yield pytest.param(words[1:], id=f"{document.relative_to(ROOT)}: {' '.join(words)}")


def command(name):
    return cli.get_command(None, name)


def options(name):
    return {option for parameter in command(name).params for option in parameter.opts if option.startswith("-")} | {
        "-h",
        "--help",
    }


@pytest.mark.parametrize("words", list(typed()))
def test_a_command_that_is_shown_can_be_typed(words):
    name, *rest = words
    assert name in COMMANDS
    assert {word for word in rest if re.match(r"--?[A-Za-z]", word)} <= options(name)
    if name in {"compare", "scale", "safety", "share"} and "--help" not in rest and "..." not in rest:
        given = command(name).make_context(name, list(rest), resilient_parsing=True).params
        for url in given.get("transports") or given.get("states") or ():
            (parse_state if name == "share" else parse)(url)


def test_every_command_has_a_row_in_readme_and_a_guide():
    row = re.compile(r"^\| `crossover (\w+)` \|.*\]\((\S+?)(?:#\S*)?\) \|$", re.MULTILINE)
    found = row.findall((ROOT / "README.md").read_text())
    assert [name for name, _ in found] == list(COMMANDS)
    assert all((ROOT / guide).is_file() for _, guide in found)


@pytest.mark.parametrize("named", each(OPTION))
def test_an_option_that_is_named_exists(named):
    ours = {option for name in COMMANDS for option in options(name)}
    files = [path for path in (ROOT / "Makefile", *(ROOT / ".ci").iterdir()) if path.is_file()]
    scripts = "".join(path.read_text() for path in files)
    assert named in ours | OTHERS_OPTIONS | set(re.findall(OPTION, scripts))


@pytest.mark.parametrize("named", each(re.compile(r"\bmake ([a-z][a-z-]*)")))
def test_a_target_that_is_named_exists(named):
    assert re.search(rf"^{named}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("named", each(re.compile(r"\bCROSSOVER_[A-Z_]+")))
def test_a_variable_that_is_named_is_read_somewhere(named):
    readers = [*(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")), ROOT / "compose.yaml"]
    options = {f"{PREFIX}_{name}_{one.name}".upper() for name in COMMANDS for one in command(name).params}
    assert named in options or any(named in path.read_text(encoding="utf-8") for path in readers)


@pytest.fixture(scope="module")
def words_of_our_code():
    readers = [ROOT / "compose.yaml", ROOT / "tests" / "contract" / "conftest.py", *ROOT.glob("tests/support/*.py")]
    readers += [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {word for path in readers for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("named", each(re.compile(r"^(?:[A-Z][a-z]+(?:[A-Z][a-z]+)+|[A-Z]+(?:_[A-Z]+)+)(?:\.\w+)?$")))
def test_a_class_or_constant_that_is_named_is_in_our_code(named, words_of_our_code):
    assert set(named.split(".")) <= words_of_our_code | {"NO_COLOR", "FORCE_COLOR"}  # read by Rich


def slug(heading):
    return re.sub(r"[^\w -]", "", heading.lower().replace("`", "")).strip().replace(" ", "-")


@pytest.mark.parametrize("document", list(documents()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_leads_somewhere(document):
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in {slug(heading) for heading in HEADING.findall(target.read_text(encoding="utf-8"))}, link


@pytest.mark.parametrize("document", CURRENT, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_is_short(document):
    assert document.stat().st_size <= (README_BYTES if document.name == "README.md" else PAGE_BYTES)


def test_every_page_can_be_reached_from_the_index():
    reached, waiting = set(), [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        links = [link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8"))]
        waiting += [(page.parent / link).resolve() for link in links if link.endswith(".md")]
    assert set((ROOT / "docs").rglob("*.md")) <= reached


def rows(document, title):
    """The code in the first cell of each row of the table under a heading."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    section = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", section.partition("|---|")[2], re.MULTILINE)


def test_every_transport_is_listed():
    assert rows("guides/compare.md", "Transports") == list(TRANSPORTS)


def test_every_workload_is_listed():
    assert sorted(rows("guides/compare.md", "Workloads")) == sorted([*catalogue.NAMES, "MODULE:FUNCTION"])


def test_every_shared_state_is_explained():
    section = (ROOT / "docs/guides/share.md").read_text(encoding="utf-8").partition("## What each state does\n")[2]
    cells = re.findall(r"^\| ([a-z][\w, -]+) \|", section, re.MULTILINE)
    assert sorted(name for cell in cells[1:] for name in cell.split(", ")) == sorted(STATES)


def test_every_fault_is_explained():
    section = (
        (ROOT / "docs/guides/safety.md")
        .read_text(encoding="utf-8")
        .partition("## The faults\n")[2]
        .partition("|---|")[2]
    )
    assert re.findall(r"^\| [\w.]+ \| `([^`]+)`", section, re.MULTILINE) == list(FAULTS)


def test_every_exit_status_is_explained():
    section = (ROOT / "docs/guides/reading-results.md").read_text(encoding="utf-8").partition("## Exit status\n")[2]
    assert [int(status) for status in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == sorted(ExitStatus)


def moved():
    """The names in the last column of the table of moved modules, each in full."""
    unreleased = (
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## [Unreleased]")[2].partition("\n## ")[0]
    )
    for _, now in re.findall(r"^ *\| (`.+) \| (`.+) \|$", unreleased, re.MULTILINE):
        parent = ""
        for name in re.findall(r"`(\.?[\w.]+)`", now):
            full = f"{parent}{name}" if name.startswith(".") else name
            parent = full.rpartition(".")[0]
            yield full


@pytest.mark.parametrize("named", list(moved()))
def test_a_module_has_moved_to_where_the_changelog_says(named):
    importlib.import_module(named)
