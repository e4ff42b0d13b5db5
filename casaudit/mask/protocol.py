"""Words that are kept: of protocols and products, not of an organisation; rules look for many."""

_DIRECTORY = """
    cn ou dc o c l s st e email emailaddress cnf del 0acnf 0adel configuration schema services
    sites servers subnets microsoft exchange administrative groups group fydibohf23spdlt
    fydibohf25spdlt arrays databases database availability protocols http rpcclientaccess
    autodiscover informationstore private public folder folders store mdb mailbox mailboxes
    recovery default first site name default-first-site-name address lists offline book books
    global settings first-administrative-group organization organisation root
    ms-exch-client-access-array ms-exch-exchange-server ms-exch-database transport
    ncacn_ip_tcp ncacn_spx ncacn_vns_spp ncacn_np netbios ncadg_ip_udp
"""
_WEB = """
    https owa ecp ews oab rpc rpcproxy mapi powershell emsmdb nspi asmx xml
    microsoft-server-activesync exchweb exadmin exchange back end web iis w3svc
    www aspx dll msstd srv _autodiscover _tcp _udp _msdcs
"""
_SERVICES = """
    exchangemdb exchangerfr exchangeab host imap imap4 pop pop3 smtp smtpsvc ldap ldaps gc
    exch expr restrictedkrbhost termsrv wsman kerberos ntlm dns tls file
    ldf ldif clixml csv row json export client access server edge hub unified messaging
"""
_SUFFIXES = """
    com net org edu gov int info biz local localdomain localhost lan corp home internal intranet
    example test invalid arpa
"""

WORDS = frozenset(f"{_DIRECTORY} {_WEB} {_SERVICES}".split())
"""In the form in which words are compared."""

SUFFIXES = frozenset(_SUFFIXES.split())
"""Kept where they are the last label of a name."""

CLOUD = {
    "outlook": (".com",),
    "onmicrosoft": (".com",),
    # Where a hybrid organisation routes its mail, by which rules know it, and its mail exchanger.
    "mail": (".onmicrosoft.com", ".protection.outlook.com"),
    "protection": (".outlook.com",),
}
"""Labels of names of Exchange Online, each kept before these ends only."""

IDS = frozenset(
    (
        "67661d7f-8fc4-4fa7-bfac-e1d7794c1f68",  # keyword of an Autodiscover pointer
        "77378f46-2c66-4aa9-a6a6-3e7a48b19596",  # keyword of an Autodiscover URL
    )
)
"""GUIDs that are the same in every organisation."""
