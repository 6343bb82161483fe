BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Measure-LapeAblation' {
    It 'has a row for each step' {
        $rows = Measure-LapeAblation $demo $statistics $corpus -Language zh -Study Rate -Rate 0.001, 0.05
        $rows.Step | Should -Be 0.001, 0.05
        $rows[1].OwnChange | Should -BeGreaterThan $rows[0].OwnChange
        $rows | Out-String | Should -Match 'OthersChange'
    }

    It 'refuses a rate that is no share' {
        { Measure-LapeAblation $demo $statistics $corpus -Study Rate -Rate 5 } | Should -Throw -ErrorId 'RateOutOfRange,*'
    }
}
