# What every cmdlet of the shell for tests does, over a world in a JSON file; the cmdlets themselves
# are generated behind it by tests/shell/module.py. Needs PowerShell 5.1 or later, not Exchange.
#
# EXCHANGE_WORLD       the file: objects with noun, id, name and properties; written at each change
# EXCHANGE_ONLY_WARNS  a cmdlet that warns and changes nothing, as those of 2010 do at times

$World = @(foreach ($Each in (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($env:EXCHANGE_WORLD)))) { $Each })
# True while a cmdlet hands out objects.
$Busy = $false

# An enumeration arrives deserialised: a number that is written as its name.
enum AuthenticationMethod {
    Basic = 1
    NTLM = 2
    Digest = 8
    Kerberos = 4096
    Negotiate = 8192
}

function Save-World {
    [System.IO.File]::WriteAllText($env:EXCHANGE_WORLD, (ConvertTo-Json -InputObject @($Script:World) -Depth 5))
}

function Find-Object {
    param([string]$Noun, [string]$Key, [bool]$IsStrict)
    if ($IsStrict -and $Key -match '[^A-Za-z0-9._-]') { throw ('no name with blanks or signs is taken here: ' + $Key) }
    $Found = @($Script:World | Where-Object { $_.noun -eq $Noun -and ($_.id -eq $Key -or $_.name -eq $Key) })
    if ($Found.Count -ne 1) { throw ('the object ''' + $Key + ''' could not be found') }
    return $Found[0]
}

function Find-Chosen {
    param([string]$Name, $Given, [string]$Key, [bool]$IsStrict)
    $Verb, $Noun = $Name.Split('-')
    if ($Given.ContainsKey($Key)) { return (Find-Object $Noun $Given[$Key] $IsStrict) }
    if ($Verb -ne 'Get') { throw ($Name + ' names no object') }
    $Every = @($Script:World | Where-Object { $_.noun -eq $Noun })
    if ($Given.ContainsKey('Server')) { $Every = @($Every | Where-Object { $_.properties.Server -eq $Given['Server'] }) }
    if ($Given.ContainsKey('Site')) {
        $Site = Find-Object 'ADSite' $Given['Site'] $false
        $Every = @($Every | Where-Object { $_.properties.SiteName -eq $Site.name })
    }
    return $Every
}

# Keeps a value as JSON has it: text, truth, list or nothing.
function Set-Property {
    param($Target, [string]$Name, $Value)
    if ($Value -is [System.Uri] -and $Value.OriginalString -eq '') { throw 'an empty text is no address; what takes a value away is $null' }
    if ($Value -is [bool]) { $Kept = $Value }
    elseif ($Value -is [array]) { $Kept = @($Value | ForEach-Object { [string]$_ }) }
    elseif ($Value -is [System.Uri]) { $Kept = $Value.OriginalString }
    elseif ([string]$Value -eq '') { $Kept = $null }
    else { $Kept = [string]$Value }
    if ($Name -eq 'OfflineAddressBook' -and $Kept) { $Kept = $Kept.TrimStart('\') }
    Add-Member -InputObject $Target.properties -MemberType NoteProperty -Name $Name -Value $Kept -Force
}

function New-Array {
    param([string]$Name, [string]$Fqdn, $Site)
    $Rivals = @($Script:World | Where-Object { $_.noun -eq 'ClientAccessArray' -and ($_.name -eq $Name -or $_.properties.SiteName -eq $Site.name) })
    if ($Rivals.Count) { throw ('there is an array ' + $Rivals[0].name + ' already') }
    $Guid = [string][guid]::NewGuid()
    $Properties = @{ Name = $Name; Guid = $Guid; Identity = $Name; Fqdn = $Fqdn; SiteName = $Site.name }
    $Made = New-Object PSObject -Property @{
        noun = 'ClientAccessArray'; id = $Guid; name = $Name; properties = (New-Object PSObject -Property $Properties)
    }
    $Script:World = @($Script:World) + @($Made)
    Save-World
    return $Made
}

function Remove-Array {
    param($Target)
    $Users = @($Script:World | Where-Object { $_.noun -eq 'MailboxDatabase' -and $_.properties.RpcClientAccessServer -eq $Target.properties.Fqdn })
    if ($Users.Count) { throw ('database ' + $Users[0].name + ' points at the array ' + $Target.name) }
    $Script:World = @($Script:World | Where-Object { $_.noun -ne $Target.noun -or $_.id -ne $Target.id })
    Save-World
}

# Returns the objects of the world that a cmdlet shows; throws what it refuses.
function Invoke-Exchange {
    param($Cmdlet, $Given, [string]$Key, [string[]]$Settable, [bool]$IsStrict)
    # One remote session runs one pipeline: Get-X | ForEach-Object { Set-X } fails in the shell of 2010.
    if ($Script:Busy) { throw 'Pipelines cannot be executed concurrently.' }
    $Name = $Cmdlet.MyInvocation.MyCommand.Name
    $Verb = $Name.Split('-')[0]
    if ($Verb -eq 'New') {
        $Site = Find-Object 'ADSite' $Given['Site'] $false
        if ($Cmdlet.ShouldProcess($Given['Name'], $Name)) { return (New-Array $Given['Name'] $Given['Fqdn'] $Site) }
        return
    }
    $Chosen = @(Find-Chosen $Name $Given $Key $IsStrict)
    if ($Verb -eq 'Get') { return $Chosen }
    $Target = $Chosen[0]
    if (-not $Cmdlet.ShouldProcess($Target.name, $Name)) { return }
    if ($Name -eq $env:EXCHANGE_ONLY_WARNS) {
        Write-Warning ('The command completed successfully but no settings of ''' + $Target.name + ''' have been modified.')
        return
    }
    if ($Verb -eq 'Remove') { Remove-Array $Target; return }
    foreach ($Parameter in @($Given.Keys | Where-Object { $Settable -contains $_ })) { Set-Property $Target $Parameter $Given[$Parameter] }
    Save-World
}

# An object as it arrives from a remote shell: properties with the types of the cmdlet, no methods.
function ConvertTo-Shown {
    param($Target)
    $Types = (Get-Command -Name ('Set-' + $Target.noun)).Parameters
    $Shown = New-Object PSObject
    foreach ($Property in $Target.properties.PSObject.Properties) {
        $Value = $Property.Value
        if ($null -ne $Value -and $Types.ContainsKey($Property.Name)) { $Value = $Value -as ($Types[$Property.Name].ParameterType) }
        # A reference is shown with the path of its container.
        if ($Property.Name -eq 'OfflineAddressBook' -and $Value) { $Value = '\' + $Value }
        Add-Member -InputObject $Shown -MemberType NoteProperty -Name $Property.Name -Value $Value
    }
    [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($Shown, 2))
}

function Write-Shown {
    param($Found)
    $Script:Busy = $true
    try { foreach ($Each in $Found) { ConvertTo-Shown $Each } }
    finally { $Script:Busy = $false }
}
