"""Differences between two results: which cases they share, and what is slower or faster.

    result → figures (one per run) → cases → difference

`figures` takes from each run its conditions and its figure; runs with the same label and conditions are one case.
`comparability` says which host and settings differ; `difference` compares the cases.
"""
