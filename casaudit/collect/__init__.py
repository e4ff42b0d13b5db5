"""Collecting evidence: the walk through directory, DNS and TLS, and the guard around it."""
