"""Latency: from time stamps to percentiles.

history → samples (differences of time stamps) → timing (latency, send delay, hops of a run) → loads (over all rounds)
"""
