<#
.SYNOPSIS
    A scheduled evaluation: does the mask of a language still do more to that language than random neurons do?
.DESCRIPTION
    Measures the held-out negative log-likelihood of every language without the mask, with it, and with as many random neurons off, several
    times. The margin, in nats a token, is the mask's change on the text of its language less the largest change of the random ones there.
    Each run that measured appends a row to evaluation.csv: time, versions, fingerprint of the model, hash of the mask, figures. Every run
    but one that finds another at work writes a line to evaluation.log. The table is replaced whole, so that a run that is killed leaves it as
    it was; a last row that something else left half-written is dropped with a warning.

    Exit code: 0  the margin reaches -Threshold
               1  the margin is below -Threshold
               2  nothing was measured: an error, or another run in the same folder; the reason is on the error stream and in the log

    Statistics (they know which rows were held out) and mask are by default what examples/build-masks.ps1 writes.
.EXAMPLE
    ./examples/build-masks.ps1; ./examples/nightly-evaluation.ps1 -Language zh -Threshold 0.01
.EXAMPLE
    0 3 * * * cd /opt/lapeops && dotnet LapeOps.Host.dll examples/nightly-evaluation.ps1 || mail -s LapeOps me < examples/out/evaluation/evaluation.log
    A line of crontab, where a published LapeOps.Host and this folder are in /opt/lapeops.
#>
[CmdletBinding()]
param(
    [string] $Model = "$PSScriptRoot/demo",
    [string] $Corpus = "$PSScriptRoot/demo/texts",
    [string] $Statistics = "$PSScriptRoot/out/masks/demo.statistics.safetensors",
    [string] $Mask = "$PSScriptRoot/out/masks/demo.json",
    # The language that the mask switches off.
    [string] $Language = 'zh',
    [double] $Threshold = 0.01,
    [int] $Random = 5,
    [string] $OutPath = "$PSScriptRoot/out/evaluation"
)
$ErrorActionPreference = 'Stop'
$columns = 'Time,LapeOps,Runtime,System,Model,Fingerprint,Mask,Language,Neurons,ValuesChanged,Nll,OwnChange,OthersChange,RandomMean,RandomMost,Margin,Threshold,Passed'
$time = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
$alone = $null
try {
    $OutPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutPath)
    $Mask = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Mask)
    $null = [IO.Directory]::CreateDirectory($OutPath)
    # Held until the end of the run; the system frees it when a run is killed.
    try { $alone = [IO.File]::Open("$OutPath/evaluation.lock", 'OpenOrCreate', 'ReadWrite', 'None') }
    catch { throw "$OutPath/evaluation.lock is held by another evaluation, or cannot be written: $($_.Exception.InnerException.Message)" }
    $table = "$OutPath/evaluation.csv"
    $rows = [IO.File]::Exists($table) ? [IO.File]::ReadAllText($table) : "$columns`n"
    if (-not $rows.StartsWith("$columns`n")) { throw "$table has other columns than this script writes. Move it away, and a new one is begun." }
    if (-not $rows.EndsWith("`n")) {
        Write-Warning "The last row of $table is half-written and is dropped."
        $rows = $rows.Substring(0, $rows.LastIndexOf("`n") + 1)
    }

    Import-Module "$PSScriptRoot/../module/LapeOps"
    $plain = Open-LapeModel $Model
    $neurons = Import-LapeMask -LiteralPath $Mask
    $masked = $neurons | Set-LapeMask -Model $plain -Language $Language
    $controls = $neurons | Set-LapeMask -Model $plain -Language $Language -Random $Random
    $measured = $masked | Measure-LapePerplexity -Statistics $Statistics -Corpus $Corpus
    $drawn = $controls | Measure-LapePerplexity -Statistics $Statistics -Corpus $Corpus -Language $Language | Where-Object Mask -ne 'none'

    $own = $measured | Where-Object { $_.Mask -eq $masked.Mask -and $_.Language -eq $Language }
    $others = [double[]] ($measured | Where-Object { $_.Mask -eq $masked.Mask -and $_.Language -ne $Language }).NllChange
    $byChance = [double[]] $drawn.NllChange
    $most = [Linq.Enumerable]::Max($byChance)
    $margin = $own.NllChange - $most
    $passed = $margin -ge $Threshold

    # Numbers in strings are written alike in every culture.
    $maskHash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([IO.File]::ReadAllBytes($Mask)))
    $runtime = "$((Get-LapeDevice | Where-Object Auto).Runtime) $($plain.Device) $($plain.DType)"
    $row = $time, (Get-Module LapeOps).Version, $runtime, [Runtime.InteropServices.RuntimeInformation]::OSDescription, $plain.Name, $plain.Fingerprint,
        $maskHash, $Language, $masked.Neurons, $own.ValuesChanged, ($own.Nll - $own.NllChange), $own.NllChange,
        [Linq.Enumerable]::Average($others), [Linq.Enumerable]::Average($byChance), $most, $margin, $Threshold, $passed
    $rows += ($row | ForEach-Object { "$_".Contains(',') ? "`"$_`"" : "$_" }) -join ','
    [IO.File]::WriteAllText("$table.new", "$rows`n")
    [IO.File]::Move("$table.new", $table, $true)

    $verdict = "$($passed ? 'passed' : 'FAILED'): $Language off changes the NLL of $Language by $([Math]::Round($own.NllChange, 4)), " +
        "$Random random masks by at most $([Math]::Round($most, 4)): a margin of $([Math]::Round($margin, 4)) against $Threshold"
    [IO.File]::AppendAllText("$OutPath/evaluation.log", "$time $verdict`n")
    $verdict
    exit $passed ? 0 : 1
}
catch {
    $Host.UI.WriteErrorLine("$PSCommandPath : error: $_")
    if ($alone) { [IO.File]::AppendAllText("$OutPath/evaluation.log", "$time not measured: $_`n") }
    exit 2
}
finally {
    if ($alone) { $alone.Dispose() }
}
