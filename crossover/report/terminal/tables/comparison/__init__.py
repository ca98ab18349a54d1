"""The tables of a comparison of transports."""
