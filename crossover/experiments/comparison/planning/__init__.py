"""What is to be measured, before anything is: which rows a comparison has, and how much work each of their runs.

    request → plan (amounts, versions) → learning (worker_rows)

`plan` makes a `ComparisonSetup` of what was typed; `learning` adds what a task takes, and the rows that follow from it.
"""
