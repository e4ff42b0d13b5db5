#{header}

param(
    # Makes the changes. Without it every change is only named: a rehearsal.
    [switch]$Apply,
    # Numbers of the steps to run, such as 12,13; without it all. Begin with a pilot.
    [int[]]$Only = @(),
    # Only the steps of this Active Directory site.
    [string]$Site = '',
    # Folder of the state, which is written before each change and which rollback.ps1 reads.
    [string]$StateFolder = '',
    # File with your answers and confirmations.
    [string]$AnswerFile = ''
)

# === Where this script's own files are =========================================================

# Pasted into a shell, a script has no folder: then its files are in the current one.
$Folder = (Get-Location -PSProvider FileSystem).ProviderPath
if ($MyInvocation.MyCommand.Path) { $Folder = Split-Path -Parent $MyInvocation.MyCommand.Path }
if (-not $StateFolder) { $StateFolder = $Folder }
if (-not $AnswerFile) { $AnswerFile = Join-Path $Folder 'answers.txt' }

# === The values that this plan reads and sets ==================================================

$Plan = #{plan}
$Settings = @{}
#{settings}

# === How a step runs ===========================================================================

$Kinds = @{}
#{kinds}
$Checks = @(#{checks})
$Answer = @{}
$Confirmed = @{}
$Resolved = @{}
$Counts = @{}
$Open = New-Object System.Collections.ArrayList

function New-Step {
    param($Number, $Setting, $Identity, $Name, $Site, $Seen, $Wanted, $Asked, $Front, $Rear, $Resolves, $Waits)
    if (-not $Name) { $Name = $Identity }
    New-Object PSObject -Property @{
        Number = $Number; Setting = $Setting; Identity = $Identity; Name = $Name; Site = $Site; Seen = $Seen
        Wanted = $Wanted; Asked = $Asked; Front = $Front; Rear = $Rear; Resolves = $Resolves
        Waits = @($Waits | Where-Object { $_ })
    }
}

#{shared}

# Reads lines such as 'A1 = mail.example.com' and 'C1 = yes'; returns what is wrong with the file.
function Read-AnswerFile {
    param([string]$Path)
    if ($Kinds.Count + $Checks.Count -eq 0) { return '' }
    if (-not (Test-Path -LiteralPath $Path)) {
        Write-Line ('no answers: there is no file ' + $Path)
        return ''
    }
    $Lines = @(Get-Content -LiteralPath $Path -Encoding UTF8 -ErrorAction Stop)
    for ($Index = 0; $Index -lt $Lines.Count; $Index++) {
        $Line = ([string]$Lines[$Index]).Trim()
        if ($Line -eq '' -or $Line.StartsWith('#')) { continue }
        $Where = $Path + ', line ' + ($Index + 1) + ': '
        $Place = $Line.IndexOf('=')
        if ($Place -lt 1) { return ($Where + 'expected KEY = VALUE, such as A1 = mail.example.com') }
        $Key = $Line.Substring(0, $Place).Trim()
        $Value = $Line.Substring($Place + 1).Trim()
        if ($Key -eq 'plan') {
            if ($Value -ne $Plan) { return ($Where + 'these are the answers to plan ' + $Value + ', and this is plan ' + $Plan) }
        }
        elseif ($Kinds.ContainsKey($Key)) { $Answer[$Key] = $Value }
        elseif ($Checks -contains $Key) {
            if ($Value -ne '' -and $Value -ne 'yes' -and $Value -ne 'no') { return ($Where + 'a confirmation is yes or no') }
            $Confirmed[$Key] = ($Value -eq 'yes')
        }
        else { return ($Where + 'this plan asks nothing by the name ' + $Key) }
    }
    return ''
}

function Get-Wanted {
    param($Step)
    if (-not $Step.Asked) { return $Step.Wanted }
    return ($Step.Front + [string]$Answer[$Step.Asked] + $Step.Rear)
}

# Why the answer of a step cannot be used; nothing when it can, or when the step asks for none.
function Get-Doubt {
    param($Step)
    if (-not $Step.Asked) { return '' }
    $Given = [string]$Answer[$Step.Asked]
    if ($Given -eq '') { return ('it waits for answer ' + $Step.Asked + ' in ' + $AnswerFile) }
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
        if ($Confirmed[$Key] -ne $true) { return ('it waits for confirmation ' + $Key + ' in ' + $AnswerFile) }
    }
    $Name = [string]$Step.Resolves
    if ($Name -eq '*') { $Name = [string]$Answer[$Step.Asked] }
    if ($Name -ne '' -and -not (Test-Resolves $Name)) { return ('the name ' + $Name + ' does not resolve here') }
    return ''
}

# Makes the folder of this run's state; nothing is changed when it cannot be written.
function New-RunFolder {
    $Path = Join-Path $StateFolder ('casaudit-state-' + $Plan + '-' + (Get-Date -Format 'yyyyMMdd-HHmmss'))
    if (Test-Path -LiteralPath $Path) { throw ('there is already a folder ' + $Path) }
    # A session may have set $WhatIfPreference: own files are written even then, or no run could be undone.
    [void](New-Item -Path $Path -ItemType Directory -WhatIf:$false -Confirm:$false -ErrorAction Stop)
    if (-not (Test-Path -LiteralPath $Path)) { throw ('the folder ' + $Path + ' is not there after it was made') }
    return (Get-Item -LiteralPath $Path).FullName
}

# The record of one change, written before it is made: rollback.ps1 undoes what has one, nothing else.
function Write-Deed {
    param($Step, $Value, $Wanted)
    $Record = New-Object PSObject -Property @{
        Plan = $Plan; Number = $Step.Number; Setting = $Step.Setting; Identity = $Step.Identity
        Value = $Value; Wanted = $Wanted; At = (Get-Date -Format 's')
    }
    $Path = Join-Path $Run ('step-' + ('{0:00000}' -f $Step.Number) + '.xml')
    Export-Clixml -InputObject $Record -Path $Path -NoClobber -Encoding UTF8 -WhatIf:$false -Confirm:$false -ErrorAction Stop
    if (-not (Test-Path -LiteralPath $Path)) { throw ('its state could not be written to ' + $Path) }
}

function Invoke-Step {
    param($Step)
    $Compare = $Settings[$Step.Setting].Compare
    try { $Present = Get-Present $Step.Setting $Step.Identity }
    catch { Add-Outcome $Step 'failed' ('its value could not be read: ' + $_); return }
    $Wanted = $null
    if (-not (Get-Doubt $Step)) {
        $Wanted = Get-Wanted $Step
        if (Test-Same $Present $Wanted $Compare) { Add-Outcome $Step 'right already' ''; return }
    }
    if (-not (Test-Same $Present $Step.Seen $Compare)) {
        Add-Outcome $Step 'refused' ('its value is not the one in the snapshot, but ' + (Get-Shown $Present))
        return
    }
    $Obstacle = Get-Obstacle $Step
    if ($Obstacle) { Add-Outcome $Step 'refused' $Obstacle; return }
    $Change = (Get-Shown $Present) + ' -> ' + (Get-Shown $Wanted)
    try {
        if ($Apply) { Write-Deed $Step $Present $Wanted }
        Set-Value $Step.Setting $Step.Identity $Wanted (-not $Apply)
        if (-not $Apply) { Add-Outcome $Step 'would change' $Change; return }
        # A cmdlet may only warn and change nothing: what counts is what the object says afterwards.
        $Now = Get-AfterChange $Step.Setting $Step.Identity $Wanted
    }
    catch { Add-Outcome $Step 'failed' ([string]$_); return }
    if (Test-Same $Now $Wanted $Compare) { Add-Outcome $Step 'changed' $Change; return }
    Add-Outcome $Step 'failed' ('it was set without an error, but reads ' + (Get-Shown $Now))
}

# Returns the exit code: 0 every chosen step is right (in a rehearsal: can be), 1 some are not, 2 nothing was run.
function Invoke-Plan {
    $Problem = Get-ShellProblem
    if (-not $Problem) {
        try { $Problem = Read-AnswerFile $AnswerFile }
        catch { $Problem = 'the answers could not be read: ' + $_ }
    }
    $Unknown = @($Only | Where-Object { @($Steps | ForEach-Object { $_.Number }) -notcontains $_ })
    if (-not $Problem -and $Unknown.Count) { $Problem = 'this plan has no step by script with the number ' + ($Unknown -join ', ') }
    if ($Problem) { Write-Warning ('Nothing was changed: ' + $Problem); return 2 }
    $Chosen = @($Steps | Where-Object { ($Only.Count -eq 0 -or $Only -contains $_.Number) -and ($Site -eq '' -or $_.Site -eq $Site) })
    if ($Chosen.Count -eq 0) { Write-Line 'There is no step to run: what this plan says is done by hand, or belongs to another site.'; return 2 }
    $Run = ''
    if ($Apply) {
        try { $Run = New-RunFolder }
        catch { Write-Warning ('Nothing was changed: the state could not be written: ' + $_); return 2 }
        Write-Line ('state of this run: ' + $Run)
    }
    foreach ($Step in $Chosen) { Invoke-Step $Step }
    Write-Summary ('plan ' + $Plan + ': ' + $Chosen.Count + ' steps chosen')
    if ($Apply) { Write-Line ('To take this run back: .\rollback.ps1 -Run ' + (Get-Literal $Run)) }
    Write-Line 'Then collect again and compare: casaudit verify-fix plan.json NEW-SNAPSHOT'
    if ($Open.Count) { return 1 }
    return 0
}

# === The steps, in the order in which they depend on each other ================================

$Steps = @(
#{steps}
)

#{leftover}

$ExitCode = Invoke-Plan
# Pasted into a shell, exit would close its window.
if ($MyInvocation.MyCommand.Path) { exit $ExitCode }
