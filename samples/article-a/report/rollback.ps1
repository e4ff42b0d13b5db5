# This script takes back what remediation.ps1 set, when $WhatIf below is set to $false; as it is
#   it only rehearses.
#
# organisation: ESP
# collected: 2026-11-15T06:00:00Z
# judged: 2026-11-15T06:00:00Z, profile health
# snapshot: SHA-256 ac0367812ff1088d3e9426cfcbd3cd668251c9cced786d733983e2d486821af0
# rules: SHA-256 cff37f4565bce914d64c3bc45800964b1bd0745ce94e05587dbedbf3db0ad500
# made by: casaudit 0.1.0
# plan: 442112501777: 6 steps by script, 5 by hand
#
# Name the state file below and run it in the Exchange Management Shell of Exchange 2010. It
#   restores a value only where the present one is the one that the plan set.
# Observations (severity info) are not part of the plan.

# === What you set ==============================================================================

# $true rehearses: every change is named and none is made. Set it to $false to make the changes.
$WhatIf = $true

# The state file that remediation.ps1 wrote before its changes. After several runs, undo the last one first.
$StateFile = ''

# Numbers of the steps to undo, such as @(12, 13); empty undoes all.
$Only = @()

# === The values that the plan reads and sets ===================================================

$Plan = '442112501777'
$Settings = @{}
$Settings['database-endpoint'] = @{
    Title = 'RPC endpoint'
    Compare = 'name'
    Clears = $false
    Read = { param($Identity) (Get-MailboxDatabase -Identity $Identity -ErrorAction Stop).RpcClientAccessServer }
    Write = { param($Identity, $Value, $WhatIf) Set-MailboxDatabase -Identity $Identity -RpcClientAccessServer $Value -WhatIf:$WhatIf -ErrorAction Stop }
}
$Settings['eas-internal-url'] = @{
    Title = 'InternalUrl'
    Compare = 'url'
    Clears = $true
    Read = { param($Identity) (Get-ActiveSyncVirtualDirectory -Identity $Identity -ErrorAction Stop).InternalUrl }
    Write = { param($Identity, $Value, $WhatIf) Set-ActiveSyncVirtualDirectory -Identity $Identity -InternalUrl $Value -WhatIf:$WhatIf -ErrorAction Stop }
}
$Settings['ews-internal-url'] = @{
    Title = 'InternalUrl'
    Compare = 'url'
    Clears = $true
    Read = { param($Identity) (Get-WebServicesVirtualDirectory -Identity $Identity -ErrorAction Stop).InternalUrl }
    Write = { param($Identity, $Value, $WhatIf) Set-WebServicesVirtualDirectory -Identity $Identity -InternalUrl $Value -WhatIf:$WhatIf -ErrorAction Stop }
}
$Settings['oab-internal-url'] = @{
    Title = 'InternalUrl'
    Compare = 'url'
    Clears = $true
    Read = { param($Identity) (Get-OabVirtualDirectory -Identity $Identity -ErrorAction Stop).InternalUrl }
    Write = { param($Identity, $Value, $WhatIf) Set-OabVirtualDirectory -Identity $Identity -InternalUrl $Value -WhatIf:$WhatIf -ErrorAction Stop }
}

# === How a step is undone ======================================================================

$Counts = @{}

function New-Step {
    param($Number, $Setting, $Identity, $Name)
    if (-not $Name) { $Name = $Identity }
    New-Object PSObject -Property @{ Number = $Number; Setting = $Setting; Identity = $Identity; Name = $Name }
}

function Write-Line {
    param([string]$Text)
    Write-Host ((Get-Date -Format 'HH:mm:ss') + '  ' + $Text)
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
    return [string]$Value
}

function Set-Value {
    param([string]$Key, [string]$Identity, $Value, [bool]$IsRehearsal)
    if ($Settings[$Key].Compare -eq 'list') { $Value = [string[]]@($Value) }
    if ($Settings[$Key].Compare -ne 'truth' -and '' -eq $Value) { $Value = $null }
    & ($Settings[$Key].Write) $Identity $Value $IsRehearsal
}

# One text for a value: letter case aside, a name's last dot, a URL's last slash, a list's order.
function Get-Plain {
    param($Value, [string]$Compare)
    if ($null -eq $Value) { return '' }
    if ($Compare -eq 'list') { return ((@($Value | ForEach-Object { ([string]$_).ToUpperInvariant() } | Sort-Object)) -join ',') }
    $Text = ([string]$Value).Trim()
    if ($Compare -eq 'name') { $Text = $Text.TrimEnd('.') }
    if ($Compare -eq 'url') { $Text = $Text.TrimEnd('/') }
    return $Text
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

function Add-Outcome {
    param($Step, [string]$Outcome, [string]$Reason)
    $Counts[$Outcome] = 1 + [int]$Counts[$Outcome]
    $Text = 'step ' + $Step.Number + '  ' + $Outcome + '  ' + $Step.Name + ', ' + $Settings[$Step.Setting].Title
    if ($Reason) { $Text = $Text + ': ' + $Reason }
    if ($Outcome -eq 'refused' -or $Outcome -eq 'failed') { Write-Warning $Text } else { Write-Line $Text }
}

# Why a record of the state file cannot undo this step; nothing when it can.
function Get-Doubt {
    param($Step, $Record)
    if ($null -eq $Record) { return 'the state file does not hold it' }
    if ($Record.Plan -ne $Plan -or $Record.Setting -ne $Step.Setting -or $Record.Identity -ne $Step.Identity) { return 'the state file is of another plan' }
    if ($Record.Problem) { return 'its value could not be read before the changes' }
    return ''
}

function Undo-Step {
    param($Step, $Record)
    $Doubt = Get-Doubt $Step $Record
    if ($Doubt) { Add-Outcome $Step 'refused' $Doubt; return }
    $Setting = $Settings[$Step.Setting]
    if (-not $Record.IsPlanned -or (Test-Same $Record.Value $Record.Wanted $Setting.Compare)) { Add-Outcome $Step 'right already' 'that run did not change it'; return }
    try {
        $Present = Get-Present $Step.Setting $Step.Identity
        if (Test-Same $Present $Record.Value $Setting.Compare) { Add-Outcome $Step 'right already' ''; return }
        if (-not (Test-Same $Present $Record.Wanted $Setting.Compare)) {
            Add-Outcome $Step 'refused' ('its value is not the one that the plan set, but ' + (Get-Shown $Present))
            return
        }
        if (-not $Setting.Clears -and (Get-Plain $Record.Value $Setting.Compare) -eq '') { Add-Outcome $Step 'refused' 'it had no value before, and no cmdlet takes it away'; return }
        Set-Value $Step.Setting $Step.Identity $Record.Value $WhatIf
    }
    catch { Add-Outcome $Step 'failed' ([string]$_); return }
    $Change = (Get-Shown $Present) + ' -> ' + (Get-Shown $Record.Value)
    if ($WhatIf) { Add-Outcome $Step 'would change' $Change } else { Add-Outcome $Step 'changed' $Change }
}

function Invoke-Rollback {
    if (-not (Get-Command 'Get-MailboxDatabase' -ErrorAction SilentlyContinue)) { Write-Warning 'Run this in the Exchange Management Shell of Exchange 2010.'; return }
    $Counts.Clear()
    if (-not $StateFile) {
        Write-Warning 'Name the state file at the top of this script. In this folder there are:'
        Get-ChildItem -Path . | Where-Object { $_.Name -like ('casaudit-state-' + $Plan + '-*.xml') } | ForEach-Object { Write-Line $_.Name }
        return
    }
    $Records = @{}
    try { Import-Clixml -Path $StateFile -ErrorAction Stop | ForEach-Object { $Records[[int]$_.Number] = $_ } }
    catch { Write-Warning ('Nothing was changed: the state file could not be read: ' + $_); return }
    $Chosen = @($Steps | Where-Object { $Records.ContainsKey($_.Number) -and ($Only.Count -eq 0 -or $Only -contains $_.Number) })
    for ($Place = $Chosen.Count - 1; $Place -ge 0; $Place--) { Undo-Step ($Chosen[$Place]) ($Records[$Chosen[$Place].Number]) }
    Write-Line ''
    Write-Line ('plan ' + $Plan + ': ' + $Chosen.Count + ' steps looked at')
    foreach ($Outcome in 'changed', 'would change', 'right already', 'refused', 'failed') {
        Write-Line ('  ' + $Outcome + ': ' + [int]$Counts[$Outcome])
    }
    if ($WhatIf) { Write-Line 'This was a rehearsal: nothing was changed.' }
}

# === The steps of the plan =====================================================================

$Steps = @(
    New-Step -Number 5 -Setting 'ews-internal-url' -Identity 'BR-EX2010-MB\EWS (Default Web Site)'
    New-Step -Number 6 -Setting 'eas-internal-url' -Identity 'BR-EX2010-MB\Microsoft-Server-ActiveSync (Default Web Site)'
    New-Step -Number 7 -Setting 'oab-internal-url' -Identity 'BR-EX2010-MB\OAB (Default Web Site)'
    New-Step -Number 8 -Setting 'database-endpoint' -Identity 'MB-HO-01'
    New-Step -Number 9 -Setting 'database-endpoint' -Identity 'MB-HO-02'
    New-Step -Number 10 -Setting 'database-endpoint' -Identity 'MB-HO-03'
)

Invoke-Rollback
