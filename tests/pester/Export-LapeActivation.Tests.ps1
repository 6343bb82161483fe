BeforeAll {
    . "$PSScriptRoot/Demo.ps1"
}

Describe 'Export-LapeActivation' {
    It 'writes a file a language into a folder' {
        $files = Export-LapeActivation "$TestDrive/counts" $statistics -PassThru
        $files.Name | Should -Be 'activation.en.train.demo.pth', 'activation.fr.train.demo.pth', 'activation.zh.train.demo.pth'
    }

    It 'writes the names of NJUNLP' {
        (Export-LapeActivation "$TestDrive/nju" $statistics -Format NjuNlp -PassThru).Name | Should -Contain 'activation.zh.demo.pt'
    }

    It 'writes statistics in memory as a file' {
        Measure-LapeActivation $demo $corpus -Context 64 -MaxTokens 3000 | Export-LapeActivation "$TestDrive/copy.safetensors"
        (Get-FileHash "$TestDrive/copy.safetensors").Hash | Should -Be (Get-FileHash $statistics).Hash
    }

    It 'writes nothing with -WhatIf' {
        Export-LapeActivation "$TestDrive/none" $statistics -WhatIf
        "$TestDrive/none" | Should -Not -Exist
    }
}
