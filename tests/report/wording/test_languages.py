"""Every sentence about claims is there in every language, and speaks of the same facts."""

import ast
import importlib
import inspect
import re
from string import Formatter

import pytest

from crossover.experiments.claims.claim import THEMES, all_claims
from crossover.report.wording.claims.messages import LANGUAGES, Messages, table
from crossover.results.claim_verdict import ClaimVerdict

CHINESE = re.compile("[\u4e00-\u9fff]")
ASCII_BETWEEN = re.compile("[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]")
OTHERS = [language for language in LANGUAGES if language != "en"]


def keys(node, path=()):
    """Return the path of every sentence of a table."""
    if not isinstance(node, dict):
        return {path}
    return {found for name, one in node.items() for found in keys(one, (*path, name))}


def facts(sentence):
    """Return the facts that a sentence puts into words."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def filled():
    """Return every word and sentence that facts are put into, in English, by its path."""
    english = table("en")
    words = {(part, name): one for part in ("words", "reasons") for name, one in english[part].items()}
    return words | {("claims", claim, "seen"): one["seen"] for claim, one in english["claims"].items()}


class Around(dict):
    """The names in a module; any other one is some word."""

    def __missing__(self, _name):
        return "Redis"


def reasons():
    """Return every reason that an experiment gives where it could not tell, with its figures."""
    for theme in THEMES:
        module = importlib.import_module(f"crossover.experiments.claims.{theme}")
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and ast.unparse(node).startswith("Finding(ClaimVerdict.COULD_NOT_TELL"):
                yield eval(ast.unparse(node.args[2]), {}, Around(vars(module)))


def at(language, path):
    node = table(language)
    for name in path:
        node = node[name]
    return node


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys(language):
    assert keys(table(language)) == keys(table("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_of_claims_that_nobody_checks(language):
    assert table(language)["claims"].keys() == all_claims().keys()
    assert table(language)["themes"].keys() == set(THEMES)
    assert table(language)["verdicts"].keys() == set(ClaimVerdict)


@pytest.mark.parametrize("part", ["said", "seen", "instead"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_of_every_claim(language, part):
    assert not [claim for claim in all_claims() if not at(language, ("claims", claim, part)).strip()]


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_facts_are_put_into_words_in_every_language(language):
    differing = {path for path, sentence in filled().items() if facts(sentence) != facts(at(language, path))}
    assert not differing


def test_chinese_is_chinese_with_the_marks_of_chinese():
    sentences = {path: at("zh", path) for path in keys(table("zh")) if path[0] == "claims"}
    assert not [path for path, sentence in sentences.items() if not CHINESE.search(sentence)]
    assert not [path for path, sentence in sentences.items() if ASCII_BETWEEN.search(sentence)]


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_of_an_experiment_is_told_in_every_language(language):
    found = list(reasons())
    assert len(found) > 10
    assert not [reason for reason in found if not CHINESE.search(Messages(language).reason(reason))]
    assert [Messages("en").reason(reason) for reason in found] == found


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("it had not ended after 30 s", "30 s 之后仍未结束"),
        ("its process ended", "实验的进程意外结束"),
        ("it needs 2 cores, and there is 1", "需要 2 个核，这里只有 1 个"),
        ("no RabbitMQ at 127.0.0.1:1: connection refused", "127.0.0.1:1 没有 RabbitMQ：connection refused"),
        ("OSError: no more processes", "OSError: no more processes"),
    ],
)
def test_why_a_claim_was_not_told_or_skipped(reason, chinese):
    assert Messages("zh").reason(reason) == chinese
