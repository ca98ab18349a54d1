"""Runs in open loop, of which a test changes what it is about."""

from sample_records import run_of

from crossover.results.records import LoadShape, Percentiles


def percentiles_of(p99, p999=None):
    return Percentiles(p50=p99 / 10, p90=p99 / 2, p99=p99, p999=p999, max=p99 * 2, mean=p99 / 5)


def paced_run(transport, p99, rate=1000.0, fraction=None, achieved=None, send_p99=0.1, p999=None, **changes):
    return run_of(
        transport,
        load=LoadShape(mode="open", rate=rate, fraction=fraction),
        latency_ms=percentiles_of(p99, p999),
        send_delay_ms=percentiles_of(send_p99),
        achieved_rate=rate if achieved is None else achieved,
        **changes,
    )


def paced_rounds(transport, *p99s, **changes):
    return [paced_run(transport, p99, round=number, **changes) for number, p99 in enumerate(p99s, start=1)]
