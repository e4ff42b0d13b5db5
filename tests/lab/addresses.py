"""The plan of the lab: which loopback address belongs to which part, and the names in use."""

DOMAIN = "exchangeserverpro.net"
CONTROLLER_NAME = f"dc1.{DOMAIN}"

DIRECTORY = "127.0.0.10"
CROWDED_DIRECTORY = "127.0.0.11"
RECORDER = "127.0.0.12"
LIMITS = "127.0.0.13"
FAULTS = "127.0.0.14"
OTHER_DIRECTORY = "127.0.0.15"
DEAD_CONTROLLER = "127.0.0.16"
"""Nothing listens there."""
OTHER_LDAP = "127.0.0.17"
"""An LDAP server that is no domain controller."""
CONTROLLERS = (DIRECTORY, CROWDED_DIRECTORY, RECORDER, LIMITS, FAULTS, OTHER_DIRECTORY)
"""Where a controller, or a proxy in front of one, may be."""

DNS_PORT = 5300
INTERNAL_DNS = "127.0.0.20"
EXTERNAL_DNS = "127.0.0.21"
SILENT_DNS = "127.0.0.22"
SERVFAIL_DNS = "127.0.0.23"
REFUSED_DNS = "127.0.0.24"
DOMAIN_DNS = "127.0.0.25"

HO_EX2010_MB1 = "127.0.0.31"
HO_EX2010_MB2 = "127.0.0.32"
BR_EX2010_MB = "127.0.0.33"
PASS_THROUGH_BALANCER = "127.0.0.40"
TERMINATING_BALANCER = "127.0.0.41"
ZOO = "127.0.0.{}"
"""TLS servers with one quirk each; the last byte counts from ``FIRST_OF_ZOO``."""
FIRST_OF_ZOO = 50
