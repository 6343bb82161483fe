BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Compare-LapeMask' {
    It 'finds a selection in a larger one' {
        $agreement = Get-LapeNeurons $statistics -TopRate 0.02 | Compare-LapeMask (Get-LapeNeurons $statistics)
        $agreement.Languages.Language | Should -Be 'en', 'fr', 'zh', 'any'
        $agreement.Languages[-1].Overlap | Should -Be $agreement.Languages[-1].SizeA
        $agreement | Out-String | Should -Match 'Jaccard'
    }

    It 'makes a table that survives CSV' {
        $rows = (Compare-LapeMask (Get-LapeNeurons $statistics) (Get-LapeNeurons $statistics -TopRate 0.02)).Languages
        $rows | Export-Csv "$TestDrive/a.csv"
        (Import-Csv "$TestDrive/a.csv").Overlap | Should -Be $rows.Overlap
    }
}
