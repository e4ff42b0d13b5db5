"""The rule book: the format of rules and views, their texts, and reading them."""
