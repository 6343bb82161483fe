using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Export-LapeModel.</summary>
public sealed class ExportModelTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_baked_model_answers_as_the_masked_one_and_is_a_model_like_any()
    {
        var path = module.New("baked");
        _session.Set("out", path);
        _session.Run("$masked = Get-LapeNeurons $s | Set-LapeMask -Model $demo -Language zh").Clean();
        Assert.Equal(path, _session.Run("$masked | Export-LapeModel $out -PassThru").Single().Get<string>("FullName"));
        Assert.Equal(Directory.GetFiles(RepositoryFiles.Demo).Select(Path.GetFileName).Order(), Directory.GetFiles(path).Select(Path.GetFileName).Order());
        const string ask = "Invoke-LapeGenerate -Prompt '文件', 'The menu' -MaxTokens 12";
        var expected = _session.Run($"$masked | {ask}").Clean().Select(c => c.Text("Text")).ToArray();
        Assert.Equal(expected, _session.Run($"{ask} -Model $out").Clean().Select(c => c.Text("Text")));
        _session.Run("Close-LapeModel $out");
    }

    [Fact]
    public void Neurons_of_a_file_are_baked_by_a_path_and_give_the_same_bytes()
    {
        foreach (var name in new[] { "view", "neurons", "table", "mask" })
            _session.Set(name, module.New(name));
        _session.Run("$n = Get-LapeNeurons $s; $n | Export-LapeMask \"$mask.json\"; Export-LapeModel $view -Model ($n | Set-LapeMask -Model $demo)").Clean();
        _session.Run("Import-LapeMask \"$mask.json\" | Export-LapeModel $neurons -Model $demo").Clean();
        _session.Run("$n | ForEach-Object { [pscustomobject]@{ Layer = \"$($_.Layer)\"; Neuron = $_.Neuron } } | Export-LapeModel $table -Model $demo").Clean();
        var files = new[] { "view", "neurons", "table" }.Select(n => File.ReadAllBytes(Path.Combine((string)_session.Run($"${n}").Single().BaseObject, "model.safetensors"))).ToArray();
        Assert.All(files, f => Assert.Equal(files[0], f));
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(RepositoryFiles.Demo, "model.safetensors")), files[0]);
    }

    [Fact]
    public void What_cannot_be_baked_is_told()
    {
        var path = module.New("baked");
        _session.Set("out", path);
        _session.Run("Export-LapeModel $out").Fails("MaskEmpty");
        _session.Run("Export-LapeModel $out -Model $demo").Fails("MaskEmpty");
        _session.Run("Get-LapeNeurons $s | Export-LapeModel $out").Fails("ModelMissing");
        Assert.Equal(["NeuronInvalid", "MaskEmpty"], _session.Run("'x' | Export-LapeModel $out").Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        _session.Run("$m = Get-LapeNeurons $s | Set-LapeMask -Model $demo; $m, $m | Export-LapeModel $out").Fails("InputUnexpected");
        _session.Run("Get-LapeNeurons $s | Export-LapeModel $out -Model $m").Fails("ModelMismatch");
        _session.Run("$m | Export-LapeModel \"$demo/baked\"").Fails("OutputNotWritable");
        _session.Run("Get-LapeNeurons $s | Export-LapeModel $out -Model $other", ("other", ModelCopy.Other(module.New("other")))).Fails("ModelMismatch");
        Assert.Empty(_session.Run("$m | Export-LapeModel $out -WhatIf").Clean());
        Assert.False(Directory.Exists(path));
        _session.Run("$m | Export-LapeModel $out").Clean();
        Assert.Contains("-Force", _session.Run("$m | Export-LapeModel $out").Fails("OutputExists"), StringComparison.Ordinal);
        _session.Run("$m | Export-LapeModel $out -Force").Clean();
        Assert.Equal(["baked"], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }
}
