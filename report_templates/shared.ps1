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
