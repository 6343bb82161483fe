BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Measure-LapePerplexity' {
    It 'measures views against the unmodified model' {
        $neurons = Get-LapeNeurons $statistics -Model $demo
        $views = @($neurons | Set-LapeMask -Language zh) + ($neurons | Set-LapeMask -Language zh -Random 1)
        $results = $views | Measure-LapePerplexity -Statistics $statistics -Corpus $corpus
        ($results | Group-Object Mask).Name | Sort-Object | Should -Be 'none', 'random 1 (zh)', 'zh'
        $results.Count | Should -Be 9
        ($results | Where-Object Mask -eq none).NllChange | Should -Be 0, 0, 0
        ($results | Where-Object Mask -eq zh | Sort-Object NllChange -Descending)[0].Language | Should -Be 'zh'
    }

    It 'makes a table that survives CSV' {
        $results = Measure-LapePerplexity $demo $statistics $corpus -Language fr
        $results | Export-Csv "$TestDrive/p.csv"
        (Import-Csv "$TestDrive/p.csv").Nll | Should -Be $results.Nll
        $results | Out-String | Should -Match 'NllChange'
    }

    It 'makes one matrix of neurons, in the terminal and as a table' {
        $matrix = Get-LapeNeurons $statistics -Model $demo | Measure-LapePerplexity -Corpus $corpus
        $matrix | Out-String | Should -Match 'controls: spread'
        $matrix.Cells | Export-Csv "$TestDrive/m.csv"
        (Import-Csv "$TestDrive/m.csv").Count | Should -Be ($matrix.Rows.Count * $matrix.Texts.Count)
        ($matrix.Cells | Where-Object Off -eq zh | Sort-Object NllChange -Descending)[0].Text | Should -Be 'zh'
    }

    It 'refuses other text' {
        'Bonjour. ' * 3000 | Set-Content "$TestDrive/fr.txt"
        { Measure-LapePerplexity $demo $statistics "$TestDrive/fr.txt" } | Should -Throw -ErrorId 'CorpusChanged,*'
    }
}
