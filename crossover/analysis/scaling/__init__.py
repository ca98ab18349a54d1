"""Scaling: throughput against workers, the law behind it, the count to use."""
