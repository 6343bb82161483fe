<#
.SYNOPSIS
    The main job of LapeOps: on a demo model of seven languages, or on a model and texts of your own.
.DESCRIPTION
    Counts activations, finds each language's neurons, switches one language off, measures what that does to all seven, generates with and
    without the mask, and writes statistics and masks. It runs in LapeOps.Host and in PowerShell 7.6.
.EXAMPLE
    ./examples/quickstart.ps1 -Language ja
.EXAMPLE
    ./examples/quickstart.ps1 -Model ~/models/gemma-3-270m -Corpus ~/corpora -Context 512 -Language fr -Prompt 'Le chat'
#>
[CmdletBinding()]
param(
    [string] $Model = "$PSScriptRoot/demo",
    [string] $Corpus = "$PSScriptRoot/demo/texts",
    # The language to switch off.
    [string] $Language = 'zh',
    [string] $Prompt = '文件',
    [int] $Context = 128,
    [string] $OutPath = "$PSScriptRoot/out"
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../module/LapeOps"
$name = (Get-LapeModel $Model).Name

"1. Counting on $Corpus how often each neuron is active"
$statistics = Measure-LapeActivation -Model $Model -Corpus $Corpus -Context $Context -OutPath "$OutPath/$name.safetensors" -Force
$statistics | Out-Default

'2. Language-specific neurons, by layer'
$neurons = Get-LapeNeurons -Statistics $statistics -Model $Model
$languages = $statistics.Languages
'{0,8}{1}' -f 'layer', (-join ($languages | ForEach-Object { '{0,6}' -f $_ }))
foreach ($layer in 0..($statistics.Layers - 1)) {
    $counts = foreach ($owner in $languages) {
        '{0,6}' -f @($neurons | Where-Object { $_.Layer -eq $layer -and $owner -in $_.Languages }).Count
    }
    '{0,8}{1}' -f $layer, (-join $counts)
}

"`n3. Held-out negative log-likelihood (nats a token): $Language off, and as many random neurons off"
$masked = $neurons | Set-LapeMask -Language $Language
$random = $neurons | Set-LapeMask -Language $Language -Random 1 -Seed 1
$measured = $masked, $random | Measure-LapePerplexity -Statistics $statistics -Corpus $Corpus
'{0,10}{1,10}{2,10}{3,10}{4,12}{5,10}' -f 'language', 'before', "$Language off", 'change', 'random off', 'change'
foreach ($text in $languages) {
    $before, $off, $control = $measured | Where-Object Language -eq $text
    '{0,10}{1,10:F4}{2,10:F4}{3,10:+0.0000;-0.0000}{4,12:F4}{5,10:+0.0000;-0.0000}' -f $text, $before.Nll, $off.Nll, $off.NllChange, $control.Nll, $control.NllChange
}

"`n4. '$Prompt' answered without and with the mask"
(Clear-LapeMask $masked), $masked | Invoke-LapeGenerate -Prompt $Prompt -MaxTokens 40 -Stop "`n" |
    ForEach-Object { '{0,8}: {1}{2}' -f $_.Mask, $_.Prompt, $_ }

"`n5. Written"
$neurons | Export-LapeMask "$OutPath/$name.neuron.pth"
$neurons | Export-LapeMask "$OutPath/$name.csv"
"$OutPath/$name.safetensors", "$OutPath/$name.neuron.pth", "$OutPath/$name.csv"
