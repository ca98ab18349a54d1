"""What a comparison of transports comes to, in sentences: what was measured, what is fastest, what it costs."""
