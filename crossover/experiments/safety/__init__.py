"""safety: the matrix of faults, the self-test of the checker, what each level costs."""
