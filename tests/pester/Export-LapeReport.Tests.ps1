BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Export-LapeReport' {
    It 'writes a page, JSON and tables, the same bytes each time' {
        $files = Get-LapeNeurons $statistics | Export-LapeReport "$TestDrive/a"
        $files.Name | Should -Contain 'report.html'
        $null = Get-LapeNeurons $statistics | Export-LapeReport "$TestDrive/b"
        foreach ($file in $files) { (Get-FileHash "$TestDrive/b/$($file.Name)").Hash | Should -Be (Get-FileHash $file).Hash }
        (Import-Csv "$TestDrive/a/languages.csv").Language | Should -Contain 'zh'
    }

    It 'shows a bar for each layer and writes nothing with -WhatIf -PassThru' {
        $text = Get-LapeNeurons $statistics | Export-LapeReport "$TestDrive/none" -WhatIf -PassThru | Out-String
        $text | Should -Match '(?m)^ +0 +\d+ #'
        Test-Path "$TestDrive/none" | Should -BeFalse
    }

    It 'refuses what has no place in it' {
        { 'text' | Export-LapeReport "$TestDrive/none" } | Should -Throw -ErrorId 'InputUnexpected,*'
        { @() | Export-LapeReport "$TestDrive/none" } | Should -Throw -ErrorId 'ReportEmpty,*'
    }
}
