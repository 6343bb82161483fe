BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Export-LapeModel' {
    It 'writes a model whose weights are those of the mask' {
        $masked = Get-LapeNeurons $statistics | Set-LapeMask -Model $demo -Language zh
        $masked | Export-LapeModel "$TestDrive/baked" -PassThru | Should -BeOfType [IO.DirectoryInfo]
        (Get-ChildItem "$TestDrive/baked").Name | Should -Be (Get-ChildItem $demo).Name
        (Get-FileHash "$TestDrive/baked/config.json").Hash | Should -Be (Get-FileHash "$demo/config.json").Hash
        ($masked | Invoke-LapeGenerate -Prompt 'The' -MaxTokens 8).Text | Should -Be (Invoke-LapeGenerate -Prompt 'The' -Model "$TestDrive/baked" -MaxTokens 8).Text
    }

    It 'takes neurons and the path of a model' {
        Get-LapeNeurons $statistics | Export-LapeModel "$TestDrive/all" -Model $demo
        (Get-FileHash "$TestDrive/all/model.safetensors").Hash | Should -Not -Be (Get-FileHash "$demo/model.safetensors").Hash
    }

    It 'writes nothing with -WhatIf and replaces nothing without -Force' {
        $masked = Get-LapeNeurons $statistics | Set-LapeMask -Model $demo
        $masked | Export-LapeModel "$TestDrive/none" -WhatIf
        Test-Path "$TestDrive/none" | Should -BeFalse
        $masked | Export-LapeModel "$TestDrive/once"
        { $masked | Export-LapeModel "$TestDrive/once" } | Should -Throw -ErrorId 'OutputExists,*'
        $masked | Export-LapeModel "$TestDrive/once" -Force
    }
}
