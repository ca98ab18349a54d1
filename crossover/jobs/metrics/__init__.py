"""Figures for Prometheus, on loopback: of a worker, and of a job."""
