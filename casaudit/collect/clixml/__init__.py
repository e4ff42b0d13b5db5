"""Reading what the Exchange Management Shell exported with ``Export-Clixml``."""

from casaudit.collect.clixml.exports import collect_exports

__all__ = ["collect_exports"]
