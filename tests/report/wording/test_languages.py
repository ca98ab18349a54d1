"""Every sentence about claims is there in every language, and speaks of the same facts."""

import re
from string import Formatter

import pytest

from crossover.experiments.claims.claim import THEMES, all_claims
from crossover.report.wording.claims.messages import LANGUAGES, table
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
    return {("words", name): one for name, one in english["words"].items()} | {
        ("claims", claim, "seen"): one["seen"] for claim, one in english["claims"].items()
    }


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
