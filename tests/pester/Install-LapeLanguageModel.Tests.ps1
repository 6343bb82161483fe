BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Install-LapeLanguageModel' {
    It 'does nothing where the models are there, and says what is' {
        $models = Install-LapeLanguageModel
        $models.Path | Should -Exist
        $models.Bytes | Should -BeGreaterThan 70e6
    }

    It 'names the package that a folder lacks' {
        { Install-LapeLanguageModel -Source $TestDrive -Force -ErrorAction Stop } | Should -Throw -ErrorId 'PackageNotFound,*'
    }
}
