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
