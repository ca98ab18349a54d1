"""advise: looks for the transport, the number of workers and the size of batch that suit a task best."""
