# This script changes settings of Exchange when it is run with -Apply; without it, it only
#   rehearses. Nobody has run it yet: read it before you do.
#
# organisation: ESP
# collected: 2026-11-15T06:00:00Z
# judged: 2026-11-15T06:00:00Z, profile health
# snapshot: SHA-256 9fbdb4fb7dd79a9f9101993fffb766a8327d87173796399ec01c8daf8465253b
# rules: SHA-256 ff3d2df4f376357ce3b391b4016f4751d566069a9d38b8472512439b2c12090c
# made by: casaudit 0.1.0
# plan: 79a00074a813: 6 steps by script, 4 by hand
#
# Run it in the Exchange Management Shell of Exchange 2010: first without -Apply, then for one
#   step as a pilot (-Apply -Only 12), then site by site (-Apply -Site NAME). Start-Transcript keeps
#   a record. A step whose value is not the one in the snapshot any more refuses to run and is
#   counted; the others go on. What is done by hand can open further steps: collect again then, and
#   make a new plan. docs/remediation.md says more.
# Observations (severity info) are not part of the plan.
# After the steps that need no answer: 17 failures -> 13; 4 go, 0 appear, 0 cannot be told before
#   a new collection.

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

$Plan = '79a00074a813'
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
$Checks = @('C1')
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

    # --- dns, site HeadOffice ---
    # Step 1, by hand: CAS-DNS-004 (medium): Array FQDN points straight at one Client Access
    #   server while the site has several
    #   Found: outlook-ho.exchangeserverpro.net points at HO-EX2010-MB1 (10.1.1.21); HO-EX2010-MB2
    #     gets no MAPI load. If that is the address of a Windows NLB cluster, state it.
    #   | # Windows Server 2012 and later: add the new record, then take the old one away
    #   | $dns = 'FILL-IN'    # DNS server
    #   | $zone = 'FILL-IN'   # DNS zone
    #   | $label = 'FILL-IN'  # name of the record inside that zone
    #   | $vip = 'FILL-IN'    # address of the load balancer
    #   | $ready = @($dns, $zone, $label, $vip) -notcontains 'FILL-IN'
    #   | if ($ready) { Add-DnsServerResourceRecordA -ComputerName $dns -ZoneName $zone -Name $label -IPv4Address $vip -TimeToLive 00:05:00 -WhatIf }
    #   | if ($ready) { Remove-DnsServerResourceRecord -ComputerName $dns -ZoneName $zone -Name $label -RRType 'A' -RecordData '10.1.1.21' -WhatIf }
    #   | if (-not $ready) { Write-Warning 'Nothing was run: fill in the values at the top of this block first.' }

    # --- arrays, site BranchOffice ---
    # Step 2, by hand: CAS-ARRAY-001 (high): Site with Exchange 2010 databases has no array
    #   Found: Site BranchOffice has 1 Exchange 2010 database and 1 Client Access server but no
    #     array; profiles are bound to BR-EX2010-MB.exchangeserverpro.net.
    #   | # The record first: Windows Server 2012 and later; Windows Server 2008 R2 has a block of its own.
    #   | $dns = 'FILL-IN'    # DNS server
    #   | $zone = 'FILL-IN'   # DNS zone, internal only
    #   | $label = 'FILL-IN'  # name of the record inside that zone
    #   | $vip = 'FILL-IN'    # address of the load balancer, or of the only Client Access server
    #   | $ready = @($dns, $zone, $label, $vip) -notcontains 'FILL-IN'
    #   | if ($ready) { Add-DnsServerResourceRecordA -ComputerName $dns -ZoneName $zone -Name $label -IPv4Address $vip -TimeToLive 00:05:00 -WhatIf }
    #   | $fqdn = $label + '.' + $zone
    #   | if ($ready) { New-ClientAccessArray -Name 'cas-branchoffice' -Fqdn $fqdn -Site 'BranchOffice' -WhatIf }
    #   | if (-not $ready) { Write-Warning 'Nothing was run: fill in the values at the top of this block first.' }

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
    #   | $request = $null
    #   | if ($server -ne 'FILL-IN') { $request = New-ExchangeCertificate -GenerateRequest -Server $server -SubjectName 'CN=mail.exchangeserverpro.net' -DomainName 'autodiscover.exchangeserverpro.net','mail.exchangeserverpro.net','outlook-ho.exchangeserverpro.net' -KeySize 2048 -PrivateKeyExportable $true -WhatIf }
    #   | if ($request) { Set-Content -Path .\request.txt -Value $request }
    #   | # When the certification authority has answered, and certificate.cer lies here:
    #   | $thumbprint = 'FILL-IN'  # thumbprint of the imported certificate, from the answer to the next line
    #   | if ((Test-Path .\certificate.cer) -and $server -ne 'FILL-IN') { Import-ExchangeCertificate -Server $server -FileData ([Byte[]](Get-Content -Path .\certificate.cer -Encoding Byte -ReadCount 0)) -WhatIf }
    #   | if ($thumbprint -ne 'FILL-IN') { Enable-ExchangeCertificate -Server $server -Thumbprint $thumbprint -Services IIS -WhatIf }
    #   | # the same certificate with its key on the other servers; the copy is kept in memory only
    #   | $others = 'HO-EX2010-MB2'
    #   | if ($thumbprint -ne 'FILL-IN') { $password = (Get-Credential -Credential 'password-of-the-copy').Password }
    #   | if ($thumbprint -ne 'FILL-IN') { $copy = Export-ExchangeCertificate -Server $server -Thumbprint $thumbprint -BinaryEncoded:$true -Password $password }
    #   | if ($thumbprint -ne 'FILL-IN') { $others | ForEach-Object { Import-ExchangeCertificate -Server $_ -FileData $copy.FileData -Password $password -PrivateKeyExportable $true -WhatIf } }
    #   | if ($thumbprint -ne 'FILL-IN') { $others | ForEach-Object { Enable-ExchangeCertificate -Server $_ -Thumbprint $thumbprint -Services IIS -WhatIf } }

    # --- urls, site BranchOffice ---
    # CAS-URL-002 (low): A URL carries a server's own name
    #   Effect: Read the guidance on proxying first: where another site passes users on to this one,
    #     Outlook Web App needs the server's own name as InternalUrl for Kerberos. A restart of IIS,
    #     an application pool or a service drops the sessions on that server. Outlook learns the new
    #     URLs at its next Autodiscover, within about an hour.
    New-Step -Number 5 -Setting 'ews-internal-url' -Identity 'BR-EX2010-MB\EWS (Default Web Site)' -Site 'BranchOffice' -Seen 'https://br-ex2010-mb.exchangeserverpro.net/EWS/Exchange.asmx' -Resolves '*' -Asked 'A1' -Front 'https://' -Rear '/EWS/Exchange.asmx' -Waits 'C1'
    New-Step -Number 6 -Setting 'eas-internal-url' -Identity 'BR-EX2010-MB\Microsoft-Server-ActiveSync (Default Web Site)' -Site 'BranchOffice' -Seen 'https://br-ex2010-mb.exchangeserverpro.net/Microsoft-Server-ActiveSync' -Resolves '*' -Asked 'A1' -Front 'https://' -Rear '/Microsoft-Server-ActiveSync' -Waits 'C1'
    New-Step -Number 7 -Setting 'oab-internal-url' -Identity 'BR-EX2010-MB\OAB (Default Web Site)' -Site 'BranchOffice' -Seen 'https://br-ex2010-mb.exchangeserverpro.net/OAB' -Resolves '*' -Asked 'A1' -Front 'https://' -Rear '/OAB' -Waits 'C1'

    # --- databases, site HeadOffice ---
    # CAS-DB-001 (high): Database points at an individual server although its site has an array
    #   Effect: Existing Outlook profiles keep the old name and use it while it answers; some need a
    #     repair. Keep the old name answering until the client logs are quiet. New profiles take the
    #     new name at once. Two domain controllers may disagree for minutes to hours; verify against a
    #     named one (-DomainController).
    #   Empty databases come first, then those with fewer mailboxes.
    New-Step -Number 8 -Setting 'database-endpoint' -Identity 'MB-HO-01' -Site 'HeadOffice' -Seen 'HO-EX2010-MB1.exchangeserverpro.net' -Wanted 'outlook-ho.exchangeserverpro.net' -Resolves 'outlook-ho.exchangeserverpro.net'
    New-Step -Number 9 -Setting 'database-endpoint' -Identity 'MB-HO-02' -Site 'HeadOffice' -Seen 'HO-EX2010-MB1.exchangeserverpro.net' -Wanted 'outlook-ho.exchangeserverpro.net' -Resolves 'outlook-ho.exchangeserverpro.net'
    New-Step -Number 10 -Setting 'database-endpoint' -Identity 'MB-HO-03' -Site 'HeadOffice' -Seen 'HO-EX2010-MB1.exchangeserverpro.net' -Wanted 'outlook-ho.exchangeserverpro.net' -Resolves 'outlook-ho.exchangeserverpro.net'
)

$ExitCode = Invoke-Plan
# Pasted into a shell, exit would close its window.
if ($MyInvocation.MyCommand.Path) { exit $ExitCode }
