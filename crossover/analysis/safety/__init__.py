"""Safety: the verdict on a ledger, and what each cell of the matrix is expected to show.

ledger → ledger_verdict → symptoms; expected_cells → expectation → deviation, broken promises
"""
