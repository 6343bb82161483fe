<#
.SYNOPSIS
    An experiment: how many neurons should a mask take, which languages share some, and what does each language's mask do to every other?
.DESCRIPTION
    Counts activations once, then takes several shares of all neurons (-TopRate). For each it shows how many neurons each language has, and
    how the masks do: the change of held-out negative log-likelihood in nats a token, on the text of the language that is off, on that of the
    others, and with as many random neurons off, which a mask has to beat. For the last share it shows which languages have neurons in
    common and the whole matrix. All that was measured goes to experiment.csv, a row for each share, mask and text.
.EXAMPLE
    ./examples/experiment.ps1 -TopRate 0.01, 0.02, 0.05, 0.1 -Random 10
.EXAMPLE
    dotnet run --project src/LapeOps.Host -- examples/experiment.ps1 -TopRate 0.01,0.1 -Model ~/models/gemma-3-270m -Corpus ~/corpora -Context 512
    Another model and two shares.
#>
[CmdletBinding()]
param(
    [string] $Model = "$PSScriptRoot/demo",
    [string] $Corpus = "$PSScriptRoot/demo/texts",
    # Shares of all neurons; commas separate them where a shell has no lists.
    [string[]] $TopRate = ('0.01', '0.05'),
    # Random masks to compare each mask with.
    [int] $Random = 3,
    [int] $Context = 128,
    [long] $MaxTokens = 99999744,
    [string] $OutPath = "$PSScriptRoot/out"
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../module/LapeOps"
$OutPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutPath)
$name = (Get-LapeModel $Model).Name
$statistics = Measure-LapeActivation $Model $Corpus -Context $Context -MaxTokens $MaxTokens -OutPath "$OutPath/$name.$Context.safetensors"
$languages = $statistics.Languages
$average = { $args[0].Count -gt 0 ? [Linq.Enumerable]::Average([double[]] $args[0]) : [double]::NaN }
$header = -join ($languages | ForEach-Object { '{0,9}' -f $_ })
$csv = [Collections.Generic.List[string]] 'TopRate,Mask,Language,Nll,NllChange,ValuesChanged'

'Neurons of each language, and the change of NLL (nats a token) that their masks make'
'{0,8}{1,9}{2}{3,9}{4,9}{5,9}' -f 'TopRate', 'neurons', $header, 'own text', 'others', 'random'
foreach ($rate in [double[]] ($TopRate -split ',')) {
    $neurons = Get-LapeNeurons -Statistics $statistics -Model $Model -TopRate $rate
    $owners = @($languages | Where-Object { $_ -in $neurons.Languages })
    $masks = foreach ($language in $owners) { $neurons | Set-LapeMask -Language $language }
    $measured = @($masks | Measure-LapePerplexity -Statistics $statistics -Corpus $Corpus)
    $measured += foreach ($language in $owners) {
        # Controls are needed on the text of the language that they stand beside.
        $neurons | Set-LapeMask -Language $language -Random $Random | Measure-LapePerplexity -Statistics $statistics -Corpus $Corpus -Language $language
    }
    $changes = foreach ($result in $measured | Where-Object Mask -ne 'none') {
        $csv.Add("$rate,$($result.Mask),$($result.Language),$($result.Nll),$($result.NllChange),$($result.ValuesChanged)")
        [pscustomobject]@{ Off = $result.Mask; Text = $result.Language; Random = $result.Mask -notin $owners; Change = $result.NllChange }
    }
    $masked = $changes | Where-Object Random -eq $false
    $counts = foreach ($language in $languages) { '{0,9}' -f @($neurons | Where-Object { $language -in $_.Languages }).Count }
    '{0,8}{1,9}{2}{3,9:+0.0000;-0.0000}{4,9:+0.0000;-0.0000}{5,9:+0.0000;-0.0000}' -f $rate, $neurons.Count, (-join $counts),
        (& $average ($masked | Where-Object { $_.Off -eq $_.Text }).Change), (& $average ($masked | Where-Object { $_.Off -ne $_.Text }).Change),
        (& $average ($changes | Where-Object Random).Change)
}

"`nTopRate ${rate}: neurons that languages have in common (with itself: all that it has)"
'{0,8}{1}' -f '', $header
foreach ($one in $languages) {
    $shared = foreach ($other in $languages) { '{0,9}' -f @($neurons | Where-Object { $one -in $_.Languages -and $other -in $_.Languages }).Count }
    '{0,8}{1}' -f $one, (-join $shared)
}

"`nTopRate ${rate}: change of NLL on each text (columns) with a language off (rows); random: the mean of $Random masks for the text's language"
'{0,8}{1}' -f 'off', $header
foreach ($off in $owners + 'random') {
    $row = foreach ($text in $languages) {
        $cell = $changes | Where-Object { $_.Text -eq $text -and ($off -eq 'random' ? $_.Random : ($_.Off -eq $off -and -not $_.Random)) }
        $cell ? ('{0,9:+0.0000;-0.0000}' -f (& $average $cell.Change)) : '{0,9}' -f '-'
    }
    '{0,8}{1}' -f $off, (-join $row)
}

[IO.File]::WriteAllLines("$OutPath/experiment.csv", $csv)
"`nWritten: $OutPath/experiment.csv"
