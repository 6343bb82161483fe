using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>What a hostile or hurried user tried: each is one clear error, and nothing is lost.</summary>
public sealed class HostileUseTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_file_that_is_no_statistics_is_not_overwritten_without_Force()
    {
        var notes = Path.Combine(module.NewFolder(), "notes.txt");
        File.WriteAllText(notes, "mine");
        _session.Set("out", notes);
        Assert.Contains(notes, _session.Run("Measure-LapeActivation $demo $texts -Context 128 -MaxTokens 600 -OutPath $out").Fails("OutputExists"), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(notes));
        _session.Run("Measure-LapeActivation $demo $texts -Context 128 -MaxTokens 600 -OutPath $out -Force").Single();
    }

    [Fact]
    public void Statistics_of_other_settings_or_more_languages_are_not_overwritten_without_Force()
    {
        _session.Set("out", Path.Combine(module.NewFolder(), "s.safetensors"));
        _session.Run("Measure-LapeActivation $demo \"$texts/zh.txt\", \"$texts/ja.txt\" -Context 128 -MaxTokens 600 -OutPath $out").Single();
        Assert.Contains("MaxTokens 600 and 700", _session.Run("Measure-LapeActivation $demo \"$texts/zh.txt\", \"$texts/ja.txt\" -Context 128 -MaxTokens 700 -OutPath $out").Fails("OutputExists"), StringComparison.Ordinal);
        Assert.Contains("ja", _session.Run("Measure-LapeActivation $demo \"$texts/zh.txt\" -Context 128 -MaxTokens 600 -OutPath $out").Fails("OutputExists"), StringComparison.Ordinal);
        _session.Run("Measure-LapeActivation $demo \"$texts/zh.txt\", \"$texts/ja.txt\", \"$texts/vi.txt\" -Context 128 -MaxTokens 600 -OutPath $out").Single();
    }

    [Theory]
    [InlineData("newfolder/")]
    [InlineData("/dev/null")]
    public void A_folder_or_device_is_no_output(string path)
    {
        _session.Go(module.NewFolder());
        _session.Run("Measure-LapeActivation $demo $texts -Context 128 -MaxTokens 600 -OutPath $out", ("out", path)).Fails("OutputNotWritable");
    }

    [Fact]
    public void Weights_that_are_no_numbers_give_no_results()
    {
        var broken = ModelCopy.Overwrite(ModelCopy.Of(RepositoryFiles.Demo, Path.Combine(module.NewFolder(), "broken")), "model.norm.weight", 0, 0xC0, 0x7F); // NaN in bfloat16
        _session.Run("Invoke-LapeGenerate $broken a -MaxTokens 2", ("broken", broken)).Fails("NonFinite");
        var embedding = ModelCopy.Overwrite(ModelCopy.Of(RepositoryFiles.Demo, Path.Combine(module.NewFolder(), "embedding")), "model.layers.0.self_attn.o_proj.weight", 0, 0xC0, 0x7F);
        Assert.Contains("-Value or -Alpha", _session.Run("Get-LapeNeurons $s -Model $demo | Set-LapeMask -Mode Constant -Value 1e39 | Invoke-LapeGenerate -Prompt a -MaxTokens 2").Fails("NonFinite"), StringComparison.Ordinal);
        _session.Run("Measure-LapeActivation $broken $texts -Context 128 -MaxTokens 600", ("broken", embedding)).Fails("NonFinite");
    }

    [Fact]
    public void A_json_mask_of_another_model_of_the_same_shape_is_refused_by_both_names()
    {
        _session.Set("mask", Path.Combine(module.NewFolder(), "m.json"));
        _session.Set("other", ModelCopy.Other(Path.Combine(module.NewFolder(), "other")));
        _session.Run("Get-LapeNeurons $s | Export-LapeMask $mask", ("s", module.Statistics)).Clean();
        _session.Run("Import-LapeMask $mask | Set-LapeMask -Model $demo").Single();
        var message = _session.Run("Import-LapeMask $mask | Set-LapeMask -Model $other").Fails("ModelMismatch");
        Assert.Contains("'demo'", message, StringComparison.Ordinal);
        Assert.Contains("'other'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Open-LapeModel $demo -Device meta", "DeviceUnknown")]
    [InlineData("Measure-LapeActivation $demo ''", "CorpusNotFound")]
    [InlineData("Measure-LapeActivation $demo @{ 'a;b' = \"$texts/zh.txt\" }", "LanguageNameInvalid")]
    [InlineData("'a', $null | Invoke-LapeGenerate $demo -MaxTokens 1", "InputUnexpected")]
    [InlineData("Invoke-LapeGenerate $demo $null", "ParameterArgumentValidationError")]
    [InlineData("Invoke-LapeGenerate $demo a -MaxTokens 2147483647", "ParameterOutOfRange")]
    [InlineData("Invoke-LapeGenerate $demo a -Temperature 1e-40", "ParameterOutOfRange")]
    [InlineData("Get-LapeNeurons $s -Model $demo | Set-LapeMask -Language $null", "ParameterArgumentValidationError")]
    [InlineData("Get-LapeNeurons $s -Model $demo | Measure-LapePerplexity -Corpus $texts -Language $null", "ParameterArgumentValidationError")]
    [InlineData("Get-LapeNeurons $s -Model $demo | Measure-LapeSteering $texts 'One?' -Target $null", "ParameterArgumentValidationError")]
    [InlineData("Get-LapeNeurons $s -Model $demo | Measure-LapeSteering $texts 'One?' -Source $null", "ParameterArgumentValidationError")]
    [InlineData("Get-LapeNeurons $s -Model $demo | Export-LapeReport \"a`0b\"", "FileNotFound")]
    [InlineData("'a', ('a b c ' * 180000) | Invoke-LapeGenerate $demo -MaxTokens 1", "MemoryInsufficient")]
    public void An_argument_that_makes_no_sense_is_an_error_with_an_id(string line, string errorId) =>
        Assert.NotEmpty(_session.Run(line).Fails(errorId));

    [Fact]
    public void A_tiny_TopP_takes_the_likeliest_token() =>
        Assert.Equal(_session.Run("Invoke-LapeGenerate $demo 'The menu' -MaxTokens 4").Single().Text("Text"),
            _session.Run("Invoke-LapeGenerate $demo 'The menu' -MaxTokens 4 -Temperature 1 -TopP 1e-300").Single().Text("Text"));
}
