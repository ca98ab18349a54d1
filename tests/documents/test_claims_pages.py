"""The pages about claims are what `make claims` writes, from the result of a real run that is kept."""

from claims_pages import FOLDER, KEPT, OVERVIEW, ROOT, pages

from crossover.experiments.claims.claim import all_claims
from crossover.report.formats.result_reader import read
from crossover.results.claim_verdict import ClaimVerdict

WRITTEN = pages()


def test_each_page_is_what_its_result_says():
    assert {OVERVIEW, *FOLDER.glob("*.md")} == set(WRITTEN)
    for path, text in WRITTEN.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.relative_to(ROOT)}: make pictures writes it again"


def test_every_claim_was_checked_and_could_be_told():
    runs = {run.claim: run.verdict for run in read(str(KEPT)).runs}
    assert list(runs) == list(all_claims()), "make claims checks them again"
    assert ClaimVerdict.COULD_NOT_TELL not in runs.values()


def test_every_theme_is_in_the_navigation_of_the_site():
    text = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    assert all(f'"claims/{path.name}"' in text for path in WRITTEN if path != OVERVIEW)
