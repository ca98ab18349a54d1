"""Scaling: throughput against workers, the law behind it, and how many workers to use.

runs → worker_counts (one point per number of workers) → law (Gunther's formula, fitted) and advice
"""
