"""The texts of a language."""
