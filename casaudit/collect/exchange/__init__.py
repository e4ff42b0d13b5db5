"""What Exchange keeps in a directory: the questions, and the records that the answers make.

Pure: it sees the directory through a port, so live LDAP and exported files give equal records.
"""

from casaudit.collect.exchange.queries import ATTRIBUTES, plan
from casaudit.collect.exchange.walk import collect_directory

__all__ = ["ATTRIBUTES", "collect_directory", "plan"]
