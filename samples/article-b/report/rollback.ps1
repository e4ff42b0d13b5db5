# This script takes back what a run of remediation.ps1 set, when it is run with -Apply; without
#   it, it only rehearses.
#
# organisation: LAB
# collected: 2026-11-15T06:00:00Z
# judged: 2026-11-15T06:00:00Z, profile health
# snapshot: SHA-256 44684425ae4dfaa43ec8c1ada1e01e0c37c81693fd5888e0bb2e5e1d19f757fa
# rules: SHA-256 ff3d2df4f376357ce3b391b4016f4751d566069a9d38b8472512439b2c12090c
# made by: casaudit 0.1.0
# plan: 3b6a7a209ac4: 2 steps by script, 2 by hand
#
# Run it in the Exchange Management Shell of Exchange 2010 with -Run and the folder that
#   remediation.ps1 named. It restores a value only where that run changed it and the present one is
#   the one that the plan set.
# Observations (severity info) are not part of the plan.

param(
    # Folder with the state of the run to undo, as remediation.ps1 printed it.
    [string]$Run = '',
    # Makes the changes. Without it every change is only named: a rehearsal.
    [switch]$Apply,
    # Also removes what the run made, an array that is, once nothing uses it; without it that is left to you.
    [switch]$RemoveCreated,
    # Numbers of the steps to undo, such as 12,13; without it all that the run changed.
    [int[]]$Only = @(),
    # Folder in which the runs are looked for when none is named.
    [string]$StateFolder = ''
)

# Pasted into a shell, a script has no folder: then its files are in the current one.
$Folder = (Get-Location -PSProvider FileSystem).ProviderPath
if ($MyInvocation.MyCommand.Path) { $Folder = Split-Path -Parent $MyInvocation.MyCommand.Path }
if (-not $StateFolder) { $StateFolder = $Folder }

# === The values that the plan reads and sets ===================================================

$Plan = '3b6a7a209ac4'
$Settings = @{}
$Settings['database-endpoint'] = @{
    Title = 'RPC endpoint'
    Compare = 'name'
    Clears = $false
    Read = { param($Identity) (Get-MailboxDatabase -Identity $Identity -ErrorAction Stop).RpcClientAccessServer }
    Write = { param($Identity, $Value, $WhatIf) Set-MailboxDatabase -Identity $Identity -RpcClientAccessServer $Value -WhatIf:$WhatIf -ErrorAction Stop }
}

# === How a step is undone ======================================================================

$Counts = @{}
$Open = New-Object System.Collections.ArrayList
$Moved = New-Object System.Collections.ArrayList

function New-Step {
    param($Number, $Setting, $Identity, $Name)
    if (-not $Name) { $Name = $Identity }
    New-Object PSObject -Property @{ Number = $Number; Setting = $Setting; Identity = $Identity; Name = $Name }
}

function Write-Line {
    param([string]$Text)
    Write-Host ((Get-Date -Format 'HH:mm:ss') + '  ' + $Text)
}

# Why this shell cannot run the plan. Newer versions have Get-MailboxDatabase too, but not this parameter,
# and in a shell whose roles do not include it the parameter is not there either.
function Get-ShellProblem {
    $Command = @(Get-Command 'Set-MailboxDatabase' -ErrorAction SilentlyContinue)[0]
    if (-not $Command) { return 'run this in the Exchange Management Shell of Exchange 2010' }
    if (-not $Command.Parameters.ContainsKey('RpcClientAccessServer')) {
        return 'Set-MailboxDatabase has no -RpcClientAccessServer here: run this in the shell of Exchange 2010, with an account whose roles may set it'
    }
    return ''
}

# The present value of an object, in a form that a state file keeps: text, truth, list or nothing.
function Get-Present {
    param([string]$Key, [string]$Identity)
    Set-StrictMode -Version 2.0
    $Setting = $Settings[$Key]
    $Value = & ($Setting.Read) $Identity
    if ($null -eq $Value) { return $null }
    if ($Setting.Compare -eq 'truth') { return [bool]$Value }
    if ($Setting.Compare -eq 'list') { return @($Value | ForEach-Object { [string]$_ }) }
    # As text a URI loses its escapes (%20); what was written is in OriginalString.
    if ($Value -is [System.Uri]) { return $Value.OriginalString }
    return [string]$Value
}

# The value after a change; asked again for a while, since another domain controller may answer.
function Get-AfterChange {
    param([string]$Key, [string]$Identity, $Wanted)
    for ($Try = 1; $Try -le 3; $Try++) {
        $Now = Get-Present $Key $Identity
        if (Test-Same $Now $Wanted $Settings[$Key].Compare) { break }
        if ($Try -lt 3) { Start-Sleep -Seconds 5 }
    }
    return $Now
}

function Set-Value {
    param([string]$Key, [string]$Identity, $Value, [bool]$IsRehearsal)
    if ($Settings[$Key].Compare -eq 'list') { $Value = [string[]]@($Value) }
    if ($Settings[$Key].Compare -ne 'truth' -and '' -eq $Value) { $Value = $null }
    [void](& ($Settings[$Key].Write) $Identity $Value $IsRehearsal)
}

# One text for a value: letter case aside, a name's last dot, how a URL is written, a list's order.
function Get-Plain {
    param($Value, [string]$Compare)
    if ($null -eq $Value) { return '' }
    if ($Compare -eq 'list') { return ((@($Value | ForEach-Object { ([string]$_).ToUpperInvariant() } | Sort-Object)) -join ',') }
    # White space at an end counts: it is what a rule found fault with.
    $Text = [string]$Value
    if ($Compare -eq 'name') { return $Text.TrimEnd('.') }
    if ($Compare -eq 'url') { return (Get-PlainUrl $Text) }
    return $Text
}

# https://mail.example.com:443/EWS%20x/ and https://mail.example.com/EWS x are one address.
function Get-PlainUrl {
    param([string]$Text)
    $Match = [regex]::Match($Text, '^(https?)://([^/:?#]+)(:[0-9]+)?(.*)$', 'IgnoreCase')
    if (-not $Match.Success) { return $Text.TrimEnd('/') }
    $Scheme = $Match.Groups[1].Value.ToUpperInvariant()
    $Port = $Match.Groups[3].Value
    if (($Scheme -eq 'HTTPS' -and $Port -eq ':443') -or ($Scheme -eq 'HTTP' -and $Port -eq ':80')) { $Port = '' }
    return ($Scheme + '://' + $Match.Groups[2].Value + $Port + [System.Uri]::UnescapeDataString($Match.Groups[4].Value).TrimEnd('/'))
}

function Test-Same {
    param($One, $Other, [string]$Compare)
    return [string]::Equals((Get-Plain $One $Compare), (Get-Plain $Other $Compare), [System.StringComparison]::OrdinalIgnoreCase)
}

function Get-Shown {
    param($Value)
    if ($null -eq $Value -or '' -eq [string]$Value) { return 'nothing' }
    return (@($Value | ForEach-Object { [string]$_ }) -join ', ')
}

function Get-Literal {
    param([string]$Text)
    return ('''' + $Text.Replace('''', '''''') + '''')
}

function Add-Outcome {
    param($Step, [string]$Outcome, [string]$Reason)
    $Counts[$Outcome] = 1 + [int]$Counts[$Outcome]
    $Text = 'step ' + $Step.Number + '  ' + $Outcome + '  ' + $Step.Name + ', ' + $Settings[$Step.Setting].Title
    if ($Reason) { $Text = $Text + ': ' + $Reason }
    if ($Outcome -eq 'refused' -or $Outcome -eq 'failed') {
        [void]$Open.Add($Text)
        Write-Warning $Text
    }
    else { Write-Line $Text }
}

function Write-Summary {
    param([string]$Title)
    Write-Line ''
    Write-Line $Title
    foreach ($Outcome in 'changed', 'would change', 'right already', 'refused', 'failed') {
        Write-Line ('  ' + $Outcome + ': ' + [int]$Counts[$Outcome])
    }
    foreach ($Text in $Open) { Write-Line ('  open: ' + $Text) }
    if (-not $Apply) { Write-Line 'This was a rehearsal: nothing was changed. With -Apply the changes are made.' }
}

# Why what a step made must not be removed now; nothing when it may.
function Get-RemovalObstacle {
    param($Step, $Made)
    $Setting = $Settings[$Step.Setting]
    if (-not $Setting.Remove) { return 'it had no value before, and it cannot be set to none' }
    if (-not $RemoveCreated) { return 'that run made it: with -RemoveCreated it is removed, once nothing uses it' }
    try { $Users = @(& ($Setting.Users) $Step.Identity $Made) }
    catch { return ('what uses it could not be read: ' + $_) }
    # In a rehearsal nothing has moved away: what the steps before would move is no user any more.
    $Left = @($Users | Where-Object { $Moved -notcontains $_ })
    if ($Left.Count) { return ('it is used by ' + ($Left -join ', ')) }
    return ''
}

function Undo-Step {
    param($Step, $Record)
    $Setting = $Settings[$Step.Setting]
    if ($Record.Plan -ne $Plan -or $Record.Setting -ne $Step.Setting -or $Record.Identity -ne $Step.Identity) {
        Add-Outcome $Step 'refused' 'the state is of another plan'
        return
    }
    try { $Present = Get-Present $Step.Setting $Step.Identity }
    catch { Add-Outcome $Step 'failed' ('its value could not be read: ' + $_); return }
    # The record was written before the change: one that failed has nothing to undo.
    if (Test-Same $Present $Record.Value $Setting.Compare) { Add-Outcome $Step 'right already' ''; return }
    if (-not (Test-Same $Present $Record.Wanted $Setting.Compare)) {
        Add-Outcome $Step 'refused' ('its value is not the one that the plan set, but ' + (Get-Shown $Present))
        return
    }
    $IsMade = -not $Setting.Clears -and (Get-Plain $Record.Value $Setting.Compare) -eq ''
    if ($IsMade) {
        $Obstacle = Get-RemovalObstacle $Step $Record.Wanted
        if ($Obstacle) { Add-Outcome $Step 'refused' $Obstacle; return }
    }
    $Change = (Get-Shown $Present) + ' -> ' + (Get-Shown $Record.Value)
    try {
        if ($IsMade) {
            [void](& ($Setting.Remove) $Step.Identity $Record.Wanted (-not $Apply))
        }
        else {
            Set-Value $Step.Setting $Step.Identity $Record.Value (-not $Apply)
        }
        if (-not $Apply) { [void]$Moved.Add($Step.Name); Add-Outcome $Step 'would change' $Change; return }
        $Now = Get-AfterChange $Step.Setting $Step.Identity $Record.Value
    }
    catch { Add-Outcome $Step 'failed' ([string]$_); return }
    if (Test-Same $Now $Record.Value $Setting.Compare) { Add-Outcome $Step 'changed' $Change; return }
    Add-Outcome $Step 'failed' ('it was set without an error, but reads ' + (Get-Shown $Now))
}

# The records of a run by step number.
function Read-Run {
    $Records = @{}
    foreach ($File in @(Get-ChildItem -LiteralPath $Run -ErrorAction Stop | Where-Object { $_.Name -like 'step-*.xml' })) {
        $Record = Import-Clixml -Path $File.FullName -ErrorAction Stop
        $Records[[int]$Record.Number] = $Record
    }
    return $Records
}

function Write-Runs {
    Write-Warning 'Nothing was changed: name the run to undo with -Run; after several, undo the last one first.'
    $Found = @(Get-ChildItem -LiteralPath $StateFolder | Where-Object { $_.Name -like ('casaudit-state-' + $Plan + '-*') })
    Write-Line ([string]$Found.Count + ' runs of this plan in ' + $StateFolder)
    foreach ($Each in $Found) { Write-Line ('  .\rollback.ps1 -Run ' + (Get-Literal $Each.FullName)) }
}

# Returns the exit code: 0 every chosen step is as it was (in a rehearsal: can be), 1 some are not, 2 nothing was run.
function Invoke-Rollback {
    $Problem = Get-ShellProblem
    if ($Problem) { Write-Warning ('Nothing was changed: ' + $Problem); return 2 }
    if (-not $Run) { Write-Runs; return 2 }
    try { $Records = Read-Run }
    catch { Write-Warning ('Nothing was changed: the state could not be read: ' + $_); return 2 }
    if ($Records.Count -eq 0) { Write-Warning ('Nothing was changed: there is no state of a step in ' + $Run); return 2 }
    $Known = @($Steps | ForEach-Object { $_.Number })
    # What was asked for and cannot be undone is told, not left out in silence.
    foreach ($Number in @($Only | Where-Object { -not $Records.ContainsKey($_) })) {
        [void]$Open.Add('step ' + $Number + ': that run did not change it')
    }
    foreach ($Number in @($Records.Keys | Where-Object { $Known -notcontains $_ } | Sort-Object)) {
        [void]$Open.Add('step ' + $Number + ': the state has it, but this plan does not')
    }
    $Chosen = @($Steps | Where-Object { $Records.ContainsKey($_.Number) -and ($Only.Count -eq 0 -or $Only -contains $_.Number) })
    for ($Place = $Chosen.Count - 1; $Place -ge 0; $Place--) { Undo-Step ($Chosen[$Place]) ($Records[$Chosen[$Place].Number]) }
    Write-Summary ('plan ' + $Plan + ': ' + $Chosen.Count + ' of ' + $Steps.Count + ' steps were changed by that run and chosen')
    if ($Open.Count) { return 1 }
    return 0
}

# === The steps of the plan =====================================================================

$Steps = @(
    New-Step -Number 3 -Setting 'database-endpoint' -Identity 'SH-DB01'
    New-Step -Number 4 -Setting 'database-endpoint' -Identity 'SH-DB02'
)

$ExitCode = Invoke-Rollback
# Pasted into a shell, exit would close its window.
if ($MyInvocation.MyCommand.Path) { exit $ExitCode }
