"""Looking at TLS endpoints: handshakes, server hellos, certificates."""
