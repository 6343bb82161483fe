BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Clear-LapeMask' {
    It 'gives the unmasked view' {
        $masked = Get-LapeNeurons $statistics | Set-LapeMask -Model $demo
        (Clear-LapeMask $masked).Mask | Should -Be 'none'
        $masked.Mask | Should -Be 'mask'
    }

    It 'works by pipeline, beside the masked view in one batch' {
        $masked = Get-LapeNeurons $statistics | Set-LapeMask -Model $demo
        $answers = $masked, ($masked | Clear-LapeMask) | Invoke-LapeGenerate -Prompt '文件' -MaxTokens 4
        $answers.Mask | Should -Be 'mask', 'none'
        $answers[0].ValuesChanged | Should -BeGreaterThan 0
        $answers[1].ValuesChanged | Should -BeNullOrEmpty
    }
}
