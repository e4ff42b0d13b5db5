"""Databases with the endpoint their clients get, their copies, and availability groups."""

from casaudit.collect.exchange import legacy_dn
from casaudit.collect.exchange.attributes import Reading
from casaudit.collect.exchange.queries import PUBLIC_DATABASE
from casaudit.dn import parent
from casaudit.snapshot import AvailabilityGroup, Database, DatabaseCopy


def database(read: Reading) -> Database:
    """Return a database; RpcClientAccessServer is decoded from its legacyExchangeDN."""
    dn = read.text("legacyExchangeDN", "legacy_exchange_dn")
    if read.is_unread("legacy_exchange_dn"):
        read.miss("endpoint_legacy_dn")
    recovery = read.boolean("msExchRestore", "recovery")
    return Database(
        kind="public_folder" if read.is_a(PUBLIC_DATABASE) else "mailbox",
        recovery=None if read.is_unread("recovery") else bool(recovery),
        legacy_exchange_dn=dn,
        endpoint_legacy_dn=None if dn is None else legacy_dn.endpoint(dn),
        owning_server_dn=read.text("msExchOwningServer", "owning_server_dn"),
        master_dn=read.text("msExchMasterServerOrAvailabilityGroup", "master_dn"),
        oab_dn=read.text("msExchUseOAB", "oab_dn"),
        exchange_version=read.integer("msExchVersion", "exchange_version"),
        created=read.moment("whenCreated", "created"),
        **read.identity(),
    )


def copy(read: Reading) -> DatabaseCopy:
    """Return a copy; it is a child of its database."""
    return DatabaseCopy(
        database_dn=parent(read.entry.dn),
        host_server_dn=read.text("msExchHostServerLink", "host_server_dn"),
        activation_preference=read.integer("msExchActivationPreference", "activation_preference"),
        activation_config=read.integer("msExchActivationConfig", "activation_config"),
        **read.identity(),
    )


def availability_group(read: Reading) -> AvailabilityGroup:
    """Return a database availability group."""
    cross_site = read.integer("msExchAllowCrossSiteRPCClientAccess", "allow_cross_site_rpc")
    return AvailabilityGroup(
        allow_cross_site_rpc=None if cross_site is None else cross_site != 0,
        datacenter_activation_mode=read.integer(
            "msExchDatacenterActivationMode", "datacenter_activation_mode"
        ),
        **read.identity(),
    )
