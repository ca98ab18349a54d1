"""How tasks travel inside one machine: one short file per transport, over `channels`."""
