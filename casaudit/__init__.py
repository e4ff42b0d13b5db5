"""Read-only audit of the Client Access arrays of an Exchange 2010 organisation."""

# hatchling reads this line by its pattern, without importing the package.
__version__ = "0.1.0"
