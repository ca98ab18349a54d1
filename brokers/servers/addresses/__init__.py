"""The addresses of servers: URLs, and the certificates of those that encrypt."""
