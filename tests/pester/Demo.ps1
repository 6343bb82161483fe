# What the tests share: the module, the demo model, and statistics of three of its languages. Dot-sourced in BeforeAll.
Import-Module "$PSScriptRoot/../../module/LapeOps"
$demo = (Resolve-Path "$PSScriptRoot/../../examples/demo").Path
$texts = Join-Path $demo 'texts'
$corpus = 'en', 'fr', 'zh' | ForEach-Object { Join-Path $texts "$_.txt" }
$statistics = Join-Path $TestDrive 'demo.safetensors'
$null = Measure-LapeActivation -Model $demo -Corpus $corpus -Context 64 -MaxTokens 3000 -OutPath $statistics -WarningAction SilentlyContinue
