"""Results of claims with everything in them that a report can show."""

from sample_records import HOST

from crossover.experiments.claims.claim import THEMES
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimRun, ClaimsPlan, ClaimsResult, SkippedClaim

MAP = {"numbers": [3, 1, 2], "values": [9, 1, 4], "later": 25}
CODE = '''@claim("pool-map")
def pool_map() -> Finding:
    """Does `map` return values, and does it close the pool?"""
    with multiprocessing.Pool(2) as pool:
        values = pool.map(square, numbers)  # a comment that is so long that no terminal of 80 columns has room for it
    return Finding(ClaimVerdict.FALSE, {"values": values})
'''
BARS = {"serial": 0.00004, "50 threads": 0.011, "50 processes": 0.193}
CURVES = {
    "computing": {"1": 100.0, "2": 190.0, "3": 195.0, "4": 188.0},
    "waiting": {"1": 20, "2": 40, "3": 60, "4": 80},
}


def claim_run(claim="pool-map", verdict=ClaimVerdict.FALSE, facts=MAP, theme="pools", **changes):
    given = {"seconds": 0.1, "code": CODE, "version": "CPython 3.11.7"} | changes
    return ClaimRun(claim=claim, theme=theme, verdict=verdict, facts=facts, **given)


def claims_result(*runs, language="en", skipped=(), **changes):
    runs = list(runs) or [claim_run()]
    pythons = list(dict.fromkeys(run.python for run in runs))
    names = list(dict.fromkeys(run.claim for run in runs))
    plan = ClaimsPlan(["claims"], names, 30.0, language, pythons)
    given = {"tool": "crossover", "started_at": "2026-11-27T09:05:00+00:00", "host": HOST, "plan": plan}
    return ClaimsResult(**given | changes, runs=runs, skipped=list(skipped))


def every_theme(language="en"):
    """A claim of each theme with each verdict in turn; two of them with pictures."""
    verdicts = list(ClaimVerdict)
    runs = [
        claim_run(f"{theme}-{number}", verdicts[(number + place) % len(verdicts)], {"times": place}, theme)
        for place, theme in enumerate(THEMES)
        for number in (1, 2)
    ]
    for run in runs:
        run.reason = "it had not ended after 30 s" if run.verdict is ClaimVerdict.COULD_NOT_TELL else ""
    runs.append(claim_run("thread-faster-for-compute", facts={"bars": BARS, "unit": "s"}, theme="threads"))
    runs.append(claim_run("pool-size", facts={"curves": CURVES, "unit": "tasks/s"}, theme="pool_speed"))
    runs.sort(key=lambda run: THEMES.index(run.theme))
    skipped = [SkippedClaim("middleware-safe", "there is no redis-server")]
    return claims_result(*runs, claim_run(), language=language, skipped=skipped)
