"""Read-only audit of the Client Access arrays of an Exchange 2010 organisation."""

__version__ = "0.1.0"
