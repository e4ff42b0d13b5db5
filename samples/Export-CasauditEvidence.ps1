# .SYNOPSIS
#     Exports what casaudit reads of an Exchange 2010 organisation, and changes nothing.
#
# .DESCRIPTION
#     Run it once, in the Exchange Management Shell of one Exchange 2010 server. It asks the
#     organisation with the cmdlets of the shell, and each Exchange 2010 server with the cmdlets,
#     with WMI (services, features, the version of one file) and through the remote registry
#     (RPC services, SCHANNEL). Every answer becomes one file of Export-Clixml. What fails
#     costs its own file and is written down in failures.xml.
#
#     It writes its own folder and its zip, nothing else. Set-ADServerSettings widens the view of
#     this session to the whole forest; at the end the view is as it was.
#
#     Windows PowerShell 2.0 suffices. The text can also be pasted into the shell.
#
# .PARAMETER OutputFolder
#     Folder for the files; a new one in your profile where it is not given. It must be empty.
#
# .PARAMETER Server
#     Names of the servers to ask, with wildcards; all of Exchange 2010 where it is not given.
#     What is asked of the organisation is not narrowed by it.
#
# .PARAMETER SkipRemote
#     Asks no other server by WMI or remote registry, this one excepted.
#
# .PARAMETER ClientVersions
#     Reads which versions of Outlook connected from the logs of each Client Access server, the
#     newest 200 MB of each: that takes minutes. No name of a user or a computer is exported.
#
# .PARAMETER NoZip
#     Leaves the folder as it is.
#
# .EXAMPLE
#     .\Export-CasauditEvidence.ps1 -OutputFolder D:\evidence
#
# .NOTES
#     Rights: View-Only Organization Management; for WMI and the registry of a server, local
#     administrator there. Comes with casaudit; docs/exports.md says what each file is good for.
param(
    [string]$OutputFolder,
    [string[]]$Server,
    [switch]$SkipRemote,
    [switch]$ClientVersions,
    [switch]$NoZip
)

# One block, so that a shell that gets this as pasted text runs all of it or nothing; without blank
# lines, of which one would end a block that is pasted.
& {
    param($OutputFolder, $Wanted, $SkipRemote, $ClientVersions, $NoZip, $Unknown)
    #
    # In a session that only rehearses, the files of this script are written all the same.
    $WhatIfPreference = $false
    $failures = New-Object System.Collections.ArrayList
    $silent = @{}
    $written = New-Object System.Collections.ArrayList
    #
    # --- what is asked -----------------------------------------------------------------------
    # Properties are picked by name, because a certificate would be exported as its bytes alone,
    # and texts are made here, because what Exchange's own types become differs between shells.
    # $it is the server that is asked, inside of Ask.
    #
    $ofServer = @{n='Server'; e={$it.Name}}
    $database = @{n='Database'; e={[string]$_.Database}}
    $mailboxType = @{n='RecipientTypeDetails'; e={[string]$_.RecipientTypeDetails}}
    $mailDomain = @{n='PrimarySmtpDomain'; e={([string]$_.PrimarySmtpAddress).Split('@')[-1]}}
    $onServer = @{n='Server'; e={[string]$_.Server}}
    #
    $ofOrganization = @(
        @{ File='arrays'; MayBeEmpty=$true; Command='Get-ClientAccessArray'; Ask={
            Get-ClientAccessArray -ErrorAction Stop |
                Select-Object -Property 'Name', 'Guid', 'Fqdn',
                    @{n='Site'; e={[string]$_.Site}},
                    @{n='Members'; e={@($_.Members | ForEach-Object { [string]$_ })}}
        } },
        @{ File='databases'; Command='Get-MailboxDatabase -Status'; Ask={
            Get-MailboxDatabase -Status -ErrorAction Stop |
                Select-Object -Property 'Name', 'Guid', 'Recovery', 'Mounted', 'MountedOnServer',
                    'IsExcludedFromProvisioning', $onServer,
                    @{n='RpcClientAccessServer'; e={[string]$_.RpcClientAccessServer}}
        } },
        @{ File='rpc'; Command='Get-RpcClientAccess'; Ask={
            Get-RpcClientAccess -ErrorAction Stop |
                Select-Object -Property $onServer, 'EncryptionRequired', 'MaximumConnections',
                    'BlockedClientVersions'
        } },
        @{ File='providers'; Command='Get-OutlookProvider'; Ask={
            Get-OutlookProvider -ErrorAction Stop |
                Select-Object -Property 'Name', 'CertPrincipalName'
        } },
        @{ File='oab'; MayBeEmpty=$true; Command='Get-OfflineAddressBook'; Ask={
            Get-OfflineAddressBook -ErrorAction Stop |
                Select-Object -Property 'Name', 'Guid', 'IsDefault', $onServer,
                    @{n='AddressLists'; e={@($_.AddressLists | ForEach-Object { [string]$_ })}}
        } },
        @{ File='organization'; Command='Get-OrganizationConfig'; Ask={
            # The shell of Exchange 2010 leaves the last two empty, newer ones do not.
            Get-OrganizationConfig -ErrorAction Stop |
                Select-Object -Property 'Name', 'Guid', 'PublicFoldersLockedForMigration',
                    'PublicFolderMigrationComplete', 'PublicFoldersEnabled',
                    'RemotePublicFolderMailboxes'
        } },
        @{ File='arbitration'; MayBeEmpty=$true; Command='Get-Mailbox -Arbitration'; Ask={
            Get-Mailbox -Arbitration -ResultSize Unlimited -ErrorAction Stop |
                Select-Object -Property 'Guid', $database, $mailboxType
        } },
        @{ File='mailboxes'; Command='Get-Mailbox'; Ask={
            Get-Mailbox -ResultSize Unlimited -ErrorAction Stop |
                Select-Object -Property 'Guid', $database, $mailboxType, $mailDomain
        } }
    )
    #
    # Needs: what has to answer on the server; Role: which servers are asked.
    $ofServers = @(
        @{ File='services'; Needs='WMI'; Command='Get-WmiObject Win32_Service'; Ask={
            param($it)
            $ofExchange = 'Name LIKE ''MSExchange%'''
            Get-WmiObject -Class Win32_Service -Filter $ofExchange -ComputerName $it.Wmi -ErrorAction Stop |
                Select-Object -Property $ofServer, 'Name', 'State', 'StartMode'
        } },
        @{ File='ports'; Needs='registry'; Command='registry: RPC services'; Ask={
            param($it)
            $services = 'SYSTEM\CurrentControlSet\Services\'
            $system = $services + 'MSExchangeRPC\ParametersSystem'
            $rpc = Get-Setting $it $system 'TCP/IP Port'
            $site = Get-Setting $it $system 'EnablePreferredSiteEnforcement'
            $book = Get-Setting $it ($services + 'MSExchangeAB\Parameters') 'RpcTcpPort'
            New-Object PSObject -Property @{
                Server=$it.Name
                RpcPort=$rpc.Value
                RpcPortKind=$rpc.Kind
                AddressBookPort=$book.Value
                AddressBookPortKind=$book.Kind
                SiteEnforcement=$site.Value
                SiteEnforcementKind=$site.Kind
            }
        } },
        @{ File='schannel'; Needs='registry'; MayBeEmpty=$true; Command='registry: SCHANNEL'; Ask={
            param($it)
            $root = 'SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols'
            foreach ($protocol in @(Get-SubKey $it $root)) {
                foreach ($side in @(Get-SubKey $it ($root + '\' + $protocol))) {
                    $key = $root + '\' + $protocol + '\' + $side
                    New-Object PSObject -Property @{
                        Server=$it.Name
                        Key='HKEY_LOCAL_MACHINE\' + $key
                        Enabled=(Get-Setting $it $key 'Enabled').Value
                        DisabledByDefault=(Get-Setting $it $key 'DisabledByDefault').Value
                    }
                }
            }
        } },
        @{ File='build'; Needs=@('WMI', 'registry'); Command='version of ExSetup.exe'; Ask={
            param($it)
            # Rollups raise the version of this file and of nothing in the directory.
            $setup = Get-Setting $it 'SOFTWARE\Microsoft\ExchangeServer\v14\Setup' 'MsiInstallPath'
            if (-not $setup.Value) { throw 'MsiInstallPath is not in the registry' }
            $file = $setup.Value.TrimEnd('\') + '\Bin\ExSetup.exe'
            # In WQL a backslash, and a quote, stands behind a backslash.
            $named = 'Name=''' + $file.Replace('\', '\\').Replace('''', '\''') + ''''
            Get-WmiObject -Class CIM_DataFile -Filter $named -ComputerName $it.Wmi -ErrorAction Stop |
                Select-Object -Property $ofServer,
                    @{n='FileName'; e={$_.Name}},
                    @{n='FileVersion'; e={$_.Version}}
        } },
        @{ File='nlb-feature'; Needs='WMI'; Command='Get-WmiObject Win32_ServerFeature'; Ask={
            param($it)
            # Not Get-WindowsFeature: it asks this machine only, and Windows Server 2008 lacks it.
            # The class lists what is installed, by numbers that are the same in every language.
            $found = @(Get-WmiObject -Class Win32_ServerFeature -ComputerName $it.Wmi -ErrorAction Stop)
            if ($found.Count -eq 0) { throw 'not even one feature is listed' }
            $ids = @($found | ForEach-Object { [int]$_.ID })
            New-Object PSObject -Property @{
                Server=$it.Name
                Name='NLB'
                Installed=($ids -contains 34)
            }
        } },
        @{ File='nlb'; Needs='registry'; MayBeEmpty=$true; Command='Get-NlbClusterNode'; Ask={
            param($it)
            if (Test-NlbSetting $it) {
                Import-Module -Name NetworkLoadBalancingClusters -ErrorAction Stop
                Get-NlbClusterNode -HostName $it.Fqdn -ErrorAction Stop
            }
        } },
        @{ File='nlb-cluster'; Needs='registry'; MayBeEmpty=$true; Command='Get-NlbCluster'; Ask={
            param($it)
            if (Test-NlbSetting $it) {
                Import-Module -Name NetworkLoadBalancingClusters -ErrorAction Stop
                Get-NlbCluster -HostName $it.Fqdn -ErrorAction Stop
            }
        } },
        @{ File='certs'; MayBeEmpty=$true; Command='Get-ExchangeCertificate'; Ask={
            param($it)
            Get-ExchangeCertificate -Server $it.Fqdn -ErrorAction Stop |
                Select-Object -Property $ofServer, 'Thumbprint', 'HasPrivateKey', 'IsSelfSigned',
                    'PrivateKeyExportable', 'Subject', 'Issuer', 'NotBefore', 'NotAfter', 'RawData',
                    @{n='Services'; e={[string]$_.Services}},
                    @{n='Status'; e={[string]$_.Status}},
                    @{n='RootCAType'; e={[string]$_.RootCAType}},
                    @{n='CertificateDomains'; e={
                        @($_.CertificateDomains | ForEach-Object { [string]$_ })
                    }}
        } },
        @{ File='copies'; Role='Mailbox'; MayBeEmpty=$true; Command='Get-MailboxDatabaseCopyStatus'; Ask={
            param($it)
            Get-MailboxDatabaseCopyStatus -Server $it.Fqdn -ErrorAction Stop |
                Select-Object -Property 'DatabaseName', 'MailboxServer', 'ActivationSuspended',
                    'ActiveDatabaseCopy',
                    @{n='Status'; e={[string]$_.Status}}
        } },
        @{ File='clients'; Needs=@('registry', 'files'); Role='ClientAccess'; MayBeEmpty=$true; Command='RPC Client Access logs'; Ask={
            param($it)
            $setup = Get-Setting $it 'SOFTWARE\Microsoft\ExchangeServer\v14\Setup' 'MsiInstallPath'
            if (-not $setup.Value) { throw 'MsiInstallPath is not in the registry' }
            $logs = $setup.Value.TrimEnd('\') + '\Logging\RPC Client Access'
            if ($it.Registry) { $logs = '\\' + $it.Fqdn + '\' + $logs.Replace(':', '$') }
            $seen = @{}
            $left = 200 * 1048576
            foreach ($file in @(Get-ChildItem -Path $logs -ErrorAction Stop | Sort-Object -Property 'LastWriteTime' -Descending)) {
                if ($left -gt 0 -and $file.Name -like '*.log') {
                    $left = $left - $file.Length
                    Add-Client $seen $file.FullName
                }
            }
            foreach ($client in $seen.Values) {
                New-Object PSObject -Property @{
                    Server=$it.Name
                    ClientSoftware=$client.Software
                    ClientVersion=$client.Version
                    Connections=$client.Connections
                    LastDay=$client.LastDay
                }
            }
        } },
        @{ File='asa'; Role='ClientAccess'; Command='Get-ClientAccessServer'; Ask={
            param($it)
            # As text: the object holds the password of the account, encrypted for who exports it.
            $accounts = @{n='AlternateServiceAccountConfiguration'; e={
                [string]$_.AlternateServiceAccountConfiguration
            }}
            Get-ClientAccessServer -Identity $it.Name -IncludeAlternateServiceAccountCredentialStatus -ErrorAction Stop |
                Select-Object -Property 'Name', $accounts
        } }
    )
    #
    # --- how the registry is read ------------------------------------------------------------
    #
    function Open-Key($It, $Path) {
        # Without a name it is the registry of this machine, which needs no service for it.
        $machine = [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey('LocalMachine', $It.Registry)
        # Opened for reading; nothing where there is no such key, an error where it is denied.
        $machine.OpenSubKey($Path)
    }
    #
    function Get-Setting($It, $Path, $Name) {
        $key = Open-Key $It $Path
        $setting = @{Value=$null; Kind=$null}
        if ($key -ne $null) {
            if (@($key.GetValueNames()) -contains $Name) {
                $setting['Value'] = $key.GetValue($Name)
                $setting['Kind'] = [string]$key.GetValueKind($Name)
            }
            $key.Close()
        }
        $setting
    }
    #
    function Get-SubKey($It, $Path) {
        $key = Open-Key $It $Path
        if ($key -ne $null) {
            $key.GetSubKeyNames()
            $key.Close()
        }
    }
    #
    function Add-Client($Seen, $Path) {
        # After the time, the session and its number: the user and the organisation, of which either
        # may stand in quotation marks, then the client and its version. Further on the operation.
        $text = '(?:"(?:[^"]|"")*"|[^,"]*),'
        $line = New-Object System.Text.RegularExpressions.Regex ('^(\d{4}-\d\d-\d\d)T[^,]*,[^,]*,[^,]*,' + $text + $text + '([^,"]+),(\d[\d.]*),')
        # The service has its newest log open for writing.
        $stream = [System.IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite')
        try {
            $reader = New-Object System.IO.StreamReader $stream
            while (-not $reader.EndOfStream) {
                $row = $reader.ReadLine()
                if ($row.Contains(',Connect,')) {
                    $parts = $line.Match($row)
                    if ($parts.Success) {
                        $day = $parts.Groups[1].Value
                        $key = $parts.Groups[2].Value + ' ' + $parts.Groups[3].Value
                        if (-not $Seen.ContainsKey($key)) {
                            $Seen[$key] = @{Software=$parts.Groups[2].Value; Version=$parts.Groups[3].Value; Connections=0; LastDay=$day}
                        }
                        $Seen[$key]['Connections'] = $Seen[$key]['Connections'] + 1
                        if ($day -gt $Seen[$key]['LastDay']) { $Seen[$key]['LastDay'] = $day }
                    }
                }
            }
        } finally {
            $stream.Close()
        }
    }
    #
    # The settings of a card outlive its binding: without any, this is a node of no cluster; with
    # some, the cmdlets of Windows Server 2008 R2 have to say.
    function Test-NlbSetting($It) {
        @(Get-SubKey $It 'SYSTEM\CurrentControlSet\Services\WLBS\Parameters\Interface').Count -gt 0
    }
    #
    # --- how answers and failures are written down -------------------------------------------
    #
    function Get-Cause($Problem) {
        # PowerShell 2.0 may wrap the error that made -ErrorAction Stop stop.
        if ($Problem.Exception -is [System.Management.Automation.ActionPreferenceStopException]) {
            $Problem = $Problem.Exception.ErrorRecord
        }
        $Problem.Exception.GetBaseException()
    }
    #
    function Add-Failure($Question, $Name, $Problem) {
        $cause = Get-Cause $Problem
        $code = $null
        if ($cause -is [System.Runtime.InteropServices.ExternalException]) {
            $code = '0x{0:X8}' -f $cause.ErrorCode
        }
        [void]$failures.Add((New-Object PSObject -Property @{
            FailedExport=$Question.File
            Server=$Name
            Command=$Question.Command
            Category=[string]$Problem.CategoryInfo.Category
            ErrorType=$cause.GetType().FullName
            ErrorCode=$code
            Message=$cause.Message
            Time=[DateTime]::UtcNow
        }))
        # At once: what is known so far survives an interrupted run.
        $failures | Export-Clixml -Path (Join-Path $folder 'failures.xml') -Encoding UTF8
        Write-Warning ('{0} {1}: {2}' -f $Question.Command, $Name, $cause.Message)
    }
    #
    function Save-Answer($Question, $It) {
        $name = $null
        $file = $Question.File + '.xml'
        if ($It) {
            $name = $It.Name
            $file = $Question.File + '-' + $name + '.xml'
        }
        $needs = @($Question.Needs | Where-Object { $_ })
        try {
            # A server that does not answer would be waited for again with every question.
            foreach ($need in $needs) {
                if ($silent.ContainsKey($need + ' ' + $name)) { throw $silent[$need + ' ' + $name] }
            }
            # All of it first: a pipeline that fails half-way must not leave half of a file, and
            # the shell cannot run a command of Exchange while the output of another one comes in.
            $ask = $Question.Ask
            $found = @(& $ask $It | Where-Object { $_ -ne $null })
            if ($found.Count -eq 0 -and -not $Question.MayBeEmpty) {
                throw 'it gave nothing, which it never does unless it failed'
            }
            $found | Export-Clixml -Path (Join-Path $folder $file) -Encoding UTF8
            [void]$written.Add($file)
        } catch {
            Add-Failure $Question $name $_
            $cause = Get-Cause $_
            if ($needs.Count -eq 1 -and $cause -isnot [System.Management.Automation.RuntimeException]) {
                $silent[$needs[0] + ' ' + $name] = $cause
            }
        }
    }
    #
    # --- the zip -----------------------------------------------------------------------------
    #
    function New-Zip($Folder) {
        $zip = $Folder + '.zip'
        $part = $Folder + '-unfinished.zip'
        foreach ($file in $zip, $part) { if (Test-Path -Path $file) { throw ('there is already ' + $file) } }
        if ($PSVersionTable.CLRVersion.Major -ge 4) {
            Add-Type -AssemblyName System.IO.Compression.FileSystem -ErrorAction Stop
            [System.IO.Compression.ZipFile]::CreateFromDirectory($Folder, $part)
        } else {
            # PowerShell 2.0 runs on .NET 2.0, which has no zip. The Explorer has one: it fills an
            # empty archive, in the background.
            [System.IO.File]::WriteAllBytes($part, [byte[]](@(80, 75, 5, 6) + (@(0) * 18)))
            $explorer = New-Object -ComObject Shell.Application -ErrorAction Stop
            $archive = $explorer.NameSpace([string]$part)
            $count = 0
            foreach ($file in @(Get-ChildItem -Path $Folder)) {
                $count = $count + 1
                # 4, 16, 512 and 1024: no window, no question.
                [void]$archive.CopyHere([string]$file.FullName, 1556)
                $waited = 0
                while ($archive.Items().Count -lt $count) {
                    $waited = $waited + 1
                    if ($waited -gt 600) { throw 'the Explorer did not finish' }
                    Start-Sleep -Milliseconds 500
                }
            }
            # It may hold the file a moment longer.
            Start-Sleep -Seconds 2
        }
        [System.IO.File]::Move($part, $zip)
        $zip
    }
    #
    # --- the run -----------------------------------------------------------------------------
    #
    if (@($Unknown | Where-Object { $_ }).Count -gt 0) { throw ('unknown parameter: ' + $Unknown[0]) }
    if (-not (Get-Command -Name Get-ExchangeServer -ErrorAction SilentlyContinue)) {
        throw 'Get-ExchangeServer is missing: run this in the Exchange Management Shell'
    }
    if (-not $OutputFolder) {
        $OutputFolder = Join-Path $HOME ('casaudit-evidence-' + (Get-Date -Format 'yyyyMMdd-HHmmss'))
    }
    if (-not (Test-Path -Path $OutputFolder)) {
        [void](New-Item -ItemType Directory -Path $OutputFolder -ErrorAction Stop)
    }
    # .NET has a current folder of its own, so it gets whole paths.
    $folder = (Get-Item -Path $OutputFolder -ErrorAction Stop).FullName.TrimEnd('\')
    if (@(Get-ChildItem -Path $folder).Count -gt 0) {
        throw ($folder + ' is not empty: old evidence must not be mixed with new')
    }
    #
    # The cmdlets of Exchange are functions of a module here: they heed the preference of the
    # whole session, not that of a script, and their -ErrorAction alone does not always stop.
    $preference = $global:ErrorActionPreference
    $wholeForest = $null
    try {
        $global:ErrorActionPreference = 'Stop'
        @() | Export-Clixml -Path (Join-Path $folder 'failures.xml') -Encoding UTF8
    #
        try {
            $before = (Get-ADServerSettings -ErrorAction Stop).ViewEntireForest
            Set-ADServerSettings -ViewEntireForest $true -ErrorAction Stop
            $wholeForest = $before
        } catch {
            # Mailboxes of other domains would be missing, and nobody could tell.
            foreach ($file in 'mailboxes', 'arbitration') {
                Add-Failure @{File=$file; Command='Set-ADServerSettings -ViewEntireForest'} $null $_
            }
        }
    #
        Write-Progress -Activity 'Evidence for casaudit' -Status 'Get-ExchangeServer' -PercentComplete 0
        $servers = @()
        $list = @{ File='servers'; Command='Get-ExchangeServer'; Ask={
            Get-ExchangeServer -ErrorAction Stop |
                Select-Object -Property 'Name', 'Guid', 'Fqdn',
                    @{n='Site'; e={[string]$_.Site}},
                    @{n='AdminDisplayVersion'; e={[string]$_.AdminDisplayVersion}},
                    @{n='ServerRole'; e={[string]$_.ServerRole}}
        } }
        Save-Answer $list $null
        if ($written -contains 'servers.xml') {
            $servers = @(Import-Clixml -Path (Join-Path $folder 'servers.xml'))
        }
    #
        $rounds = New-Object System.Collections.ArrayList
        foreach ($question in $ofOrganization) { [void]$rounds.Add(@{Question=$question; It=$null}) }
        foreach ($each in $servers) {
            $name = [string]$each.Name
            $asked = -not $Wanted -or @($Wanted | Where-Object { $name -like $_ }).Count -gt 0
            # Other versions have a shell of their own; Edge servers belong to no domain.
            if (-not $asked -or $each.AdminDisplayVersion -notlike 'Version 14.*' -or
                    $each.ServerRole -eq 'Edge') { continue }
            $here = $name -eq [System.Environment]::MachineName
            $it = @{Name=$name; Fqdn=[string]$each.Fqdn; Wmi=[string]$each.Fqdn; Registry=[string]$each.Fqdn}
            if ($here) { $it['Wmi'] = '.'; $it['Registry'] = '' }
            foreach ($question in $ofServers) {
                $has = -not $question.Role -or $each.ServerRole -like ('*' + $question.Role + '*')
                $has = $has -and ($ClientVersions -or $question.File -ne 'clients')
                if ($has -and ($here -or -not $SkipRemote -or -not $question.Needs)) {
                    [void]$rounds.Add(@{Question=$question; It=$it})
                }
            }
        }
    #
        $done = 0
        foreach ($round in $rounds) {
            $status = '{0} {1}' -f $round.Question.Command, $round.It.Name
            $percent = [int](100 * $done / $rounds.Count)
            Write-Progress -Activity 'Evidence for casaudit' -Status $status -PercentComplete $percent
            Save-Answer $round.Question $round.It
            $done = $done + 1
        }
        Write-Progress -Activity 'Evidence for casaudit' -Status 'done' -Completed
    } finally {
        $global:ErrorActionPreference = $preference
        if ($wholeForest -eq $false) { Set-ADServerSettings -ViewEntireForest $false }
    }
    #
    $result = $folder
    if (-not $NoZip) {
        try {
            $result = New-Zip $folder
        } catch {
            Write-Warning ('no zip, take the folder: ' + $_.Exception.GetBaseException().Message)
        }
    }
    Write-Host ('{0} files, {1} failures (failures.xml): {2}' -f $written.Count, $failures.Count, $result)
    Write-Host ('next: casaudit audit ldaps://YOUR-CONTROLLER "{0}" --user YOU' -f $result)
} $OutputFolder $Server $SkipRemote $ClientVersions $NoZip $args

