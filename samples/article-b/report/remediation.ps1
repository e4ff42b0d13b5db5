# This script changes settings of Exchange when $WhatIf below is set to $false; as it is it only
#   rehearses. Nobody has run it yet: read it before you do.
#
# organisation: LAB
# collected: 2026-11-15T06:00:00Z
# judged: 2026-11-15T06:00:00Z, profile health
# snapshot: SHA-256 8560d735847ebdfd3d63c5916bcaa421a9c353769b3070ef2234cbbbf74a5ca8
# rules: SHA-256 cff37f4565bce914d64c3bc45800964b1bd0745ce94e05587dbedbf3db0ad500
# made by: casaudit 0.1.0
# plan: dd744316ce11: 2 steps by script, 3 by hand
#
# Run it in the Exchange Management Shell of Exchange 2010: first as it is, then for one step as a
#   pilot ($Only), then site by site. Start-Transcript keeps a record. A step whose value is not the
#   one in the snapshot any more refuses to run and is counted; the others go on. What is done by
#   hand can open further steps: collect again then, and make a new plan. docs/remediation.md says
#   more.
# Observations (severity info) are not part of the plan.

# === What you set ==============================================================================

# $true rehearses: every change is named and none is made. Set it to $false to make the changes.
$WhatIf = $true

# Numbers of the steps to run, such as @(12, 13); empty runs all. Begin with a pilot.
$Only = @()

# Folder for the state file, which is written before the first change and which rollback.ps1 needs.
$StateFolder = '.'

$Answer = @{}
$Confirmed = @{}

# === The values that this plan reads and sets ==================================================

$Plan = 'dd744316ce11'
$Settings = @{}
$Settings['database-endpoint'] = @{
    Title = 'RPC endpoint'
    Compare = 'name'
    Clears = $false
    Read = { param($Identity) (Get-MailboxDatabase -Identity $Identity -ErrorAction Stop).RpcClientAccessServer }
    Write = { param($Identity, $Value, $WhatIf) Set-MailboxDatabase -Identity $Identity -RpcClientAccessServer $Value -WhatIf:$WhatIf -ErrorAction Stop }
}

# === How a step runs ===========================================================================

$Kinds = @{}

$Resolved = @{}
$Counts = @{}
$Open = New-Object System.Collections.ArrayList

function New-Step {
    param($Number, $Setting, $Identity, $Name, $Seen, $Wanted, $Asked, $Front, $Rear, $Resolves, $Waits)
    if (-not $Name) { $Name = $Identity }
    New-Object PSObject -Property @{
        Number = $Number; Setting = $Setting; Identity = $Identity; Name = $Name; Seen = $Seen
        Wanted = $Wanted; Asked = $Asked; Front = $Front; Rear = $Rear; Resolves = $Resolves
        Waits = @($Waits | Where-Object { $_ })
    }
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

function Get-Wanted {
    param($Step)
    if (-not $Step.Asked) { return $Step.Wanted }
    return ($Step.Front + ([string]$Answer[$Step.Asked]).Trim() + $Step.Rear)
}

# Why the answer of a step cannot be used; nothing when it can, or when the step asks for none.
function Get-Doubt {
    param($Step)
    if (-not $Step.Asked) { return '' }
    $Given = ([string]$Answer[$Step.Asked]).Trim()
    if ($Given -eq '') { return ('it waits for answer ' + $Step.Asked + ' at the top of this script') }
    if ($Kinds[$Step.Asked] -eq 'name' -and $Given -notmatch '^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$') {
        return ('answer ' + $Step.Asked + ' is no DNS name with a domain part')
    }
    return ''
}

function Test-Resolves {
    param([string]$Name)
    if (-not $Resolved.ContainsKey($Name)) {
        try { $Resolved[$Name] = @([System.Net.Dns]::GetHostAddresses($Name)).Count -gt 0 }
        catch { $Resolved[$Name] = $false }
    }
    return $Resolved[$Name]
}

# Why a step must not change anything now; nothing when it may.
function Get-Obstacle {
    param($Step)
    $Doubt = Get-Doubt $Step
    if ($Doubt) { return $Doubt }
    foreach ($Key in $Step.Waits) {
        if ($Confirmed[$Key] -ne $true) { return ('it waits for confirmation ' + $Key + ' at the top of this script') }
    }
    $Name = [string]$Step.Resolves
    if ($Name -eq '*') { $Name = ([string]$Answer[$Step.Asked]).Trim() }
    if ($Name -ne '' -and -not (Test-Resolves $Name)) { return ('the name ' + $Name + ' does not resolve here') }
    return ''
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

# The state of one object before the first change.
function Get-Record {
    param($Step)
    $Record = @{
        Plan = $Plan; Number = $Step.Number; Setting = $Step.Setting; Identity = $Step.Identity
        Value = $null; Wanted = $null; Problem = ''; IsPlanned = $false; At = (Get-Date -Format 's')
    }
    if (-not (Get-Doubt $Step)) {
        $Record.Wanted = Get-Wanted $Step
        $Record.IsPlanned = $true
    }
    try { $Record.Value = Get-Present $Step.Setting $Step.Identity }
    catch { $Record.Problem = [string]$_ }
    New-Object PSObject -Property $Record
}

function Invoke-Step {
    param($Step, $Record)
    $Compare = $Settings[$Step.Setting].Compare
    if ($Record.Problem) { Add-Outcome $Step 'failed' ('its value could not be read: ' + $Record.Problem); return }
    if ($Record.IsPlanned -and (Test-Same $Record.Value $Record.Wanted $Compare)) { Add-Outcome $Step 'right already' ''; return }
    if (-not (Test-Same $Record.Value $Step.Seen $Compare)) {
        Add-Outcome $Step 'refused' ('its value is not the one in the snapshot, but ' + (Get-Shown $Record.Value))
        return
    }
    $Obstacle = Get-Obstacle $Step
    if ($Obstacle) { Add-Outcome $Step 'refused' $Obstacle; return }
    try {
        $Present = Get-Present $Step.Setting $Step.Identity
        if (-not (Test-Same $Present $Record.Value $Compare)) { Add-Outcome $Step 'refused' 'its value changed a moment ago'; return }
        Set-Value $Step.Setting $Step.Identity $Record.Wanted $WhatIf
    }
    catch { Add-Outcome $Step 'failed' ([string]$_); return }
    $Change = (Get-Shown $Record.Value) + ' -> ' + (Get-Shown $Record.Wanted)
    if ($WhatIf) { Add-Outcome $Step 'would change' $Change } else { Add-Outcome $Step 'changed' $Change }
}

function Write-Summary {
    param([int]$Chosen, [string]$StateFile)
    Write-Line ''
    Write-Line ('plan ' + $Plan + ': ' + $Chosen + ' steps chosen')
    foreach ($Outcome in 'changed', 'would change', 'right already', 'refused', 'failed') {
        Write-Line ('  ' + $Outcome + ': ' + [int]$Counts[$Outcome])
    }
    foreach ($Text in $Open) { Write-Line ('  open: ' + $Text) }
    if ($WhatIf) { Write-Line 'This was a rehearsal: nothing was changed.' }
    else { Write-Line ('State before the changes: ' + $StateFile + ' (rollback.ps1 reads it)') }
    Write-Line 'Then collect again and compare: casaudit verify-fix plan.json NEW-SNAPSHOT'
}

function Invoke-Plan {
    if (-not (Get-Command 'Get-MailboxDatabase' -ErrorAction SilentlyContinue)) { Write-Warning 'Run this in the Exchange Management Shell of Exchange 2010.'; return }
    $Counts.Clear()
    $Open.Clear()
    $Chosen = @($Steps | Where-Object { $Only.Count -eq 0 -or $Only -contains $_.Number })
    if ($Chosen.Count -eq 0) { Write-Line 'There is no step to run: what this plan says is done by hand.'; return }
    Write-Line ('plan ' + $Plan + ': reading the present state of ' + $Chosen.Count + ' values')
    $Records = @{}
    foreach ($Step in $Chosen) { $Records[$Step.Number] = Get-Record $Step }
    $StateFile = ''
    if (-not $WhatIf) {
        $StateFile = Join-Path $StateFolder ('casaudit-state-' + $Plan + '-' + (Get-Date -Format 'yyyyMMdd-HHmmss') + '.xml')
        try { $Chosen | ForEach-Object { $Records[$_.Number] } | Export-Clixml -Path $StateFile -NoClobber -Encoding UTF8 -ErrorAction Stop }
        catch { Write-Warning ('Nothing was changed: the state could not be written: ' + $_); return }
        Write-Line ('state written: ' + $StateFile)
    }
    foreach ($Step in $Chosen) { Invoke-Step $Step ($Records[$Step.Number]) }
    Write-Summary $Chosen.Count $StateFile
}

# === The steps, in the order in which they depend on each other ================================

$Steps = @(

    # --- arrays, site SH ---
    # Step 1, by hand: CAS-ARRAY-004 (medium): Array is used by no database
    #   Found: Array sh-cas.lab.net of SH is the endpoint of no database.
    #   To do: this follows from CAS-DB-002 and goes with it.
    # Step 2, by hand: CAS-ARRAY-005 (medium): Array has only one Client Access server behind it
    #   Found: Array sh-cas.lab.net depends on one Client Access server (SH-EX1).
    #   | # No cmdlet adds a server to an array. Install a second Client Access server in the site
    #   | # of the array; it becomes a member by itself. Then add it to the pool of the load balancer.

    # --- databases, site SH ---
    # CAS-DB-002 (high): Database points at the array of another site
    #   Effect: Existing Outlook profiles keep the old name and use it while it answers; some need a
    #     repair. Keep the old name answering until the client logs are quiet. New profiles take the
    #     new name at once. From Exchange 2010 SP2 RU3 on, a move or failover to another site can
    #     update the profile and ask the user to restart Outlook. Resolvers and clients keep the old
    #     answer until its TTL ends, and a negative answer until the zone's minimum ends.
    #   Empty databases come first, then those with fewer mailboxes.
    New-Step -Number 3 -Setting 'database-endpoint' -Identity 'SH-DB01' -Seen 'bj-cas.lab.net' -Wanted 'sh-cas.lab.net' -Resolves 'sh-cas.lab.net'
    New-Step -Number 4 -Setting 'database-endpoint' -Identity 'SH-DB02' -Seen 'bj-cas.lab.net' -Wanted 'sh-cas.lab.net' -Resolves 'sh-cas.lab.net'

    # --- servers ---
    # Step 5, by hand: CAS-SERVER-003 (high): Exchange 2010 is out of support
    #   Found: Exchange 2010 servers without vendor support since 2020-10-13: 4, in sites that face
    #     the Internet: 3.
    #   | # Migrate; the rules of the migration profile show the way and what stands in it. Until then let ports
    #   | # 80 and 443 in from the Internet only through a proxy that authenticates users first.
)

Invoke-Plan
