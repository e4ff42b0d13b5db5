"""What Exchange keeps in a directory: the questions, and the records that the answers make.

Pure: it sees the directory through a port, so live LDAP and exported files give equal records.
"""

from casaudit.collect.exchange.collector import collect_directory
from casaudit.collect.exchange.queries import ATTRIBUTES, plan_queries

__all__ = ["ATTRIBUTES", "collect_directory", "plan_queries"]
