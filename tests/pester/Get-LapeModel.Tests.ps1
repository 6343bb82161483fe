BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Get-LapeModel' {
    It 'describes a checkpoint' {
        $model = Get-LapeModel $demo
        $model.Name | Should -Be 'demo'
        $model.Family | Should -Be 'llama'
        $model.Layers, $model.Width | Should -Be 6, 640
        $model.Supported | Should -BeTrue
    }

    It 'lists what can be opened' {
        $folder = New-Item -ItemType Directory "$TestDrive/models"
        Copy-Item -Recurse $demo $folder/good
        New-Item -ItemType Directory $folder/bad | Out-Null
        '{ "model_type": "strange" }' | Set-Content $folder/bad/config.json
        (Get-LapeModel $folder/*).Name | Should -Be 'bad', 'good'
        (Get-LapeModel $folder/* | Where-Object Supported).Name | Should -Be 'good'
        (Get-ChildItem $folder | Get-LapeModel | Where-Object Supported -eq $false).Reason | Should -Match 'strange'
    }

    It 'goes on after a bad path' {
        $models = Get-LapeModel $demo, ./nowhere, $demo -ErrorAction SilentlyContinue -ErrorVariable problems
        $models.Count | Should -Be 2
        $problems.FullyQualifiedErrorId | Should -BeLike 'ModelNotFound,*'
    }

    It 'takes brackets literally where it is told to' {
        Copy-Item -Recurse $demo "$TestDrive/model[1]"
        (Get-LapeModel -LiteralPath "$TestDrive/model[1]").Name | Should -Be 'model[1]'
        (Get-ChildItem -LiteralPath $TestDrive -Filter 'model*1*' | Get-LapeModel).Name | Should -Be 'model[1]'
    }

    It 'survives CSV and CLIXML' {
        Get-LapeModel $demo | Export-Csv "$TestDrive/m.csv"
        (Import-Csv "$TestDrive/m.csv").DType | Should -Be 'BF16'
        Get-LapeModel $demo | Export-Clixml "$TestDrive/m.xml"
        (Import-Clixml "$TestDrive/m.xml").Fingerprint | Should -Be (Get-LapeModel $demo).Fingerprint
    }

    It 'shows a table' { Get-LapeModel $demo | Out-String | Should -Match 'Family\s+Layers\s+Width' }
}
