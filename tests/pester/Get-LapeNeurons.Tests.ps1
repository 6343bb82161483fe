BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Get-LapeNeurons' {
    It 'selects the share that TopRate says' {
        (Get-LapeNeurons $statistics).Count | Should -Be ([math]::Round(0.01 * 6 * 640))
        (Get-LapeNeurons $statistics -TopRate 0.05).Count | Should -Be ([math]::Round(0.05 * 6 * 640))
    }

    It 'takes a path, a file or an object' {
        $expected = (Get-LapeNeurons -Statistics $statistics).Count
        ($statistics | Get-LapeNeurons).Count | Should -Be $expected
        (Get-Item $statistics | Get-LapeNeurons).Count | Should -Be $expected
        (Get-LapeNeuron (Measure-LapeActivation $demo $corpus $statistics -Context 64 -MaxTokens 3000)).Count | Should -Be $expected
    }

    It 'counts by itself where it gets a model and texts' {
        $neurons = Get-LapeNeurons -Model $demo -Corpus $corpus -Context 64 -MaxTokens 3000
        Compare-Object $neurons (Get-LapeNeurons $statistics) -Property Layer, Neuron | Should -BeNullOrEmpty
    }

    It 'writes objects that can be grouped, sorted and kept' {
        $neurons = Get-LapeNeurons $statistics
        ($neurons | Group-Object Layer | Measure-Object Count -Sum).Sum | Should -Be $neurons.Count
        ($neurons | Sort-Object Score | Select-Object -First 1).Probability['zh'] | Should -BeOfType [float]
        $neurons | Export-Csv "$TestDrive/n.csv"
        (Import-Csv "$TestDrive/n.csv").Languages | Should -Be ($neurons | ForEach-Object { $_.Languages.ToString() })
        $neurons | Export-Clixml "$TestDrive/n.xml"
        (Import-Clixml "$TestDrive/n.xml").Neuron | Should -Be $neurons.Neuron
        $neurons | Select-Object Layer, Neuron | ConvertTo-Json | Should -Match '"Layer"'
    }

    It 'knows the languages' {
        Get-LapeNeurons $statistics -Language zh | ForEach-Object { $_.Languages | Should -Contain 'zh' }
        { Get-LapeNeurons $statistics -Language de -ErrorAction Stop } | Should -Throw -ExpectedMessage '*en, fr, zh*'
    }

    It 'ends early without harm' { (Get-LapeNeurons $statistics | Select-Object -First 2).Count | Should -Be 2 }
}
