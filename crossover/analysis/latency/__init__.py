"""Latency: from time stamps to percentiles, hops, and latency against load."""
