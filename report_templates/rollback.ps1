#{header}

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

$Plan = #{plan}
$Settings = @{}
#{settings}

# === How a step is undone ======================================================================

$Counts = @{}
$Open = New-Object System.Collections.ArrayList
$Moved = New-Object System.Collections.ArrayList

function New-Step {
    param($Number, $Setting, $Identity, $Name)
    if (-not $Name) { $Name = $Identity }
    New-Object PSObject -Property @{ Number = $Number; Setting = $Setting; Identity = $Identity; Name = $Name }
}

#{shared}

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
#{steps}
)

$ExitCode = Invoke-Rollback
# Pasted into a shell, exit would close its window.
if ($MyInvocation.MyCommand.Path) { exit $ExitCode }
