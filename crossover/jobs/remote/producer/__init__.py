"""The producer's side of an executor over a broker: calls out, outcomes in, futures settled."""
