BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Open-LapeModel' {
    It 'opens a folder once' {
        $first = Open-LapeModel $demo
        $second = Get-Item $demo | Open-LapeModel
        $second.Fingerprint | Should -Be $first.Fingerprint
        Close-LapeModel $first
        $second.Closed | Should -BeTrue
        (Open-LapeModel $demo).Closed | Should -BeFalse
    }

    It 'opens for a device and a type' {
        $model = Open-LapeModel $demo -Device cpu -DType BFloat16
        $model.Device, $model.DType | Should -Be 'cpu', 'BFloat16'
        (Open-LapeModel $demo).DType | Should -Be 'Float32'
    }

    It 'takes paths relative to the location' {
        Push-Location (Split-Path $demo)
        try { (Open-LapeModel ./demo).Path | Should -Be $demo }
        finally { Pop-Location }
    }

    It 'names a device that it does not know' {
        { Open-LapeModel $demo -Device tpu -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceUnknown,*'
    }

    It 'goes on after a bad path' {
        $models = $demo, './nowhere', $demo | Open-LapeModel -ErrorAction SilentlyContinue -ErrorVariable problems
        $models.Count | Should -Be 2
        $problems.Count | Should -Be 1
    }
}
