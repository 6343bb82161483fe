BeforeAll {
    . "$PSScriptRoot/Demo.ps1"
    Export-LapeActivation "$TestDrive/counts" $statistics
}

Describe 'Import-LapeActivation' {
    It 'reads files of counts and names languages by their names' {
        (Import-LapeActivation "$TestDrive/counts/*.pth").Languages | Should -Be 'en', 'fr', 'zh'
    }

    It 'takes files by pipeline and other names' {
        (Get-ChildItem "$TestDrive/counts" | Import-LapeActivation -Language a, b, c).Languages | Should -Be 'a', 'b', 'c'
    }

    It 'gives the same neurons' {
        (Import-LapeActivation "$TestDrive/counts/*" | Get-LapeNeurons).ForEach('ToString') | Should -Be (Get-LapeNeurons $statistics).ForEach('ToString')
    }

    It 'executes nothing and says what is wrong' {
        'no counts' | Set-Content "$TestDrive/bad.pth"
        { Import-LapeActivation "$TestDrive/bad.pth" -ErrorAction Stop } | Should -Throw -ErrorId 'TorchArchiveInvalid,*'
    }
}
