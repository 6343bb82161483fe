BeforeAll { . "$PSScriptRoot/Demo.ps1" }

Describe 'Invoke-LapeGenerate' {
    It 'ends the pipeline' {
        $answer = Get-LapeNeurons -Model $demo -Corpus $corpus -Context 64 -MaxTokens 3000 | Where-Object Layer -lt 6 |
            Set-LapeMask -Language zh | Invoke-LapeGenerate -Prompt '文件' -MaxTokens 8
        $answer.Mask | Should -Be 'zh'
        $answer.ValuesChanged | Should -BeGreaterThan 0
        "$answer" | Should -BeExactly $answer.Text
    }

    It 'answers several prompts by several views, each as alone' {
        $plain = Open-LapeModel $demo
        $masked = Get-LapeNeurons $statistics -TopRate 0.1 | Set-LapeMask -Model $plain -Language fr
        $together = 'Le chat', 'The government of' | Invoke-LapeGenerate $plain, $masked -MaxTokens 12
        $alone = foreach ($prompt in 'Le chat', 'The government of') { foreach ($view in $plain, $masked) { Invoke-LapeGenerate $view $prompt -MaxTokens 12 } }
        $together.Text | Should -BeExactly $alone.Text
    }

    It 'takes a string from the pipeline for a prompt, never for a path' {
        ($demo | Invoke-LapeGenerate -Model $demo -MaxTokens 1).Prompt | Should -BeExactly $demo
        { $demo | Invoke-LapeGenerate -Prompt 'x' } | Should -Throw -ErrorId 'ModelMissing,*'
    }

    It 'streams to the host and still emits' {
        $answer = Invoke-LapeGenerate $demo 'La maison' -MaxTokens 8 -Stream 6>$null
        $answer.Tokens | Should -Be 8
    }

    It 'samples by a seed' {
        $first, $same, $other = foreach ($seed in 1, 1, 2) { Invoke-LapeGenerate $demo 'The cat' -MaxTokens 12 -Temperature 0.9 -TopP 0.9 -Seed $seed }
        $same.Text | Should -BeExactly $first.Text
        $other.Text | Should -Not -BeExactly $first.Text
    }

    It 'answers in the words of a chat template' {
        $chat = Join-Path $TestDrive chat
        Copy-Item $demo $chat -Recurse
        Set-Content (Join-Path $chat chat_template.jinja) '{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }};{% endfor %}'
        (Invoke-LapeGenerate $chat 'Hi' -Chat -MaxTokens 1).Prompt | Should -BeExactly '<|begin|>user: Hi;'
        '{"messages": [{"role": "user", "content": "Hi"}]}', '{' | Set-Content "$TestDrive/chats.jsonl"
        $answers = Invoke-LapeGenerate $chat -ConversationPath "$TestDrive/chats.jsonl" -MaxTokens 1 -ErrorAction SilentlyContinue -ErrorVariable broken
        @($answers).Count | Should -Be 1
        $broken[0].FullyQualifiedErrorId | Should -BeLike 'ConversationInvalid,*'
        { Invoke-LapeGenerate $demo 'Hi' -Chat } | Should -Throw -ErrorId 'ChatTemplateMissing,*'
    }

    It 'survives CSV' {
        Invoke-LapeGenerate $demo 'The cat' -MaxTokens 3 | Export-Csv "$TestDrive/a.csv"
        (Import-Csv "$TestDrive/a.csv").TokenIds | Should -Match '^\d+;\d+;\d+$'
    }

    It 'runs beside itself' {
        $path = $demo
        $module = (Get-Module LapeOps).Path
        $texts = 1..2 | ForEach-Object -Parallel { Import-Module $using:module; "$(Invoke-LapeGenerate $using:path 'The cat' -MaxTokens 6)" }
        $texts | Should -BeExactly (@("$(Invoke-LapeGenerate $demo 'The cat' -MaxTokens 6)") * 2)
    }
}
