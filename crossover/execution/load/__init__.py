"""Load: closed loop, open loop, backlog."""
