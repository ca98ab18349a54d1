"""Differences in words: between two results, and between the newest and many older ones."""
