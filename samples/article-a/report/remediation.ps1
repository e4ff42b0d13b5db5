# This script changes settings of Exchange when $WhatIf below is set to $false; as it is it only
#   rehearses. Nobody has run it yet: read it before you do.
#
# organisation: ESP
# collected: 2026-11-15T06:00:00Z
# judged: 2026-11-15T06:00:00Z, profile health
# snapshot: SHA-256 ac0367812ff1088d3e9426cfcbd3cd668251c9cced786d733983e2d486821af0
# rules: SHA-256 cff37f4565bce914d64c3bc45800964b1bd0745ce94e05587dbedbf3db0ad500
# made by: casaudit 0.1.0
# plan: 442112501777: 6 steps by script, 5 by hand
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

# A1: DNS name under which clients inside reach HTTPS, site BranchOffice (steps 5, 6, 7)
#   in use there now: br-ex2010-mb.exchangeserverpro.net (3)
$Answer['A1'] = ''
# C1: set it to $true when the certificate of every Client Access server of the site, and of its
#   load balancer, bears this name
$Confirmed['C1'] = $false

# === The values that this plan reads and sets ==================================================

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

# === How a step runs ===========================================================================

$Kinds = @{}
$Kinds['A1'] = 'name'
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

    # --- dns, site HeadOffice ---
    # Step 1, by hand: CAS-DNS-004 (medium): Array FQDN points straight at one Client Access
    #   server while the site has several
    #   Found: outlook-ho.exchangeserverpro.net points at HO-EX2010-MB1 (10.1.1.21); HO-EX2010-MB2
    #     get no MAPI load. If that is the address of a Windows NLB cluster, state it.
    #   | $dns = Read-Host 'DNS server'
    #   | $zone = Read-Host 'DNS zone'
    #   | $label = Read-Host 'Name of the record inside that zone'
    #   | $vip = Read-Host 'Address of the load balancer'
    #   | # Windows Server 2008 R2: add the new record, then take the old one away
    #   | dnscmd $dns /RecordAdd $zone $label 300 A $vip
    #   | dnscmd $dns /RecordDelete $zone $label 'A' '10.1.1.21' /f
    #   | # Windows Server 2012 and later, instead
    #   | Add-DnsServerResourceRecordA -ComputerName $dns -ZoneName $zone -Name $label -IPv4Address $vip -TimeToLive 00:05:00 -WhatIf
    #   | Remove-DnsServerResourceRecord -ComputerName $dns -ZoneName $zone -Name $label -RRType 'A' -RecordData '10.1.1.21' -WhatIf

    # --- arrays, site BranchOffice ---
    # Step 2, by hand: CAS-ARRAY-001 (high): Site with Exchange 2010 databases has no array
    #   Found: Site BranchOffice has 1 Exchange 2010 databases and 1 Client Access servers but no
    #     array; profiles are bound to BR-EX2010-MB.exchangeserverpro.net.
    #   | $dns = Read-Host 'DNS server'
    #   | $zone = Read-Host 'DNS zone, internal only'
    #   | $label = Read-Host 'Name of the record inside that zone'
    #   | $vip = Read-Host 'Address of the load balancer, or of the only Client Access server'
    #   | # Windows Server 2008 R2
    #   | dnscmd $dns /RecordAdd $zone $label 300 A $vip
    #   | # Windows Server 2012 and later, instead
    #   | Add-DnsServerResourceRecordA -ComputerName $dns -ZoneName $zone -Name $label -IPv4Address $vip -TimeToLive 00:05:00 -WhatIf
    #   | $fqdn = $label + '.' + $zone
    #   | New-ClientAccessArray -Name 'cas-branchoffice' -Fqdn $fqdn -Site 'BranchOffice' -WhatIf

    # --- arrays, site HeadOffice ---
    # Step 3, by hand: CAS-ARRAY-004 (medium): Array is used by no database
    #   Found: Array outlook-ho.exchangeserverpro.net of HeadOffice is the endpoint of no database.
    #   To do: this follows from CAS-DB-001 and goes with it.

    # --- certificates, site HeadOffice ---
    # Step 4, by hand: CAS-CERT-014 (low): Array FQDN is not on the certificate of its members
    #   Found: outlook-ho.exchangeserverpro.net is not on the certificate of HO-EX2010-MB1,
    #     HO-EX2010-MB2 (mail.exchangeserverpro.net (2A420573)); some guides advise to include it,
    #     MAPI/RPC works without.
    #   | $server = 'HO-EX2010-MB1'
    #   | $request = New-ExchangeCertificate -GenerateRequest -Server $server -SubjectName 'CN=mail.exchangeserverpro.net' -DomainName 'autodiscover.exchangeserverpro.net','mail.exchangeserverpro.net','outlook-ho.exchangeserverpro.net' -KeySize 2048 -PrivateKeyExportable $true
    #   | Set-Content -Path .\request.txt -Value $request
    #   | # when the certification authority has answered
    #   | Import-ExchangeCertificate -Server $server -FileData ([Byte[]](Get-Content -Path .\certificate.cer -Encoding Byte -ReadCount 0))
    #   | $thumbprint = Read-Host 'Thumbprint of the imported certificate'
    #   | Enable-ExchangeCertificate -Server $server -Thumbprint $thumbprint -Services IIS -WhatIf
    #   | # the same certificate with its key on the other servers
    #   | $others = 'HO-EX2010-MB2'
    #   | $password = Read-Host 'Password for the copy' -AsSecureString
    #   | $copy = Export-ExchangeCertificate -Server $server -Thumbprint $thumbprint -BinaryEncoded:$true -Password $password
    #   | $others | ForEach-Object { Import-ExchangeCertificate -Server $_ -FileData $copy.FileData -Password $password }
    #   | $others | ForEach-Object { Enable-ExchangeCertificate -Server $_ -Thumbprint $thumbprint -Services IIS -WhatIf }

    # --- urls, site BranchOffice ---
    # CAS-URL-002 (low): A URL carries a server's own name
    #   Effect: Read the guidance on proxying first: where another site passes users on to this one,
    #     Outlook Web App needs the server's own name as InternalUrl for Kerberos. A restart of IIS,
    #     an application pool or a service drops the sessions on that server. Outlook learns the new
    #     URLs at its next Autodiscover, within about an hour.
    New-Step -Number 5 -Setting 'ews-internal-url' -Identity 'BR-EX2010-MB\EWS (Default Web Site)' -Seen 'https://br-ex2010-mb.exchangeserverpro.net/EWS/Exchange.asmx' -Resolves '*' -Asked 'A1' -Front 'https://' -Rear '/EWS/Exchange.asmx' -Waits 'C1'
    New-Step -Number 6 -Setting 'eas-internal-url' -Identity 'BR-EX2010-MB\Microsoft-Server-ActiveSync (Default Web Site)' -Seen 'https://br-ex2010-mb.exchangeserverpro.net/Microsoft-Server-ActiveSync' -Resolves '*' -Asked 'A1' -Front 'https://' -Rear '/Microsoft-Server-ActiveSync' -Waits 'C1'
    New-Step -Number 7 -Setting 'oab-internal-url' -Identity 'BR-EX2010-MB\OAB (Default Web Site)' -Seen 'https://br-ex2010-mb.exchangeserverpro.net/OAB' -Resolves '*' -Asked 'A1' -Front 'https://' -Rear '/OAB' -Waits 'C1'

    # --- databases, site HeadOffice ---
    # CAS-DB-001 (high): Database points at an individual server although its site has an array
    #   Effect: Existing Outlook profiles keep the old name and use it while it answers; some need a
    #     repair. Keep the old name answering until the client logs are quiet. New profiles take the
    #     new name at once. Two domain controllers may disagree for minutes to hours; verify against a
    #     named one (-DomainController).
    #   Empty databases come first, then those with fewer mailboxes.
    New-Step -Number 8 -Setting 'database-endpoint' -Identity 'MB-HO-01' -Seen 'HO-EX2010-MB1.exchangeserverpro.net' -Wanted 'outlook-ho.exchangeserverpro.net' -Resolves 'outlook-ho.exchangeserverpro.net'
    New-Step -Number 9 -Setting 'database-endpoint' -Identity 'MB-HO-02' -Seen 'HO-EX2010-MB1.exchangeserverpro.net' -Wanted 'outlook-ho.exchangeserverpro.net' -Resolves 'outlook-ho.exchangeserverpro.net'
    New-Step -Number 10 -Setting 'database-endpoint' -Identity 'MB-HO-03' -Seen 'HO-EX2010-MB1.exchangeserverpro.net' -Wanted 'outlook-ho.exchangeserverpro.net' -Resolves 'outlook-ho.exchangeserverpro.net'

    # --- servers ---
    # Step 11, by hand: CAS-SERVER-003 (high): Exchange 2010 is out of support
    #   Found: Exchange 2010 servers without vendor support since 2020-10-13: 3, in sites that face
    #     the Internet: 2.
    #   | # Migrate; the rules of the migration profile show the way and what stands in it. Until then let ports
    #   | # 80 and 443 in from the Internet only through a proxy that authenticates users first.
)

Invoke-Plan
