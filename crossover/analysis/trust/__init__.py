"""Trust: which figures prove something, what speaks against the others, and how much work would do.

run → warnings; rounds → enough (the numbers for -n and -r)
"""
