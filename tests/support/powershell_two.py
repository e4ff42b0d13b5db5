"""What a script uses that PowerShell 2.0 lacks, or that it must not use: a small lint.

It knows what is allowed and names the rest: cmdlets with their parameters, functions of the
script itself, operators, types, members and variables. A plan and the export script are allowed
different things.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tree_sitter import Node

from tests.support.powershell import below, nodes, text_of, tree

CMDLETS = {
    "Export-Clixml": {
        *("-InputObject", "-Path", "-NoClobber", "-Encoding", "-ErrorAction"),
        *("-WhatIf", "-Confirm"),
    },
    "ForEach-Object": set(),
    "Get-ChildItem": {"-LiteralPath", "-ErrorAction"},
    "Get-Command": {"-ErrorAction"},
    "Get-Content": {"-LiteralPath", "-Encoding", "-ErrorAction"},
    "Get-Date": {"-Format"},
    "Get-Item": {"-LiteralPath"},
    "Get-Location": {"-PSProvider"},
    "Import-Clixml": {"-Path", "-ErrorAction"},
    "Join-Path": set(),
    "New-Item": {"-Path", "-ItemType", "-WhatIf", "-Confirm", "-ErrorAction"},
    "New-Object": {"-Property"},
    "Set-StrictMode": {"-Version"},
    "Sort-Object": set(),
    "Split-Path": {"-Parent"},
    "Start-Sleep": {"-Seconds"},
    "Test-Path": {"-LiteralPath"},
    "Where-Object": set(),
    "Write-Host": set(),
    "Write-Warning": set(),
}
"""Of the shell itself, with the parameters that version 2.0 has and a plan needs."""
EXCHANGE = re.compile(
    r"(Get|Set)-(MailboxDatabase|ClientAccessArray|ClientAccessServer|OutlookAnywhere"
    r"|OutlookProvider|RpcClientAccess|PopSettings|ImapSettings"
    r"|(Owa|Ecp|WebServices|ActiveSync|Oab)VirtualDirectory)|New-ClientAccessArray"
)
OPERATORS = {
    *("-eq", "-ne", "-gt", "-ge", "-lt", "-le", "-like", "-notmatch", "-contains", "-notcontains"),
    *("-join", "-is"),
}
TYPES = {
    *("[string]", "[string[]]", "[int]", "[bool]", "[void]"),
    *("[int[]]", "[switch]", "[regex]"),
    *("[System.Net.Dns]", "[System.StringComparison]", "[System.Uri]"),
}
METHODS = {
    *("Add", "Clear", "ContainsKey", "Equals", "GetHostAddresses"),
    *("IndexOf", "Match", "Replace", "Split", "StartsWith", "Substring"),
    *("ToUpperInvariant", "Trim", "TrimEnd", "TrimStart", "UnescapeDataString"),
}
NEVER = {
    *("expandable_string_literal", "expandable_here_string_literal", "sub_expression"),
    *("using_statement", "class_statement", "trap_statement"),
}
NEWER_VARIABLES = {"$psscriptroot", "$psitem", "$pscommandpath", "$input", "$args"}


@dataclass(frozen=True)
class Allowed:
    """What a script may use; all of it is in version 2.0.

    Attributes:
        cmdlets: with the parameters that they may be given.
        exchange: cmdlets that may be given any.
    """

    cmdlets: Mapping[str, set[str]]
    exchange: re.Pattern[str]
    operators: set[str]
    types: set[str]
    methods: set[str]


PLAN = Allowed(CMDLETS, EXCHANGE, OPERATORS, TYPES, METHODS)
ROLLBACK = replace(PLAN, exchange=re.compile(f"{EXCHANGE.pattern}|Remove-ClientAccessArray"))
"""The way back may remove what the plan has made."""


def lint(source: str, known: frozenset[str] = frozenset(), allowed: Allowed = PLAN) -> list[str]:
    """Return what is not allowed, in words; nothing for a script that version 2.0 runs.

    Args:
        source: the script, or a part of it.
        known: functions that stand in another part.
        allowed: what a script of its kind may use.
    """
    every = nodes(tree(source))
    own = known.union(text_of(node) for node in every if node.type == "function_name")
    problems = [f"syntax: {node!r}" for node in every if node.is_error or node.is_missing]
    for node in every:
        match node.type:
            case "comparison_operator" if text_of(node).lower() not in allowed.operators:
                problems.append(f"operator {text_of(node)}")
            case "type_literal" if text_of(node) not in allowed.types:
                problems.append(f"type {text_of(node)}")
            case "variable" if text_of(node).lower() in NEWER_VARIABLES:
                problems.append(f"variable {text_of(node)}")
            case "invokation_expression":
                problems += _method(text_of(node), allowed)
            case "command":
                problems += _command(node, own, allowed)
            case kind if kind in NEVER:
                problems.append(f"{kind} {text_of(node)[:40]}")
    return problems


def _method(text: str, allowed: Allowed) -> list[str]:
    name = re.split(r"::|\.", text.split("(")[0])[-1] if "(" in text else ""
    last = re.search(r"(?:\.|::)(\w+)\((?:[^()]|\([^()]*\))*\)\Z", text)
    name = last[1] if last else name
    return [] if name in allowed.methods else [f"method {name} in {text[:60]}"]


def _command(node: Node, own: frozenset[str], allowed: Allowed) -> list[str]:
    names = [text_of(each) for each in below(node, "command_name")]
    if not names or names[0] in own or allowed.exchange.fullmatch(names[0]):
        return []
    if names[0] not in allowed.cmdlets:
        return [f"command {names[0]}"]
    given = {text_of(each) for each in below(node, "command_parameter")}
    return [f"parameter {each} of {names[0]}" for each in sorted(given - allowed.cmdlets[names[0]])]
