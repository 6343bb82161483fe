<#
.SYNOPSIS
    A whole evaluation, to be run by a person or by a scheduler: where a model's language-specific neurons are, what switching them off does
    to every language, whether driving them changes the language of answers, how far to trust all that, and one page that shows it.
.DESCRIPTION
    Writes to -OutPath: statistics, mask (mask.json), results (matrix.json, steering.json), report/ with report.html, report.json and a CSV of
    every table, evaluation.json with figures and verdict, and evaluation.log. Each step that has its file goes on from there, so a run that
    was killed is started again with the same command; to evaluate something else, take another folder.

    Exit code: 0  the thresholds hold
               1  one does not; PowerShell itself gives 1 for a parameter that the script does not have or cannot read
               2  an error, or another run in the same folder; the reason is on the error stream and in the log
.EXAMPLE
    ./examples/evaluation.ps1
    The demo model, a minute or two.
.EXAMPLE
    dotnet run --project src/LapeOps.Host -- examples/evaluation.ps1 -Model ~/models/gemma-3-270m -Corpus ~/corpora -Context 512 -Question ~/questions.txt -OutPath ~/evaluation -MinimumDiagonal 6 -MinimumSteering 0.1
    A model of one's own, with thresholds.
.EXAMPLE
    0 3 * * 6 cd /opt/lapeops && dotnet LapeOps.Host.dll examples/evaluation.ps1 -OutPath /srv/lapeops/$(date +\%F) || mail -s LapeOps me < /srv/lapeops/$(date +\%F)/evaluation.log
    A line of crontab.
#>
[CmdletBinding()]
param(
    [string] $Model = "$PSScriptRoot/demo",
    [string] $Corpus = "$PSScriptRoot/demo/texts",
    [ValidateNotNullOrEmpty()]
    [string] $OutPath = "$PSScriptRoot/out/evaluation-demo",
    # How many languages' masks have to hurt their own text more than any other text, and more than every random mask hurts it.
    [int] $MinimumDiagonal = 1,
    # The share of joint successes that the paper's steering has to reach, over all target languages.
    [double] $MinimumSteering = 0,
    # Questions in the source language, one a line.
    [string] $Question = "$PSScriptRoot/demo/questions.txt",
    [string] $Source = 'en',
    # Languages to steer to; none for all others.
    [string[]] $Target = @(),
    # Asks all questions and not ten.
    [switch] $Full,
    [int] $Context = 128,
    [double] $TopRate = 0.01,
    [ValidateSet('Shared', 'PerLanguage', 'Activity')]
    [string] $Controls = 'Shared',
    # Low takes 0.2 GB of memory in place of 2.3, and mistakes short answers more often.
    [ValidateSet('High', 'Low')]
    [string] $Detector = 'High'
)
$ErrorActionPreference = 'Stop'
$alone = $null
$log = {
    $line = "$([DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)) $args"
    [IO.File]::AppendAllText("$OutPath/evaluation.log", "$line`n")
    $line
}
try {
    $OutPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutPath)
    if ([IO.File]::Exists($OutPath)) { throw "$OutPath is a file. Give a folder." }
    $null = [IO.Directory]::CreateDirectory($OutPath)
    # Held until the end of the run; the system frees it when a run is killed.
    try { $alone = [IO.File]::Open("$OutPath/evaluation.lock", 'OpenOrCreate', 'ReadWrite', 'None') }
    catch { throw "$OutPath/evaluation.lock is held by another evaluation, or cannot be written: $($_.Exception.InnerException.Message)" }

    Import-Module "$PSScriptRoot/../module/LapeOps"
    $plain = Open-LapeModel $Model
    & $log "evaluates $($plain.Name) ($($plain.Device), $($plain.DType))"
    $statistics = Measure-LapeActivation $plain $Corpus -Context $Context -OutPath "$OutPath/statistics.safetensors"
    # What is wrong with steering is said before the other measures take their time.
    $Target = @($Target -split ',' | Where-Object { $_ })
    $unknown = @(@($Source) + $Target | Where-Object { $_ -notin $statistics.Languages })
    if ($unknown) { throw "$($unknown -join ', ') is no language of the texts. They have: $($statistics.Languages -join ', ')." }
    if (-not [IO.File]::Exists($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Question))) { throw "$Question, the file of questions, is not there." }
    $neurons = Get-LapeNeurons -Statistics $statistics -Model $plain -TopRate $TopRate
    $null = $neurons | Export-LapeMask "$OutPath/mask.json"
    & $log "found $($neurons.Count) neurons of $($statistics.Languages.Count) languages"
    $stability = Measure-LapeStability $statistics -TopRate $TopRate
    $overlap = Compare-LapeMask $neurons $neurons
    $matrix = $neurons | Measure-LapePerplexity -Corpus $Corpus -Controls $Controls -OutPath "$OutPath/matrix.json"
    & $log "measured $($matrix.Rows.Count) masks on $($matrix.Texts.Count) texts"
    $targets = $Target ? $Target : @($statistics.Languages | Where-Object { $_ -ne $Source -and $_ -in $neurons.Languages })
    $steering = $neurons | Measure-LapeSteering -Corpus $Corpus -Question $Question -Source $Source -Target $targets -Full:$Full -Detector $Detector -OutPath "$OutPath/steering.json"
    & $log "judged $($steering.Answers.Count) answers"
    $summary = @($neurons) + $stability + $overlap + $matrix + $steering | Export-LapeReport "$OutPath/report" -Title "Evaluation of $($plain.Name)" -PassThru

    $diagonal = @($matrix.DiagonalLargestInRow | Where-Object { $_ -in $matrix.DiagonalAboveControls })
    $paper = @($steering.Rows | Where-Object Method -eq 'paper')
    $successes = [Linq.Enumerable]::Sum([int[]] ($paper | ForEach-Object { $_.Joint.Count })), [Linq.Enumerable]::Sum([int[]] ($paper | ForEach-Object { $_.Joint.Of }))
    $steered = $successes[1] ? $successes[0] / $successes[1] : 0
    $passed = $diagonal.Count -ge $MinimumDiagonal -and $steered -ge $MinimumSteering

    $figures = [Collections.Generic.Dictionary[string, object]]::new()
    $figures['model'] = $plain.Name
    $figures['fingerprint'] = $plain.Fingerprint
    $figures['version'] = "$((Get-Module LapeOps).Version)"
    $figures['neurons'] = $neurons.Count
    $figures['diagonal'] = [string[]] $diagonal
    $figures['significant'] = [string[]] @($matrix.Significant)
    $figures['minimumDiagonal'] = $MinimumDiagonal
    $figures['steering'] = $steered
    $figures['minimumSteering'] = $MinimumSteering
    $figures['passed'] = $passed
    $pretty = [Text.Json.JsonSerializerOptions]::new()
    $pretty.WriteIndented = $true
    [IO.File]::WriteAllText("$OutPath/evaluation.json.new", [Text.Json.JsonSerializer]::Serialize($figures, $pretty) + "`n")
    [IO.File]::Move("$OutPath/evaluation.json.new", "$OutPath/evaluation.json", $true)

    $summary.ToText(100, $true)
    "`nChange of NLL (nats a token) on each text (columns) with a language off (rows)"
    $matrix.ToTable(120)
    "`nAnswers to questions in ${Source}: share with 95 % interval; detector: its accuracy on native text of that length"
    '{0,-10}{1,-8}{2,8} {3,16}{4,16}{5,16}{6,16}{7,16}' -f 'Method', 'Target', 'Alpha', 'OnTarget', 'OnSource', 'Degenerate', 'Joint', 'Detector'
    foreach ($row in $steering.Rows) {
        '{0,-10}{1,-8}{2,8} {3,16}{4,16}{5,16}{6,16}{7,16}' -f $row.Method, $row.Target, $row.Strength, $row.OnTarget, $row.OnSource, $row.Degenerate, $row.Joint, $row.Detectable
    }
    "`n$OutPath/report/report.html"
    & $log ("$($passed ? 'passed' : 'FAILED'): $($diagonal.Count) languages on the diagonal ($($diagonal -join ', ')) against $MinimumDiagonal, " +
        "$($successes[0]) of $($successes[1]) answers steered against a share of $MinimumSteering")
    exit $passed ? 0 : 1
}
catch {
    $Host.UI.WriteErrorLine("$PSCommandPath : error: $_")
    if ($alone) { $null = & $log "error: $_" }
    exit 2
}
finally {
    if ($alone) { $alone.Dispose() }
}
