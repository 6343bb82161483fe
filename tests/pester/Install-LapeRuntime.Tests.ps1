BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Install-LapeRuntime' {
    It 'does nothing where the runtime is there, and says what is' {
        $flavor = (Get-LapeDevice)[0].Runtime
        $runtime = Install-LapeRuntime -Flavor $flavor
        $runtime.Path | Should -Exist
        $runtime.Bytes | Should -BeGreaterThan 100MB
        "$($runtime.Flavor)" | Should -Be $flavor
    }

    It 'names the package that a folder lacks' {
        { Install-LapeRuntime -Source $TestDrive -Force -ErrorAction Stop } | Should -Throw -ErrorId 'PackageNotFound,*'
    }

    It 'takes one feed' {
        { Install-LapeRuntime -Source https://localhost/a.json, https://localhost/b.json -Force } | Should -Throw -ErrorId 'SourceInvalid,*'
    }
}
