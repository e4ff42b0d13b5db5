#{header}

# === What you set ==============================================================================

# $true rehearses: every change is named and none is made. Set it to $false to make the changes.
$WhatIf = $true

# Numbers of the steps to run, such as @(12, 13); empty runs all. Begin with a pilot.
$Only = @()

# Folder for the state file, which is written before the first change and which rollback.ps1 needs.
$StateFolder = '.'

$Answer = @{}
$Confirmed = @{}
#{questions}

# === The values that this plan reads and sets ==================================================

$Plan = #{plan}
$Settings = @{}
#{settings}

# === How a step runs ===========================================================================

$Kinds = @{}
#{kinds}
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

#{shared}

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
#{steps}
)

#{leftover}

Invoke-Plan
