BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Export-LapeMask' {
    It 'writes <_>, the same bytes each time' -ForEach 'm.neuron.pth', 'm.json', 'm.csv' {
        $null = New-Item -ItemType Directory "$TestDrive/a", "$TestDrive/b" -Force
        $file = Get-LapeNeurons $statistics | Export-LapeMask "$TestDrive/a/$_" -PassThru
        $file | Should -BeOfType [IO.FileInfo]
        Get-LapeNeurons $statistics | Export-LapeMask "$TestDrive/b/$_"
        (Get-FileHash "$TestDrive/b/$_").Hash | Should -Be (Get-FileHash $file).Hash
    }

    It 'writes a CSV that Import-Csv reads' {
        Get-LapeNeurons $statistics | Export-LapeMask "$TestDrive/m.csv"
        (Import-Csv "$TestDrive/m.csv" | Set-LapeMask -Model $demo -Language zh).Neurons |
            Should -Be (Get-LapeNeurons $statistics | Set-LapeMask -Model $demo -Language zh).Neurons
    }

    It 'writes nothing with -WhatIf or without a neuron' {
        Get-LapeNeurons $statistics | Export-LapeMask "$TestDrive/none.json" -WhatIf
        { Get-LapeNeurons $statistics | Where-Object Layer -gt 99 | Export-LapeMask "$TestDrive/none.json" } | Should -Throw -ErrorId 'MaskEmpty,*'
        Test-Path "$TestDrive/none*" | Should -BeFalse
    }

    It 'refuses a format that it does not know' {
        { Get-LapeNeurons $statistics | Export-LapeMask "$TestDrive/m.txt" } | Should -Throw -ErrorId 'MaskFormatUnknown,*'
    }
}
