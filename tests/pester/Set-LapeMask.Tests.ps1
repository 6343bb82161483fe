BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Set-LapeMask' {
    It 'gives a view and leaves the model as it is' {
        $model = Open-LapeModel $demo
        $before = Invoke-LapeGenerate $model '文件' -MaxTokens 8
        $masked = Get-LapeNeurons $statistics -Model $model | Set-LapeMask -Language zh
        $masked.Mask | Should -Be 'zh'
        $masked.Neurons | Should -Be ($masked.NeuronsPerLayer | Measure-Object -Sum).Sum
        (Invoke-LapeGenerate $masked '文件' -MaxTokens 8).ValuesChanged | Should -BeGreaterThan 0
        (Invoke-LapeGenerate $model '文件' -MaxTokens 8).Text | Should -BeExactly $before.Text
    }

    It 'takes rows of a CSV' {
        Get-LapeNeurons $statistics | Export-Csv "$TestDrive/n.csv"
        $masked = Import-Csv "$TestDrive/n.csv" | Set-LapeMask -Model $demo -Language zh
        $masked.Neurons | Should -Be (Get-LapeNeurons $statistics | Set-LapeMask -Model $demo -Language zh).Neurons
    }

    It 'takes neurons that were kept as CLIXML' {
        Get-LapeNeurons $statistics | Export-Clixml "$TestDrive/n.xml"
        $masked = Import-Clixml "$TestDrive/n.xml" | Set-LapeMask -Model $demo -Language zh, fr
        $masked.Neurons | Should -Be (Get-LapeNeurons $statistics | Set-LapeMask -Model $demo -Language zh, fr).Neurons
    }

    It 'takes what Select-Object and Sort-Object leave' {
        (Get-LapeNeurons $statistics -Model $demo | Sort-Object Score | Select-Object -First 5 | Set-LapeMask).Neurons | Should -Be 5
        (Get-LapeNeurons $statistics | Select-Object Layer, Neuron -First 3 | Set-LapeMask -Model $demo).Neurons | Should -Be 3
    }

    It 'draws controls of the same size' {
        $neurons = Get-LapeNeurons $statistics -Model $demo
        $masked = $neurons | Set-LapeMask -Language zh
        $controls = $neurons | Set-LapeMask -Language zh -Random 3
        $controls.Count | Should -Be 3
        foreach ($control in $controls) { "$($control.NeuronsPerLayer)" | Should -Be "$($masked.NeuronsPerLayer)" }
    }

    It 'is an error without a neuron' {
        { Get-LapeNeurons $statistics | Where-Object Layer -gt 99 | Set-LapeMask -Model $demo } | Should -Throw -ErrorId 'MaskEmpty,*'
        { Get-LapeNeurons $statistics | Where-Object Layer -gt 99 | Set-LapeMask } | Should -Throw -ErrorId 'ModelMissing,*'
    }

    It 'makes nothing with -WhatIf' { Get-LapeNeurons $statistics | Set-LapeMask -Model $demo -WhatIf | Should -BeNullOrEmpty }

    It 'shows a table' { Get-LapeNeurons $statistics | Set-LapeMask -Model $demo | Out-String | Should -Match 'demo\s+mask' }
}
