BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Close-LapeModel' {
    It 'closes every view, and each then fails with one clear error' {
        $model = Open-LapeModel $demo
        $masked = Get-LapeNeurons $statistics | Set-LapeMask -Model $model -Language zh
        Close-LapeModel $model
        $masked.Closed | Should -BeTrue
        { Invoke-LapeGenerate $masked 'x' } | Should -Throw -ErrorId 'ModelClosed,*'
    }

    It 'takes several views of a model by pipeline' {
        $model = Open-LapeModel $demo
        $model, (Clear-LapeMask $model) | Close-LapeModel
        $model.Closed | Should -BeTrue
    }

    It 'lets the weights be replaced' {
        Copy-Item -Recurse $demo "$TestDrive/copy"
        Open-LapeModel "$TestDrive/copy" | Close-LapeModel
        { Remove-Item -Recurse "$TestDrive/copy" } | Should -Not -Throw
    }
}
