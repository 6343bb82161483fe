using LapeOps.Formats;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>Statistics files that are none: the error and how to make each.</summary>
internal static class HostileStatistics
{
    private const string Identity = """
        { "ModelFingerprint": "f", "ModelName": "m", "TokenizerHash": "", "Layers": LAYERS, "Width": 48, "Hidden": 32, "Context": 16, "RowStart": [],
        "HoldOut": 8, "MaxTokens": 100, "RowsPerGroup": 1, "Documents": "File", "DType": "Float32", "DeviceKind": "cpu", "Sums": false, "Version": "0.1.0" }
        """;

    private const string Language = """
        { "Language": "xx", "Rows": { "CorpusHash": "", "TokensFound": 1, "TokensDropped": 0, "CountedRows": 2, "HeldOutRows": 0, "Groups": 2147483647 }, "GroupsCounted": 1, "Tokens": 1 }
        """;

    public static SortedDictionary<string, (string ErrorId, Action<string> Make)> Cases { get; } = new(StringComparer.Ordinal)
    {
        ["text"] = ("SafetensorsInvalid", path => File.WriteAllText(path, "These are no statistics, but a text of some length.")),
        ["weights"] = ("StatisticsInvalid", path => Write(path, [])),
        ["another version"] = ("StatisticsInvalid", path => Write(path, new() { ["lapeops_statistics"] = "99" })),
        ["no identity"] = ("StatisticsInvalid", path => Write(path, new() { ["lapeops_statistics"] = "1" })),
        ["an identity of brackets"] = ("StatisticsInvalid", path => Metadata(path, new string('[', 5_000_000), "[]")),
        ["no arrays"] = ("TensorMissing", path => Metadata(path, Identity.Replace("LAYERS", "3", StringComparison.Ordinal), $"[{Language}]")),
        ["two billion layers"] = ("TensorMissing", path => Metadata(path, Identity.Replace("LAYERS", "2147483647", StringComparison.Ordinal), $"[{Language}]")),
        ["one language twice"] = ("StatisticsInvalid", path => Metadata(path, Identity.Replace("LAYERS", "3", StringComparison.Ordinal), $"[{Language},{Language}]")),
        ["nobody"] = ("StatisticsInvalid", path => Metadata(path, "null", "null")),
    };

    private static void Metadata(string path, string identity, string languages) =>
        Write(path, new() { ["lapeops_statistics"] = "1", ["identity"] = identity, ["languages"] = languages });

    private static void Write(string path, Dictionary<string, string> metadata) =>
        SafetensorsWriter.Write(path, [SafetensorsTensor.Of("yy/over_zero", new long[3], 3)], metadata);
}
