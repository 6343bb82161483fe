@{
    # The build puts its version in.
    ModuleVersion        = '@Version@'
    # The loader comes first, so that the cmdlets find the engine in its own load context.
    NestedModules        = @('LapeOps.Loader.dll')
    RootModule           = 'LapeOps.PowerShell.dll'
    GUID                 = '6f0d1f6e-6a0f-4d3b-9c58-0f7a9d0c7a11'
    Author               = 'LapeOps contributors'
    Copyright            = '(c) LapeOps contributors. Apache-2.0.'
    Description          = 'Finds the language-specific neurons of a language model (LAPE), switches them off and measures what that does.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = 'Core'
    FormatsToProcess     = 'LapeOps.format.ps1xml'
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Get-LapeDevice', 'Get-LapeModel', 'Open-LapeModel', 'Close-LapeModel', 'Measure-LapeActivation', 'Merge-LapeActivation'
        'Import-LapeActivation', 'Export-LapeActivation', 'Get-LapeNeurons', 'Set-LapeMask', 'Clear-LapeMask'
        'Import-LapeMask', 'Export-LapeMask', 'Compare-LapeMask', 'Invoke-LapeGenerate', 'Measure-LapePerplexity', 'Measure-LapeAblation'
        'Measure-LapeSteering', 'Measure-LapeStability', 'Export-LapeModel', 'Export-LapeReport', 'Install-LapeRuntime'
        'Install-LapeLanguageModel'
    )
    VariablesToExport    = @()
    AliasesToExport      = @('Get-LapeNeuron')
    PrivateData          = @{
        PSData = @{
            Tags       = @('LLM', 'interpretability', 'LAPE', 'multilingual', 'TorchSharp')
            Prerelease = '@Prerelease@'
        }
    }
}
