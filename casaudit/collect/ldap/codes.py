"""What a controller's result codes mean for the evidence, and what the operator can do."""

from dataclasses import dataclass

from casaudit.snapshot import Reason

SUCCESS = 0
NO_SUCH_OBJECT = 32

# RFC 4511, section 4.1.9.
_NAMES = {
    1: "operationsError",
    2: "protocolError",
    3: "timeLimitExceeded",
    4: "sizeLimitExceeded",
    7: "authMethodNotSupported",
    8: "strongerAuthRequired",
    10: "referral",
    11: "adminLimitExceeded",
    12: "unavailableCriticalExtension",
    13: "confidentialityRequired",
    14: "saslBindInProgress",
    NO_SUCH_OBJECT: "noSuchObject",
    34: "invalidDNSyntax",
    48: "inappropriateAuthentication",
    49: "invalidCredentials",
    50: "insufficientAccessRights",
    51: "busy",
    52: "unavailable",
    53: "unwillingToPerform",
}
_REASONS = {
    3: Reason.LIMIT,
    4: Reason.LIMIT,
    11: Reason.LIMIT,
    7: Reason.REFUSED,
    8: Reason.REFUSED,
    13: Reason.REFUSED,
    48: Reason.REFUSED,
    49: Reason.REFUSED,
    50: Reason.REFUSED,
    10: Reason.REFERRAL,
    # Active Directory says so of what rights hide, too: it proves no absence.
    NO_SUCH_OBJECT: Reason.DENIED_OR_ABSENT,
}
NOT_NOW = frozenset({51, 52})
"""Results that say nothing about the request: another controller may serve it."""
_WORTH_A_RETRY = NOT_NOW | {1}
# Active Directory and Samba say operationsError where an anonymous bind is not enough: the text
# begins with 000004DC in the one, with 00002020 (ERROR_DS_OPERATIONS_ERROR) in the other.
_NOT_BOUND = ("000004DC", "00002020")
# Samba's texts: "ldap server require strong auth = yes" says the first of Kerberos, the second of
# NTLM, over TLS as well as without.
_SIGN_OR_SEAL = ("Sign or Seal are required", "not allowed if TLS is used")
_CHANNEL_BINDING = "80090346"  # SEC_E_BAD_BINDINGS, with invalidCredentials
_HINTS = {
    7: "this server does not know this kind of bind: use --auth simple with --user",
    8: "the controller demands a protected connection: use ldaps://HOST, or ldap://HOST without "
    "--allow-plaintext (StartTLS)",
    13: "the controller demands a protected connection: use ldaps://HOST",
    34: "a domain controller of Active Directory takes user@domain: this is another LDAP server",
    48: "the controller does not accept this kind of bind: use --auth simple with --user",
    49: "check user and password; write the user as user@domain, or for NTLM as DOMAIN\\user",
    50: "the account may not do this: ask with one that may read the configuration partition",
    51: "the controller is busy: try again later or ask another one",
    52: "the controller is not available: ask another one (after StartTLS: it may have no "
    "certificate)",
}
# Windows error codes in hexadecimal, which Active Directory puts behind "data" in the text of
# invalidCredentials: 52e is ERROR_LOGON_FAILURE.
_LOGON_FAILURES = {
    # As Samba says it: the number of STATUS_NTLM_BLOCKED, for which Windows has 791.
    "418": "the controller's policy forbids NTLM: use --auth kerberos, or --auth simple",
    "525": "no such user: write the user as user@domain",
    # Said of an unknown user as well: a controller does not tell which users there are.
    "52e": "the user or the password is wrong: check both before trying again, since each try "
    "counts towards the lockout of the account",
    "52f": "this account may not log on like this (members of Protected Users may not use NTLM): "
    "use --auth kerberos, or another account",
    "530": "this user may not log on at this time: see the logon hours of the account",
    "531": "this user may not log on from here: see the computers that the account may log on to",
    "532": "the password has expired: change it, then try again",
    "533": "the account is disabled: have it enabled, or use another one",
    "569": "this user may not log on over the network: have the right given, or use another one",
    "576": "this host's clock differs too much from the controller's: set it right",
    "701": "the account has expired: have its end date changed, or use another one",
    "773": "the password must be changed first: log on once as this user",
    "775": "the account is locked: have it unlocked, and find out what still uses an old password",
    "791": "the controller's policy forbids NTLM: use --auth kerberos, or --auth simple",
}


# Texts of MIT Kerberos in lower case, and numbers of SSPI, whose texts are in Windows' language.
_KERBEROS_FAILURES = {
    "no kerberos credentials": "there is no ticket: run kinit auditor@CORP.EXAMPLE first",
    "no credentials": "there is no ticket: run kinit auditor@CORP.EXAMPLE first",
    "-2146893042": "there is no ticket: log on as a user of the domain, or use runas /netonly",
    "expired": "the ticket has expired: run kinit again",
    "not found in kerberos database": "there is no ticket for this name: name the controller by "
    "its full name, ldaps://dc1.corp.example, or name its domain",
    "-2146893053": "there is no ticket for this name: name the controller by its full name, "
    "ldaps://dc1.corp.example, or name its domain",
    "security layer": "the controller demands signing, which is not to be had here: use TLS, or "
    "--auth simple over TLS",
    "cannot find kdc": "no KDC of the realm is known: check /etc/krb5.conf, or this host's DNS",
    "-2146893039": "no controller of the domain gives tickets: check this host's DNS and domain",
    "skew": "this host's clock differs from the controller's by more than five minutes",
    "-2146893020": "this host's clock differs from the controller's by more than five minutes",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an answer is not complete.

    Attributes:
        again: asking once more may help.
    """

    reason: Reason
    detail: str
    again: bool = False


def trouble(code: int, message: str) -> Trouble | None:
    """Return what a result code of a search means; ``None`` for success."""
    if code == SUCCESS:
        return None
    if code == 1 and message.startswith(_NOT_BOUND):
        return Trouble(Reason.REFUSED, f"{described(code, message)} (not without credentials)")
    reason = _REASONS.get(code, Reason.SERVER_FAILURE)
    return Trouble(reason, described(code, message), code in _WORTH_A_RETRY)


def described(code: int, message: str) -> str:
    """Return a result code in words, with the controller's own text."""
    # Active Directory ends its texts with a NUL.
    own = " ".join(message.replace("\0", "").split())
    return f"result {code} ({_NAMES.get(code, 'unknown')})" + (f": {own}" if own else "")


def hint(code: int, message: str) -> str:
    """Return what the operator can do about a result code of a bind."""
    if code == 49 and _CHANNEL_BINDING in message:
        return (
            "the controller demands channel binding, and saw other TLS than was spoken here: name "
            "the controller itself, without a balancer or a firewall that ends TLS in between"
        )
    if code == 8 and any(text in message for text in _SIGN_OR_SEAL):
        return (
            "the controller demands a signed bind, which is not to be had here: use ldaps:// "
            "with --auth simple, or let Samba 'allow_sasl_over_tls'"
        )
    if code == 49:
        said = message.lower()
        # The text goes "data 52e, v...": the comma ends the number.
        found = (text for data, text in _LOGON_FAILURES.items() if f"data {data}," in said)
        return next(found, _HINTS[49])
    return _HINTS.get(code, "")


def exchange_hint(method: str, problem: str) -> str:
    """Return what the operator can do about an exchange of tokens that failed on this side."""
    if method == "ntlm":
        return "the controller's answer is no NTLM: use --auth kerberos, or --auth simple"
    said = problem.lower()
    found = (hint for text, hint in _KERBEROS_FAILURES.items() if text in said)
    return next(found, "check the ticket with klist, or use --auth simple with --user")
