BeforeAll {
    . "$PSScriptRoot/Demo.ps1"
    $neurons = Get-LapeNeurons $statistics
    'm.neuron.pth', 'm.json', 'm.csv' | ForEach-Object { $neurons | Export-LapeMask "$TestDrive/$_" }
    $owned = $neurons | Where-Object { $_.Languages.Count }
}

Describe 'Import-LapeMask' {
    It 'reads <_>' -ForEach 'm.neuron.pth', 'm.json', 'm.csv' {
        $read = Import-LapeMask "$TestDrive/$_" -Language en, fr, zh
        $read.ForEach('ToString') | Should -Be $owned.ForEach('ToString')
    }

    It 'needs names for a .pth of three languages' {
        { Import-LapeMask "$TestDrive/m.neuron.pth" -ErrorAction Stop } | Should -Throw -ErrorId 'MaskLanguagesNeeded,*'
    }

    It 'takes files by pipeline and goes on after a bad one' {
        '{' | Set-Content "$TestDrive/bad.json"
        $read = Get-ChildItem $TestDrive -Filter *.json | Import-LapeMask -ErrorAction SilentlyContinue -ErrorVariable problems
        $read.Count | Should -Be $owned.Count
        $problems.FullyQualifiedErrorId | Should -BeLike 'MaskFileInvalid,*'
    }

    It 'takes brackets literally where it is told to' {
        Copy-Item "$TestDrive/m.json" "$TestDrive/m[1].json"
        (Import-LapeMask -LiteralPath "$TestDrive/m[1].json").Count | Should -Be $owned.Count
    }

    It 'feeds Set-LapeMask' {
        (Import-LapeMask "$TestDrive/m.csv" | Set-LapeMask -Model $demo -Language zh).Neurons |
            Should -Be ($neurons | Set-LapeMask -Model $demo -Language zh).Neurons
    }
}
