BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Measure-LapeStability' {
    It 'tells how far to trust every language' {
        $stability = Measure-LapeStability $statistics
        $stability.Languages.Language | Should -Be 'en', 'fr', 'zh', 'any'
        $stability | Out-String | Should -Match 'SplitHalf'
    }

    It 'makes a curve that survives CSV' {
        $curve = (Measure-LapeStability $statistics -TopRate 0.05).Curve
        $curve | Export-Csv "$TestDrive/c.csv"
        (Import-Csv "$TestDrive/c.csv").Jaccard | Should -Be $curve.Jaccard
    }
}
