"""The adapters between the specifications and the real runtime: the only place that sees both."""
