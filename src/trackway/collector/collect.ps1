<#
.SYNOPSIS
Gathers from this host what Trackway reads, into one zip: Collection-HOST-TIME.zip.

.DESCRIPTION
Nothing on this host is changed, but for the zip, a folder beside it while the script runs, and what any program leaves
behind by being run. Nothing is sent anywhere. What could not be gathered stands in log.txt, hashes in sha256.txt.
Run it as administrator: without, the Security log, Sysmon, the audit policy, the hives and SRUM are missing.

.PARAMETER Output
Folder for the zip; by default the current one. Best a disk that is not under examination.

.PARAMETER WithoutHives
Leaves out the registry's hives and SRUM, which take a minute and some hundred megabytes. esentutl reads SRUM through a
shadow copy, which it makes and takes away; where that fails this script does the same.

.EXAMPLE
powershell.exe -ExecutionPolicy Bypass -File collect.ps1 -Output E:\
#>
[CmdletBinding()]
param(
    [string] $Output = (Get-Location).Path,
    [switch] $WithoutHives
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
    throw 'this is a 32-bit PowerShell, which sees another registry; start the 64-bit one'
}

# of a host with another calendar or other separators, too, times are written as everywhere else
$Invariant = [Globalization.CultureInfo]::InvariantCulture
$System32 = Join-Path $env:SystemRoot 'System32'
$Address = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
$HostName = (@($Address.HostName, $Address.DomainName) | Where-Object { $_ }) -join '.'
$Began = [DateTime]::UtcNow
$Name = 'Collection-{0}-{1}' -f $HostName, $Began.ToString("yyyy-MM-dd'T'HH_mm_ss'Z'", $Invariant)
$Folder = Join-Path $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Output) $Name
$Zip = "$Folder.zip"
$Log = Join-Path $Folder 'log.txt'

# the channels that Trackway's sources read
$Channels = @(
    'Security'
    'System'
    'Windows PowerShell'
    'PowerShellCore/Operational'
    'Microsoft-Windows-PowerShell/Operational'
    'Microsoft-Windows-Sysmon/Operational'
    'Microsoft-Windows-DNS-Client/Operational'
    'Microsoft-Windows-Bits-Client/Operational'
    'Microsoft-Windows-NetworkProfile/Operational'
    'Microsoft-Windows-SmbClient/Connectivity'
    'Microsoft-Windows-SmbClient/Security'
    'Microsoft-Windows-TerminalServices-RDPClient/Operational'
    'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'
    'Microsoft-Windows-WinRM/Operational'
)

# the keys that Trackway's source "registry" reads, for a host whose hives cannot be had
$Keys = @(
    'SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName'
    'SYSTEM\CurrentControlSet\Control\TimeZoneInformation'
    'SYSTEM\CurrentControlSet\Control\MiniNt'
    'SYSTEM\CurrentControlSet\Services\Dnscache\Parameters'
    'SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
    'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\DomainProfile\Logging'
    'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile\Logging'
    'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\PublicProfile\Logging'
    'SYSTEM\CurrentControlSet\Services\SysmonDrv\Parameters'
    'SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Audit'
    'SOFTWARE\Policies\Microsoft\Windows\PowerShell\ScriptBlockLogging'
    'SOFTWARE\Policies\Microsoft\Windows\PowerShell\ModuleLogging'
    'SOFTWARE\Policies\Microsoft\Windows\PowerShell\Transcription'
    'SOFTWARE\Policies\Microsoft\WindowsFirewall\DomainProfile\Logging'
    'SOFTWARE\Policies\Microsoft\WindowsFirewall\PrivateProfile\Logging'
    'SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile\Logging'
    'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
)

# the same, with all that is below them
$Trees = @(
    'SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces'
    'SOFTWARE\Microsoft\Windows NT\CurrentVersion\NetworkList\Profiles'
)

function Write-Log([string] $Text) {
    '{0:o} {1}' -f [DateTime]::UtcNow, $Text | Out-File -FilePath $Log -Append -Encoding UTF8
}

# runs one step; what fails is written down and does not stop the next
function Invoke-Step([string] $What, [scriptblock] $Step) {
    try {
        Write-Log "begin  $What"
        & $Step
        Write-Log "done   $What"
    } catch {
        Write-Log "FAILED $What - $($_.Exception.Message)"
        Write-Warning "$What - $($_.Exception.Message)"
    }
}

# runs a program of Windows; an exit code other than 0 is a failure
function Invoke-Program([string] $Program, [string[]] $Arguments) {
    $ErrorActionPreference = 'Continue'
    $Printed = & (Join-Path $System32 $Program) @Arguments 2>&1
    if ($LASTEXITCODE -ne 0) { throw "$Program $Arguments - exit code $LASTEXITCODE - $Printed" }
    $Printed
}

function Initialize-Folder([string] $Below) {
    $Path = Join-Path $Folder $Below
    [void] [IO.Directory]::CreateDirectory($Path)
    $Path
}

# writes objects as JSON, each with this host's name and the moment at which it was seen
function Export-Seen([string] $File, [object[]] $Seen) {
    $Unix = [long] [Math]::Floor(([DateTime]::UtcNow - [DateTime] '1970-01-01').TotalSeconds)
    $Columns = @(
        @{ n = 'HostIdentifier'; e = { $HostName } }
        @{ n = 'UnixTime'; e = { $Unix } }
        '*'
    )
    $Rows = @($Seen | Select-Object -Property $Columns)
    ConvertTo-Json -InputObject $Rows -Depth 3 | Out-File -FilePath (Join-Path $Folder $File) -Encoding UTF8
}

# copies files through a shadow copy of their volume, which is taken away again; cmd knows its name, .NET 4 does not
function Copy-FromShadow([string[]] $Files, [string] $Target) {
    $Volume = [IO.Path]::GetPathRoot($Files[0])
    $Wanted = @{ Volume = $Volume; Context = 'ClientAccessible' }
    $Made = Invoke-CimMethod -ClassName Win32_ShadowCopy -MethodName Create -Arguments $Wanted
    if ($Made.ReturnValue -ne 0) { throw "no shadow copy of $Volume - code $($Made.ReturnValue)" }
    $Shadow = Get-CimInstance -ClassName Win32_ShadowCopy -Filter "ID = '$($Made.ShadowID)'"
    try {
        foreach ($File in $Files) {
            $Source = $Shadow.DeviceObject + '\' + $File.Substring($Volume.Length)
            [void] (Invoke-Program 'cmd.exe' @('/d', '/c', 'copy', '/y', $Source, $Target))
        }
    } finally {
        Remove-CimInstance -InputObject $Shadow
    }
}

[void] (Initialize-Folder '.')
$Role = [Security.Principal.WindowsBuiltInRole]::Administrator
$Elevated = ([Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole($Role)
Write-Log "host $HostName, user $env:USERDOMAIN\$env:USERNAME, PowerShell $($PSVersionTable.PSVersion)"
Write-Log "administrator: $Elevated"
if (-not $Elevated) { Write-Warning 'not run as administrator: the Security log, Sysmon, policies and hives will fail' }

# what is gone first is taken first
Invoke-Step 'resolver cache' {
    $Columns = @('Entry', 'Name', 'Type', 'Status', 'Section', 'TimeToLive', 'Data')
    $Rows = @(Get-DnsClientCache | Select-Object -Property $Columns)
    Export-Seen 'dns_cache.json' $Rows
}
if (-not (Test-Path -LiteralPath (Join-Path $Folder 'dns_cache.json'))) {
    Invoke-Step 'resolver cache, as ipconfig prints it' {
        Invoke-Program 'ipconfig.exe' @('/displaydns') |
            Out-File -FilePath (Join-Path $Folder 'dns_cache.txt') -Encoding UTF8
    }
}
Invoke-Step 'open connections' {
    $Paths = @{}
    foreach ($Process in @(Get-Process)) {
        # protected processes do not tell their path
        try { $Paths[[int] $Process.Id] = $Process.Path } catch { $Paths[[int] $Process.Id] = $null }
    }
    $Tcp = @(
        @{ n = 'Protocol'; e = { 'TCP' } }
        'LocalAddress'
        'LocalPort'
        'RemoteAddress'
        'RemotePort'
        'State'
        'OwningProcess'
        @{ n = 'Path'; e = { $Paths[[int] $_.OwningProcess] } }
    )
    $Udp = @(
        @{ n = 'Protocol'; e = { 'UDP' } }
        'LocalAddress'
        'LocalPort'
        @{ n = 'RemoteAddress'; e = { $null } }
        @{ n = 'RemotePort'; e = { 0 } }
        'OwningProcess'
        @{ n = 'Path'; e = { $Paths[[int] $_.OwningProcess] } }
    )
    $Rows = @(Get-NetTCPConnection | Select-Object -Property $Tcp)
    $Rows += @(Get-NetUDPEndpoint | Select-Object -Property $Udp)
    Export-Seen 'open_sockets.json' $Rows
}
if (-not (Test-Path -LiteralPath (Join-Path $Folder 'open_sockets.json'))) {
    Invoke-Step 'open connections, as netstat prints them' {
        Invoke-Program 'netstat.exe' @('-ano') |
            Out-File -FilePath (Join-Path $Folder 'netstat.txt') -Encoding UTF8
    }
}

# a channel that this Windows does not have is no failure
Invoke-Step 'channels' {
    $Known = @(Invoke-Program 'wevtutil.exe' @('el') | ForEach-Object { "$_".Trim() })
    foreach ($Channel in $Channels) {
        if ($Known -notcontains $Channel) { Write-Log "absent log $Channel" }
    }
    $script:Channels = @($Channels | Where-Object { $Known -contains $_ })
}
$Logs = Initialize-Folder 'logs'
foreach ($Channel in $Channels) {
    Invoke-Step "log $Channel" {
        $File = Join-Path $Logs (($Channel -replace '/', '%4') + '.evtx')
        [void] (Invoke-Program 'wevtutil.exe' @('epl', $Channel, $File))
    }
}

Invoke-Step 'log of the firewall' {
    $Target = Initialize-Folder 'firewall'
    $Number = 0
    $Files = @('%SystemRoot%\System32\LogFiles\Firewall\pfirewall.log')
    $Profiles = @(Get-NetFirewallProfile -PolicyStore ActiveStore)
    $Files += @($Profiles | ForEach-Object { $_.LogFileName } | Where-Object { $_ })
    $Files = @($Files | ForEach-Object { [Environment]::ExpandEnvironmentVariables($_) } | Sort-Object -Unique)
    foreach ($File in $Files) {
        foreach ($Generation in $File, "$File.old") {
            if (Test-Path -LiteralPath $Generation) {
                $Number++
                $Copy = '{0}_{1}' -f $Number, [IO.Path]::GetFileName($Generation)
                Copy-Item -LiteralPath $Generation -Destination (Join-Path $Target $Copy)
            }
        }
    }
}

$Settings = Initialize-Folder 'settings'
Invoke-Step 'settings of the firewall' {
    $Columns = @(
        'Name'
        'LogFileName'
        'LogMaxSizeKilobytes'
        'LogAllowed'
        'LogBlocked'
        @{ n = 'PolicyStore'; e = { 'ActiveStore' } }
    )
    $Rows = @(Get-NetFirewallProfile -PolicyStore ActiveStore | Select-Object -Property $Columns)
    Export-Seen 'settings\firewall_profiles.json' $Rows
}
# in the language of the host, where the step before has failed
if (-not (Test-Path -LiteralPath (Join-Path $Settings 'firewall_profiles.json'))) {
    Invoke-Step 'settings of the firewall, as netsh prints them' {
        Invoke-Program 'netsh.exe' @('advfirewall', 'show', 'allprofiles') |
            Out-File -FilePath (Join-Path $Settings 'firewall_netsh.txt') -Encoding UTF8
    }
}
Invoke-Step 'audit policy' {
    [void] (Invoke-Program 'auditpol.exe' @('/backup', "/file:$(Join-Path $Settings 'audit_policy.csv')"))
}
if (-not (Test-Path -LiteralPath (Join-Path $Settings 'audit_policy.csv'))) {
    Invoke-Step 'audit policy, as a report' {
        Invoke-Program 'auditpol.exe' @('/get', '/category:*', '/r') | Where-Object { $_ } |
            Out-File -FilePath (Join-Path $Settings 'audit_policy_report.csv') -Encoding UTF8
    }
}
foreach ($Channel in $Channels) {
    Invoke-Step "settings of the log $Channel" {
        Invoke-Program 'wevtutil.exe' @('gl', $Channel) |
            Out-File -FilePath (Join-Path $Settings 'log_channels.txt') -Append -Encoding UTF8
    }
}
foreach ($Key in $Keys) {
    Invoke-Step "registry $Key" {
        if (Test-Path -LiteralPath "Registry::HKEY_LOCAL_MACHINE\$Key") {
            Invoke-Program 'reg.exe' @('query', "HKLM\$Key") |
                Out-File -FilePath (Join-Path $Settings 'registry.txt') -Append -Encoding UTF8
        }
    }
}
foreach ($Key in $Trees) {
    Invoke-Step "registry $Key and below" {
        Invoke-Program 'reg.exe' @('query', "HKLM\$Key", '/s') |
            Out-File -FilePath (Join-Path $Settings 'registry.txt') -Append -Encoding UTF8
    }
}
Invoke-Step 'configuration of Sysmon' {
    $Services = @(Get-CimInstance Win32_Service | Where-Object { $_.PathName -match '(?i)\\sysmon[^\\]*\.exe' })
    foreach ($Service in $Services) {
        $ErrorActionPreference = 'Continue'
        & $Service.PathName.Trim('"') -nologo -c 2>&1 | ForEach-Object { "$_" -replace "`0" } |
            Out-File -FilePath (Join-Path $Settings 'sysmon_configuration.txt') -Encoding UTF8
    }
}
Invoke-Step 'hosts file' {
    Copy-Item -LiteralPath (Join-Path $System32 'drivers\etc\hosts') -Destination (Join-Path $Settings 'hosts')
}
Invoke-Step 'volumes' {
    Invoke-Program 'fltmc.exe' @('volumes') | Out-File -FilePath (Join-Path $Settings 'volumes.txt') -Encoding UTF8
}

if (-not $WithoutHives) {
    $Hives = Initialize-Folder 'hives'
    foreach ($Hive in 'SYSTEM', 'SOFTWARE', 'SECURITY') {
        Invoke-Step "hive $Hive" {
            [void] (Invoke-Program 'reg.exe' @('save', "HKLM\$Hive", (Join-Path $Hives $Hive), '/y'))
        }
    }
    Invoke-Step 'SRUM' {
        $Database = Join-Path $System32 'sru\SRUDB.dat'
        [void] (Invoke-Program 'esentutl.exe' @('/y', $Database, '/vss', '/d', (Join-Path $Hives 'SRUDB.dat')))
    }
    $Missing = @(
        foreach ($File in 'config\SYSTEM', 'config\SOFTWARE', 'config\SECURITY', 'sru\SRUDB.dat') {
            if (-not (Test-Path -LiteralPath (Join-Path $Hives (Split-Path -Path $File -Leaf)))) {
                Join-Path $System32 $File
            }
        }
    )
    if ($Missing -and $Elevated) {
        Invoke-Step 'what is missing of these, through a shadow copy of our own' {
            Copy-FromShadow $Missing $Hives
        }
    }
}

Invoke-Step 'about this collection' {
    $Told = [ordered] @{
        name = $HostName
        collected = $Began.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $Invariant)
        time_zone = [TimeZoneInfo]::Local.Id
        powershell = $PSVersionTable.PSVersion.ToString()
    }
    foreach ($Program in 'wevtutil.exe', 'auditpol.exe', 'netsh.exe', 'reg.exe', 'fltmc.exe', 'esentutl.exe') {
        $File = Join-Path $System32 $Program
        if (Test-Path -LiteralPath $File) { $Told[$Program] = (Get-Item -LiteralPath $File).VersionInfo.FileVersion }
    }
    $Rows = foreach ($Property in $Told.Keys) {
        [pscustomobject] @{ Collector = 'trackway'; Property = $Property; Value = $Told[$Property] }
    }
    Export-Seen 'collection.json' $Rows
}

Invoke-Step 'hashes' {
    $Hashes = Get-ChildItem -LiteralPath $Folder -Recurse -File | Where-Object { $_.FullName -ne $Log } |
        Sort-Object -Property FullName | Get-FileHash -Algorithm SHA256
    $Hashes | ForEach-Object { '{0}  {1}' -f $_.Hash.ToLower(), $_.Path.Substring($Folder.Length + 1) } |
        Out-File -FilePath (Join-Path $Folder 'sha256.txt') -Encoding UTF8
}

# file by file, so that no file need fit into memory, and with the separators that every reader of zips knows
Add-Type -AssemblyName 'System.IO.Compression', 'System.IO.Compression.FileSystem'
$Archive = [IO.Compression.ZipFile]::Open($Zip, [IO.Compression.ZipArchiveMode]::Create)
try {
    foreach ($File in @(Get-ChildItem -LiteralPath $Folder -Recurse -File | Sort-Object -Property FullName)) {
        $Entry = $File.FullName.Substring($Folder.Length + 1) -replace '\\', '/'
        [void] [IO.Compression.ZipFileExtensions]::CreateEntryFromFile($Archive, $File.FullName, $Entry)
    }
} catch {
    Write-Warning "the zip could not be written; what was gathered stays in $Folder"
    throw
} finally {
    $Archive.Dispose()
}
Remove-Item -LiteralPath $Folder -Recurse
Get-FileHash -LiteralPath $Zip -Algorithm SHA256
