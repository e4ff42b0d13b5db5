"""What ``Export-CasauditEvidence.ps1`` could not export: gaps of the kinds that are missing.

The script writes an object for each command that failed. Its message may name people, so it stays
in the file; the type and the number of the error tell enough.
"""

import re
from collections.abc import Iterator, Sequence

from casaudit.collect.clixml.export_kind import Found, Kind, MissingEvidence, having
from casaudit.collect.clixml.properties import PropertyReader, text_of
from casaudit.collect.clixml.values import Exported
from casaudit.snapshot import Reason

STEM = "failures"
_TOLD = having("FailedExport", "ErrorType")
_TYPE = re.compile(r"[A-Za-z0-9_.+]{1,200}")
_CODE = re.compile(r"0x[0-9A-F]{8}")
_BY_CODE = {
    "0x80070005": Reason.REFUSED,
    "0x80070035": Reason.UNREACHABLE,
    "0x800706BA": Reason.UNREACHABLE,
    "0x800706BE": Reason.UNREACHABLE,
}
"""HRESULTs: access denied, network path not found, RPC server unavailable, RPC failed."""
_BY_TYPE = {
    "System.UnauthorizedAccessException": Reason.REFUSED,
    "System.Security.SecurityException": Reason.REFUSED,
    # The shell of Exchange 2010 has the cmdlets only that the roles of the account grant.
    "System.Management.Automation.CommandNotFoundException": Reason.REFUSED,
    # What RegistryKey.OpenRemoteBaseKey raises for a machine that does not answer.
    "System.IO.IOException": Reason.UNREACHABLE,
    "System.TimeoutException": Reason.TIMEOUT,
}
# The shell's own classes of errors, the same in every language; errors that came over remoting are
# all of one type.
_BY_CATEGORY = {
    "PermissionDenied": Reason.REFUSED,
    "SecurityError": Reason.REFUSED,
    "ResourceUnavailable": Reason.UNREACHABLE,
    "OperationTimeout": Reason.TIMEOUT,
}


def kind_of_failures(others: Sequence[Kind]) -> Kind:
    """Return the kind of the file in which the script lists what failed.

    Args:
        others: the kinds whose exports can have failed.
    """
    by_stem = {kind.stem: kind for kind in others}

    def is_one(item: Exported) -> bool:
        return _TOLD(item) and text_of(item.properties["failedexport"]) in by_stem

    def read(reading: PropertyReader) -> Iterator[Found]:
        stem = reading.key("FailedExport")
        reason, why = _why(reading)
        server = reading.text("Server", "server")
        told = f"{server}: {stem}" if server else stem
        detail = f"{told} could not be exported ({why}); the message stands in the file"
        for section in by_stem[stem].sections:
            yield MissingEvidence(section, reason, detail)

    return Kind(STEM, (), is_one, read, may_be_empty=True)


def _why(reading: PropertyReader) -> tuple[Reason, str]:
    kind = _told(reading, "ErrorType", _TYPE) or "an error"
    code = _told(reading, "ErrorCode", _CODE)
    category = _told(reading, "Category", _TYPE)
    known = (_BY_CODE.get(code), _BY_TYPE.get(kind), _BY_CATEGORY.get(category))
    reason = next((each for each in known if each), Reason.SERVER_FAILURE)
    return reason, f"{kind} {code}" if code else kind


def _told(reading: PropertyReader, name: str, form: re.Pattern[str]) -> str:
    """Return what an object says in a form that can be no text of people; else nothing."""
    found = text_of(reading.item.properties.get(name.lower()))
    return found if isinstance(found, str) and form.fullmatch(found) else ""
