<#
.SYNOPSIS
    A step of a build: from a model and texts to masks, in every format, with what they were made of.
.DESCRIPTION
    Counts activations, finds each language's neurons and writes NAME.statistics.safetensors and the mask as NAME.neuron.pth (the format of
    the paper's code), NAME.mask.safetensors, NAME.json and NAME.csv. JSON and safetensors keep hashes of model and texts, rates and versions.

    It asks nothing. Masks are replaced only where their bytes change, and those that were are printed: nothing is when all are up to date.
    Only languages whose texts changed are counted again, all of them where the model or the context did, and none for another rate. A run
    that was killed goes on from where it was.

    Exit code: 0 when the masks are up to date; 1 when they could not be made, with the reason on the error stream in the form that build
    servers know: SCRIPT : error ID: what is wrong and what to do. Masks of an earlier run are then as they were.
.EXAMPLE
    ./examples/build-masks.ps1 -Model ~/models/gemma-3-270m -Corpus ~/corpora -Context 512 -OutPath ./masks
.EXAMPLE
    dotnet run --project src/LapeOps.Host -- examples/build-masks.ps1 -Language zh,ja -TopRate 0.02
    The neurons of two languages, found among all.
#>
[CmdletBinding()]
param(
    [string] $Model = "$PSScriptRoot/demo",
    [string] $Corpus = "$PSScriptRoot/demo/texts",
    # Masks hold the neurons of these languages only, found by comparison with all; commas separate them where a shell has no lists.
    [string[]] $Language = @(),
    [string] $OutPath = "$PSScriptRoot/out/masks",
    # What the files are called; by default as the model's folder.
    [string] $Name,
    [int] $Context = 128,
    [long] $MaxTokens = 99999744,
    [double] $TopRate = 0.01,
    [double] $FilterRate = 0.95,
    [double] $OwnerRate = 0.95
)
$ErrorActionPreference = 'Stop'
try {
    Import-Module "$PSScriptRoot/../module/LapeOps"
    if (-not $Name) { $Name = (Get-LapeModel $Model).Name }
    $OutPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutPath)
    $counting = @{
        Model = $Model; Corpus = $Corpus; Context = $Context; MaxTokens = $MaxTokens; OutPath = "$OutPath/$Name.statistics.safetensors"
    }
    try {
        $statistics = Measure-LapeActivation @counting
    }
    catch {
        # The file is of another model or context, or has a language that the texts no longer have.
        if ($_.FullyQualifiedErrorId -notlike 'OutputExists,*') { throw }
        $statistics = Measure-LapeActivation @counting -Force
    }

    # Masks are made aside, so that a build that fails leaves those of the last one.
    $aside = "$OutPath/.new"
    $neurons = Get-LapeNeurons -Statistics $statistics -Language ($Language -split ',') -TopRate $TopRate -FilterRate $FilterRate -OwnerRate $OwnerRate
    $masks = "$Name.neuron.pth", "$Name.mask.safetensors", "$Name.json", "$Name.csv"
    foreach ($mask in $masks) { $neurons | Export-LapeMask "$aside/$mask" }
    foreach ($mask in $masks) {
        $new = [IO.File]::ReadAllBytes("$aside/$mask")
        $old = [IO.File]::Exists("$OutPath/$mask") ? [IO.File]::ReadAllBytes("$OutPath/$mask") : @()
        if (-not [Linq.Enumerable]::SequenceEqual([byte[]] $new, [byte[]] $old)) {
            [IO.File]::Move("$aside/$mask", "$OutPath/$mask", $true)
            "$OutPath/$mask"
        }
    }
    [IO.Directory]::Delete($aside, $true)
}
catch {
    $Host.UI.WriteErrorLine("$PSCommandPath : error $(($_.FullyQualifiedErrorId -split ',')[0]): $_")
    exit 1
}
