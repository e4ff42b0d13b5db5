"""The engine: a snapshot and a rule book in, verdicts out."""
