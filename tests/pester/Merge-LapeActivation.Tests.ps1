BeforeAll {
    . "$PSScriptRoot/Demo.ps1"
    $lines = Get-Content "$texts/zh.txt"
    $half = [int]($lines.Count / 2)
    foreach ($part in 1, 2) {
        New-Item "$TestDrive/$part" -ItemType Directory | Out-Null
        ($part -eq 1 ? $lines[0..($half - 1)] : $lines[$half..($lines.Count - 1)]) | Set-Content "$TestDrive/$part/zh.txt"
        Measure-LapeActivation $demo "$TestDrive/$part" -Context 64 -OutPath "$TestDrive/shard-$part.safetensors" | Out-Null
    }
}

Describe 'Merge-LapeActivation' {
    It 'adds shards up' {
        $merged = Merge-LapeActivation "$TestDrive/shard-*.safetensors" -OutPath "$TestDrive/all.safetensors"
        $merged.Languages | Should -Be 'zh'
        "$TestDrive/all.safetensors" | Should -Exist
    }

    It 'takes files and objects by pipeline' {
        $files = Get-ChildItem "$TestDrive/shard-*" | Merge-LapeActivation
        $objects = $files, (Measure-LapeActivation $demo "$texts/fr.txt" -Context 64) | Merge-LapeActivation
        $objects.Languages | Should -Be 'zh', 'fr'
    }

    It 'refuses the same texts twice' {
        { Merge-LapeActivation "$TestDrive/shard-1.safetensors", "$TestDrive/shard-1.safetensors" -ErrorAction Stop } | Should -Throw -ErrorId 'MergeRefused,*'
    }

    It 'writes nothing with -WhatIf' {
        Merge-LapeActivation "$TestDrive/shard-*.safetensors" -OutPath "$TestDrive/none.safetensors" -WhatIf
        "$TestDrive/none.safetensors" | Should -Not -Exist
    }
}
