using System.Runtime.InteropServices;
using LapeOps.Formats.Pickle;

namespace LapeOps.Masks;

/// <summary>
/// The official .neuron.pth: a list over languages of a list over layers of int64 index tensors, in torch's zip format. It stores neither
/// names of languages nor the width.
/// </summary>
internal static class TorchMask
{
    public static NeuronMask Read(string path, IReadOnlyList<string>? languages)
    {
        using var archive = TorchArchive.Open(path);
        if (archive.Root is not IReadOnlyList<object?> { Count: > 0 } rows || rows.Any(r => r is not IReadOnlyList<object?> { Count: > 0 }))
            throw MaskFile.Invalid(path, "its object is not a list over languages of lists over layers");
        languages = Names(path, rows.Count, languages);
        var tensors = rows.Select(row => ((IReadOnlyList<object?>)row!).Select(t => Index(path, t)).ToArray()).ToArray();
        // Tensors may share a storage, so what they announce together is compared with what the file can hold.
        if (tensors.SelectMany(t => t).Aggregate(Int128.Zero, (sum, t) => sum + t.Count) * sizeof(long) > archive.FileLength)
            throw MaskFile.Invalid(path, "its tensors announce more indices than the file holds");
        try
        {
            return new NeuronMask(tensors[0].Length, null, languages, [.. tensors.Select(row => row.Select(t => Neurons(path, t)).ToArray())]);
        }
        catch (LapeException e) when (e.ErrorId == "MaskInvalid")
        {
            throw MaskFile.Invalid(path, e.Message, e);
        }
    }

    public static void Write(NeuronMask mask, string path) =>
        TorchArchiveWriter.Write(path, mask.Languages.Select(language => (object)Enumerable.Range(0, mask.Layers).Select(layer => Tensor(mask.Neurons(language, layer))).ToArray()).ToArray());

    private static IReadOnlyList<string> Names(string path, int count, IReadOnlyList<string>? languages)
    {
        if (languages is null && count is 6 or 7)
            return [.. MaskFile.PaperLanguages.Take(count)];
        if (languages is null)
            throw new LapeException("MaskLanguagesNeeded", $"{path} holds {count} languages and no names. Give their names in the order of the file.");
        if (languages.Count != count)
            throw new LapeException("MaskLanguagesMismatch", $"{path} holds {count} languages and you gave {languages.Count}: {string.Join(", ", languages)}.");
        return languages;
    }

    private static TorchTensor Index(string path, object? value) =>
        value is TorchTensor { Type: TorchType.Long, Shape.Count: 1 } tensor ? tensor : throw MaskFile.Invalid(path, "a layer in it is not an int64 tensor of one axis");

    private static int[] Neurons(string path, TorchTensor tensor)
    {
        var values = tensor.ReadInt64();
        if (values.Any(v => v is < 0 or >= int.MaxValue))
            throw MaskFile.Invalid(path, $"tensor '{tensor.Name}' has an index that no neuron has");
        return [.. values.Select(v => (int)v).Order()];
    }

    private static object Tensor(ReadOnlySpan<int> neurons)
    {
        var values = new long[neurons.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = BitConverter.IsLittleEndian ? neurons[i] : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((long)neurons[i]);
        return new TorchTensorData(TorchType.Long, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }
}
