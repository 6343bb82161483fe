BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Get-LapeDevice' {
    It 'lists the processor with its memory' {
        $cpu = Get-LapeDevice | Where-Object Device -eq 'cpu'
        $cpu.FreeMemory | Should -BeGreaterThan 0
        $cpu.TotalMemory | Should -BeGreaterOrEqual $cpu.FreeMemory
        $cpu.RuntimePath | Should -Exist
    }

    It 'has one device that Auto chooses' { @(Get-LapeDevice | Where-Object Auto).Count | Should -Be 1 }
}
