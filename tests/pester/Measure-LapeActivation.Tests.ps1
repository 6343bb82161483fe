BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Measure-LapeActivation' {
    It 'writes statistics that read as what it returned' {
        $out = "$TestDrive/s.safetensors"
        $measured = Measure-LapeActivation -Model $demo -Corpus $corpus -Context 64 -MaxTokens 2000 -OutPath $out
        $measured.Languages | Should -Be 'en', 'fr', 'zh'
        $measured.Complete | Should -BeTrue
        Test-Path $out | Should -BeTrue
        Compare-Object (Get-LapeNeurons $measured) (Get-LapeNeurons $out) -Property Layer, Neuron | Should -BeNullOrEmpty
    }

    It 'gives the same bytes each time, and takes over what is there' {
        $out = "$TestDrive/again.safetensors"
        Measure-LapeActivation $demo $corpus $out -Context 64 -MaxTokens 3000 | Out-Null
        (Get-FileHash $out).Hash | Should -Be (Get-FileHash $statistics).Hash
        (Measure-Command { Measure-LapeActivation $demo $corpus $out -Context 64 -MaxTokens 3000 }).TotalSeconds | Should -BeLessThan 20
        Measure-LapeActivation $demo $corpus $out -Context 64 -MaxTokens 3000 -Force | Out-Null
        (Get-FileHash $out).Hash | Should -Be (Get-FileHash $statistics).Hash
    }

    It 'names languages by a hashtable' {
        $plan = Measure-LapeActivation $demo @{ chinese = $corpus[2]; european = $corpus[0..1] } -Context 64 -WhatIf
        $plan.Language | Should -Be 'chinese', 'european'
    }

    It 'takes files from Get-ChildItem and wildcards' {
        $plan = Measure-LapeActivation $demo (Get-ChildItem $texts -Filter z*.txt) -Context 64 -WhatIf
        $plan.Language | Should -Be 'zh'
        (Measure-LapeActivation $demo "$texts/[ef]*.txt" -Context 64 -WhatIf).Language | Should -Be 'en', 'es', 'fr'
    }

    It 'writes nothing with -WhatIf' {
        $plan = Measure-LapeActivation $demo $texts "$TestDrive/whatif.safetensors" -Context 128 -WhatIf
        $plan.Count | Should -Be 7
        $plan | Format-Table | Out-String | Should -Match 'HeldOut'
        Test-Path "$TestDrive/whatif*" | Should -BeFalse
    }

    It 'says which text is missing' {
        { Measure-LapeActivation $demo ./nowhere.txt } | Should -Throw -ErrorId 'CorpusNotFound,*'
    }

    It 'shows a table' { Get-LapeNeurons $statistics | Format-Table | Out-String | Should -Match 'Languages' }
}
