namespace LapeOps.MSBuild.Messages;

/// <summary>
/// Codes of errors and warnings of a build: LAPE and four digits, of which the first two tell what is wrong (00 settings, 01 libtorch and
/// devices, 02 the model, 03 texts, 04 statistics and files, 05 masks). docs/messages.md explains each.
/// </summary>
public static class MessageCode
{
    /// <summary>The code of what none of the others is.</summary>
    public const string Other = "LAPE0099";

    private static readonly string? Page = PageBeside(typeof(MessageCode).Assembly.Location);

    /// <summary>Code by <see cref="LapeException.ErrorId"/>. LAPE0001 to LAPE0004 are the targets' own, LAPE0308 is a warning.</summary>
    public static IReadOnlyDictionary<string, string> ByErrorId { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["SettingInvalid"] = "LAPE0010",
        ["RateOutOfRange"] = "LAPE0011",
        ["ParameterOutOfRange"] = "LAPE0012",
        ["MaskFormatUnknown"] = "LAPE0013",
        ["LanguageUnknown"] = "LAPE0014",
        ["LanguageNameInvalid"] = "LAPE0015",
        ["DeviceUnknown"] = "LAPE0016",

        ["RuntimeMissing"] = "LAPE0101",
        ["RuntimeIncomplete"] = "LAPE0102",
        ["RuntimeUnsupported"] = "LAPE0103",
        ["RuntimeNotLoadable"] = "LAPE0104",
        ["PlatformUnsupported"] = "LAPE0105",
        ["DeviceUnavailable"] = "LAPE0106",
        ["MemoryInsufficient"] = "LAPE0107",

        ["ModelNotFound"] = "LAPE0201",
        ["ConfigInvalid"] = "LAPE0202",
        ["ConfigUnsupported"] = "LAPE0203",
        ["FamilyUnsupported"] = "LAPE0204",
        ["CheckpointInvalid"] = "LAPE0205",
        ["WeightsMissing"] = "LAPE0206",
        ["SafetensorsInvalid"] = "LAPE0207",
        ["TensorMissing"] = "LAPE0208",
        ["TensorTypeUnexpected"] = "LAPE0209",
        ["DTypeUnsupported"] = "LAPE0210",
        ["TokenizerNotFound"] = "LAPE0211",
        ["TokenizerMissing"] = "LAPE0211",
        ["TokenizerInvalid"] = "LAPE0212",
        ["TokenizerUnsupported"] = "LAPE0213",
        ["TokenizerUnreadable"] = "LAPE0214",
        ["TokenizerContradictsModel"] = "LAPE0215",
        ["NonFinite"] = "LAPE0216",
        ["WeightsContradictConfig"] = "LAPE0217",

        ["CorpusNotFound"] = "LAPE0301",
        ["CorpusEmpty"] = "LAPE0302",
        ["CorpusNotUtf8"] = "LAPE0303",
        ["CorpusInvalid"] = "LAPE0304",
        ["CorpusTooSmall"] = "LAPE0305",
        ["CorpusTooLarge"] = "LAPE0306",
        ["DocumentTooLarge"] = "LAPE0306",
        ["CorpusChanged"] = "LAPE0307",

        ["StatisticsInvalid"] = "LAPE0401",
        ["StatisticsUnfinished"] = "LAPE0402",
        ["MergeRefused"] = "LAPE0403",
        ["CountsInvalid"] = "LAPE0404",
        ["OutputInUse"] = "LAPE0410",
        ["OutputNotWritable"] = "LAPE0411",
        ["TemporaryNotWritable"] = "LAPE0412",
        ["FileNotFound"] = "LAPE0413",
        ["FileNotReadable"] = "LAPE0414",

        ["MaskMoved"] = "LAPE0501",
        ["BaselineMissing"] = "LAPE0502",
        ["MaskFileInvalid"] = "LAPE0503",
        ["MaskInvalid"] = "LAPE0503",
        ["TorchArchiveInvalid"] = "LAPE0504",
        ["PickleRefused"] = "LAPE0504",
        ["MaskLanguagesNeeded"] = "LAPE0505",
        ["MaskLanguagesMismatch"] = "LAPE0505",
        ["MaskShapeMismatch"] = "LAPE0506",
        ["MaskEmpty"] = "LAPE0507",
    };

    /// <summary>The code of an error.</summary>
    public static string Of(string errorId) => ByErrorId.GetValueOrDefault(errorId, Other);

    /// <summary>Where a code is explained: its heading on the page that comes with the package; null where the page is not there.</summary>
    internal static string? Help(string code) => Page is null ? null : $"{Page}#{code.ToLowerInvariant()}";

    private static string? PageBeside(string assembly)
    {
        var page = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(assembly)!, "..", "..", "docs", "messages.md"));
        return File.Exists(page) ? new Uri(page).AbsoluteUri : null;
    }
}
