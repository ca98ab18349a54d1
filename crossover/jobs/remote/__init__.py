"""Executors over a broker: calls and outcomes as signed MessagePack, and the queues that carry them.

RemoteExecutor ─ encode_call ─► JobQueue ─► broker ─► Intake ─ decode_call ─► crossover worker
Future ◄─────── decode_outcome ◄───────────────────────────── encode_outcome ◄───────┘
"""
