using System.Globalization;
using System.Text;
using CsvHelper;
using LapeOps.Formats;

namespace LapeOps.Masks;

/// <summary>
/// A mask as CSV: a row for each neuron, by layer, in invariant culture. <c>Layer,Neuron,Languages,AllLanguages,Layers,Width</c>, where
/// Languages are the owners (<c>en;fr</c>). The last three say the same in every row: all languages of the mask in order, L and d. Each
/// row then speaks for itself, in a pipeline as well, and a language without a neuron is not lost. (A first row that lists the languages
/// would do so, too, but <c>Import-Csv</c> would pass its empty Layer and Neuron on as the neuron 0 of layer 0.)
/// </summary>
internal static class CsvMask
{

    private static readonly string[] _columns = ["Layer", "Neuron", "Languages", "AllLanguages", "Layers", "Width"];

    private static readonly CsvReaderOptions _reading = new()
    {
        FormatProvider = CultureInfo.InvariantCulture,
        MalformedData = CsvMalformedDataHandling.Throw,
        MissingField = CsvMissingFieldHandling.Throw,
        MaxRecordSize = 1 << 16,
    };

    private static readonly CsvWriterOptions _writing = new() { FormatProvider = CultureInfo.InvariantCulture, NewLine = "\n" };

    private sealed record Shape(string AllLanguages, int Layers, int? Width);

    public static NeuronMask Read(string path)
    {
        using var csv = CsvReader.Create(new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true)), _reading, leaveOpen: false);
        try
        {
            csv.ReadHeader();
            if (_columns.FirstOrDefault(c => !csv.Headers.Contains(c)) is { } missing)
                throw MaskFile.Invalid(path, $"it lacks the column {missing}; a mask has {string.Join(", ", _columns)}");
            return ReadRows(csv, path);
        }
        catch (Exception e) when (e is CsvFormatException or DecoderFallbackException or IndexOutOfRangeException or InvalidDataException)
        {
            throw MaskFile.Invalid(path, $"it is not CSV in UTF-8: {e.Message}", e);
        }
    }

    public static void Write(NeuronMask mask, string path)
    {
        if (mask.DistinctCount == 0)
            throw new LapeException("MaskEmpty", $"{path}: a CSV names the languages beside each neuron and this mask has no neuron. Write it as .json or .neuron.pth.");
        AtomicFile.Write(path, stream =>
        {
            using var csv = CsvWriter.Create(stream, _writing, leaveOpen: true);
            csv.WriteHeader(_columns);
            for (var layer = 0; layer < mask.Layers; layer++)
                foreach (var owners in mask.Languages.SelectMany(l => mask.Neurons(l, layer).ToArray().Select(n => (Neuron: n, Language: l))).GroupBy(o => o.Neuron).OrderBy(o => o.Key))
                {
                    csv.WriteField(layer);
                    csv.WriteField(owners.Key);
                    csv.WriteField(string.Join(';', owners.Select(o => o.Language)));
                    csv.WriteField(string.Join(';', mask.Languages));
                    csv.WriteField(mask.Layers);
                    csv.WriteField(mask.Width);
                    csv.EndRecord();
                }
        });
    }

    private static NeuronMask ReadRows(CsvReader csv, string path)
    {
        Shape? shape = null;
        var owned = new Dictionary<string, List<(int Layer, int Neuron)>>(StringComparer.Ordinal);
        while (csv.Read())
        {
            var here = ReadShape(csv, path);
            if (here != (shape ?? here))
                throw MaskFile.Invalid(path, $"row {csv.RowNumber} differs from the first in AllLanguages, Layers or Width");
            if (shape is null)
                foreach (var language in Languages(here.AllLanguages))
                    owned[language] = [];
            shape = here;
            var neuron = (Number(csv, "Layer", 0, shape.Layers - 1, path), Number(csv, "Neuron", 0, int.MaxValue - 1, path));
            foreach (var language in Languages(csv.GetString("Languages")))
                (owned.GetValueOrDefault(language) ?? throw MaskFile.Invalid(path, $"row {csv.RowNumber} has the owner '{language}', which is not in AllLanguages")).Add(neuron);
        }
        if (shape is null || owned.Count is 0 or > MaskFile.MostLanguages)
            throw MaskFile.Invalid(path, $"it has no row, or not from one to {MaskFile.MostLanguages} languages");
        return new NeuronMask(shape.Layers, shape.Width, Languages(shape.AllLanguages), [.. owned.Values.Select(o => ByLayer(o, shape.Layers))]);
    }

    private static int[][] ByLayer(List<(int Layer, int Neuron)> owned, int layers)
    {
        var byLayer = owned.ToLookup(o => o.Layer, o => o.Neuron);
        return [.. Enumerable.Range(0, layers).Select(layer => byLayer[layer].Order().ToArray())];
    }

    private static Shape ReadShape(CsvReader csv, string path) => new(
        csv.GetString("AllLanguages"),
        Number(csv, "Layers", 1, MaskFile.MostLayers, path),
        csv.GetString("Width") == "" ? null : Number(csv, "Width", 1, int.MaxValue, path));

    private static string[] Languages(string field) => field.Split(';', StringSplitOptions.RemoveEmptyEntries);

    private static int Number(CsvReader csv, string column, int least, int most, string path) =>
        int.TryParse(csv.GetString(column), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw MaskFile.Invalid(path, $"row {csv.RowNumber} has '{csv.GetString(column)}' as {column}, where a whole number from {least} to {most} is needed");
}
