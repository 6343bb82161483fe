BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Measure-LapeSteering' {
    It 'shows how often answers are in the target, with intervals' {
        $table = Get-LapeNeurons $statistics -Model $demo |
            Measure-LapeSteering $corpus 'The menu', 'How do I open a file?', 'The cell' -Target zh -Method None, Residual -MaxTokens 12 -Detector Low
        $table.Rows.Method | Should -Be 'none', 'residual'
        $table.Rows[0].OnTarget.Count | Should -Be 0
        $table.Rows[1].OnTarget.Count | Should -Be 2
        $table | Out-String | Should -Match 'residual zh .* 100 % \(34-100\)'
        $table.Answers | Out-String | Should -Match 'FirstHalf'
    }

    It 'refuses a target that is the source' {
        { Get-LapeNeurons $statistics -Model $demo | Measure-LapeSteering $corpus 'A', 'B' -Target en } | Should -Throw -ErrorId 'ParameterOutOfRange,*'
    }
}
