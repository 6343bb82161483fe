using System.Globalization;
using System.Text;
using LapeOps.Core.Tests.Formats;
using LapeOps.Formats;
using LapeOps.Masks;

namespace LapeOps.Core.Tests.Masks;

public sealed class MaskFileTests : IDisposable
{
    private static readonly NeuronMask _mask = new(2, 8, ["en", "zh", "fr"], [[[0, 5], []], [[], []], [[5], [7]]], new Dictionary<string, string> { ["model"] = "abc" });

    private readonly string _folder = Directory.CreateTempSubdirectory("lapeops-masks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Json_is_this_text_and_comes_back_whole()
    {
        const string text = """{"layers":2,"width":8,"languages":["en","zh","fr"],"neurons":{"en":[[0,5],[]],"zh":[[],[]],"fr":[[5],[7]]},"provenance":{"model":"abc"}}""";
        MaskFile.Write(_mask, In("m.json"));
        Assert.Equal(text, File.ReadAllText(In("m.json")));
        var read = MaskFile.Read(In("m.json"));
        AssertSame(_mask, read);
        Assert.Equal("abc", read.Provenance["model"]);
    }

    [Fact]
    public void Safetensors_has_a_tensor_a_language_and_comes_back_whole()
    {
        MaskFile.Write(_mask, In("m.safetensors"));
        using (var file = SafetensorsFile.Open(In("m.safetensors")))
        {
            Assert.Equal(["neurons/en", "neurons/zh", "neurons/fr"], file.Entries.Select(e => e.Name));
            Assert.Equal([0L, 0, 0, 5], file.Read<long>("neurons/en", 2, 2).ToArray());
            Assert.Equal("""["en","zh","fr"]""", file.Metadata["languages"]);
        }
        var read = MaskFile.Read(In("m.safetensors"));
        AssertSame(_mask, read);
        Assert.Equal((8, "abc"), (read.Width, read.Provenance["model"]));
        MaskFile.Write(read, In("again.safetensors"));
        Assert.Equal(File.ReadAllBytes(In("m.safetensors")), File.ReadAllBytes(In("again.safetensors")));
    }

    public static TheoryData<string, string, long[]> BrokenSafetensors { get; } = new()
    {
        { "layers", "2", [0, 5, 0, 4] },
        { "layers", "2", [0, 8] },
        { "layers", "2", [2, 0] },
        { "layers", "2", [-1, 0] },
        { "layers", "2", [0, -1] },
        { "layers", "2", [0, long.MaxValue] },
        { "layers", "0", [0, 5] },
        { "layers", "2147483647", [0, 5] },
        { "layers", "null", [0, 5] },
        { "layers", "[", [0, 5] },
        { "languages", "[]", [0, 5] },
        { "languages", "[null]", [0, 5] },
        { "languages", """["en","zh"]""", [0, 5] },
        { "languages", """["zh"]""", [0, 5] },
        { "provenance", "null", [0, 5] },
        { "provenance", """{"\udc00":""}""", [0, 5] },
        { "provenance", """{"a":null}""", [0, 5] },
        { "lapeops_mask", "2", [0, 5] },
    };

    [Theory, MemberData(nameof(BrokenSafetensors))]
    public void Broken_safetensors_are_refused_with_the_file_s_name(string key, string value, long[] places)
    {
        var metadata = new Dictionary<string, string> { ["lapeops_mask"] = "1", ["layers"] = "2", ["width"] = "8", ["languages"] = """["en"]""", ["provenance"] = "{}" };
        metadata[key] = value;
        SafetensorsWriter.Write(In("m.safetensors"), [SafetensorsTensor.Of("neurons/en", places, places.Length / 2, 2)], metadata);
        var refused = Assert.Throws<LapeException>(() => MaskFile.Read(In("m.safetensors")));
        Assert.Equal("MaskFileInvalid", refused.ErrorId);
        Assert.Contains(In("m.safetensors"), refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("fa-IR")]
    public void Csv_is_this_text_in_every_culture_and_keeps_languages_without_neurons(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        MaskFile.Write(_mask, In("m.csv"));
        Assert.Equal("Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,0,en,en;zh;fr,2,8\n0,5,en;fr,en;zh;fr,2,8\n1,7,fr,en;zh;fr,2,8\n", File.ReadAllText(In("m.csv")));
        AssertSame(_mask, MaskFile.Read(In("m.csv")));
    }

    [Fact]
    public void Csv_of_other_programs_may_order_and_quote_as_it_likes()
    {
        File.WriteAllText(In("m.csv"), "\uFEFF\"Width\",Layers,\"AllLanguages\",Score,Languages,Neuron,Layer\r\n8,2,en;zh;fr,0.5,fr,7,1\r\n8,2,en;zh;fr,0.5,\"en;fr\",5,0\r\n8,2,en;zh;fr,,en,0,\"0\"", Encoding.UTF8);
        AssertSame(_mask, MaskFile.Read(In("m.csv")));
    }

    [Fact]
    public void A_width_that_is_not_known_stays_unknown()
    {
        var mask = new NeuronMask(1, null, ["en"], [[[3]]]);
        foreach (var name in new[] { "m.csv", "m.json", "m.pth", "m.safetensors" })
        {
            MaskFile.Write(mask, In(name));
            Assert.Null(MaskFile.Read(In(name), ["en"]).Width);
        }
    }

    [Fact]
    public void A_mask_without_a_neuron_is_refused_as_csv_only()
    {
        var mask = new NeuronMask(1, 4, ["en"], [[[]]]);
        Assert.Equal("MaskEmpty", Assert.Throws<LapeException>(() => MaskFile.Write(mask, In("m.csv"))).ErrorId);
        Assert.Empty(Directory.GetFiles(_folder));
        MaskFile.Write(mask, In("m.json"));
        Assert.Equal(0, MaskFile.Read(In("m.json")).DistinctCount);
    }

    [Fact]
    public void Torch_pickles_one_item_with_append_and_several_with_appends()
    {
        MaskFile.Write(new NeuronMask(1, 300, ["en"], [[[7, 299]]]), In("m.neuron.pth"));
        using var zip = System.IO.Compression.ZipFile.OpenRead(In("m.neuron.pth"));
        Assert.Equal(["m.neuron/data.pkl", "m.neuron/byteorder", "m.neuron/data/0", "m.neuron/version", "m.neuron/.data/serialization_id"], zip.Entries.Select(e => e.FullName));
        using var pickle = new StreamReader(zip.Entries[0].Open(), Encoding.Latin1);
        // The C pickler's own output for [[torch.tensor([7, 299])]].
        Assert.Equal("\u0080\u0002]q\0]q\u0001ctorch._utils\n_rebuild_tensor_v2\nq\u0002((X\u0007\0\0\0storageq\u0003ctorch\nLongStorage\nq\u0004X\u0001\0\0\00q\u0005X\u0003\0\0\0cpuq\u0006K\u0002tq\u0007Q"
            + "K\0K\u0002\u0085q\bK\u0001\u0085q\t\u0089ccollections\nOrderedDict\nq\n)Rq\u000btq\u000cRq\raa.", pickle.ReadToEnd());
        Assert.Equal([7, 299], MaskFile.Read(In("m.neuron.pth"), ["en"]).Neurons("en", 0).ToArray());
    }

    [Fact]
    public void Six_and_seven_languages_have_the_names_of_the_paper_and_others_need_theirs()
    {
        foreach (var (count, names) in new[] { (6, "en zh fr es vi id"), (7, "en zh fr es vi id ja") })
        {
            MaskFile.Write(Masks(count), In("m.pth"));
            Assert.Equal(names.Split(' '), MaskFile.Read(In("m.pth")).Languages);
        }
        MaskFile.Write(Masks(3), In("m.pth"));
        Assert.Equal("MaskLanguagesNeeded", Assert.Throws<LapeException>(() => MaskFile.Read(In("m.pth"))).ErrorId);
        Assert.Equal("MaskLanguagesMismatch", Assert.Throws<LapeException>(() => MaskFile.Read(In("m.pth"), ["a"])).ErrorId);
        Assert.Equal(["a", "b", "c"], MaskFile.Read(In("m.pth"), ["a", "b", "c"]).Languages);

        static NeuronMask Masks(int count) => new(1, 4, [.. Enumerable.Range(0, count).Select(k => $"l{k}")], [.. Enumerable.Range(0, count).Select(k => new int[][] { [k % 4] })]);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "m.json", "" },
        { "m.json", "null" },
        { "m.json", "[]" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"]}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"zh":[[0]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[[0]],"zh":[[0]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[[0]],"en":[[1]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[null]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":[null],"neurons":{"en":[[0]]}}""" },
        { "m.json", """{"layers":2000000000,"width":8,"languages":["en"],"neurons":{"en":[[0]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[[8]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[[-1]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[[2,1]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[[1,1]]}}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["en"],"neurons":{"en":[[0]]},"more":1}""" },
        { "m.json", """{"layers":1,"width":8,"languages":["\ud800"],"neurons":{"\ud800":[[0]]}}""" },
        { "m.json", """{"\ud800layers":1,"width":8,"languages":["en"],"neurons":{"en":[[0]]}}""" },
        { "m.json", "{\"layers\":" + new string('[', 100_000) },
        { "m.csv", "" },
        { "m.csv", "Layer,Neuron,Languages\n0,0,en\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,0,zh,en,1,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n1,0,en,en,1,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,8,en,en,1,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1.5,en,en,1,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n,,en,en,1,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1,en,en,1,8\n0,1,en,en,1,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1,en,en,1,8\n0,2,en,en,2,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1,en,en,2000000000,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1,en,en;en,1,8\n" },
        { "m.csv", "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1,en,\"en,1,8\n" + new string('x', 1 << 20) },
    };

    [Theory, MemberData(nameof(Bad))]
    public void Files_that_are_no_masks_are_refused_by_name(string name, string text)
    {
        File.WriteAllText(In(name), text);
        var error = Assert.Throws<LapeException>(() => MaskFile.Read(In(name)));
        Assert.Equal("MaskFileInvalid", error.ErrorId);
        Assert.Contains(In(name), error.Message);
    }

    [Fact]
    public void Text_that_is_not_utf_8_is_refused()
    {
        File.WriteAllBytes(In("m.csv"), [.. "Layer,Neuron,Languages,AllLanguages,Layers,Width\n0,1,"u8, 0xff, .. ",en,1,8\n"u8]);
        Assert.Equal("MaskFileInvalid", Assert.Throws<LapeException>(() => MaskFile.Read(In("m.csv"))).ErrorId);
    }

    [Fact]
    public void Names_and_extensions_are_checked()
    {
        MaskFile.Write(_mask, In("m.json"));
        Assert.Equal("MaskLanguagesMismatch", Assert.Throws<LapeException>(() => MaskFile.Read(In("m.json"), ["a"])).ErrorId);
        Assert.Equal("MaskFormatUnknown", Assert.Throws<LapeException>(() => MaskFile.Read(In("m.txt"))).ErrorId);
        Assert.Equal("MaskFormatUnknown", Assert.Throws<LapeException>(() => MaskFile.Write(_mask, In("m"))).ErrorId);
        Assert.Equal("FileNotFound", Assert.Throws<LapeException>(() => MaskFile.Read(In("none.csv"))).ErrorId);
    }

    [Theory]
    [InlineData("a tensor", "T")]
    [InlineData("a list of tensors", "]Ta")]
    [InlineData("no language", "]")]
    [InlineData("no layer", "]]a")]
    [InlineData("a number for a layer", "]]K\u0001aa")]
    [InlineData("layers that differ in number", "](](Te](TTee")]
    [InlineData("a matrix", "]]Maa")]
    [InlineData("float32", "]]Faa")]
    [InlineData("a negative index", "]]Naa")]
    public void Objects_that_are_no_masks_are_refused(string what, string pickle)
    {
        using var files = new ArchiveBuilder();
        var tensors = new Dictionary<char, string>
        {
            ['T'] = ArchiveBuilder.Tensor("0", 1, 0, [1], [1]),
            ['M'] = ArchiveBuilder.Tensor("0", 1, 0, [1, 1], [1, 1]),
            ['F'] = ArchiveBuilder.Tensor("0", 2, 0, [2], [1], "ctorch\nFloatStorage\n"),
            ['N'] = ArchiveBuilder.Tensor("1", 1, 0, [1], [1]),
        };
        var path = files.Zip(ArchiveBuilder.Pickle(string.Concat(pickle.Select(c => tensors.GetValueOrDefault(c, $"{c}")))), ("a/data/0", ArchiveBuilder.Longs(1)), ("a/data/1", ArchiveBuilder.Longs(-1)));
        var error = Assert.Throws<LapeException>(() => MaskFile.Read(path, pickle.Contains("TT") ? ["en", "zh"] : ["en"]));
        Assert.True(error.ErrorId == "MaskFileInvalid" && error.Message.Contains(path), $"{what}: {error.Message}");
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static void AssertSame(NeuronMask expected, NeuronMask actual)
    {
        Assert.Equal((expected.Layers, expected.Width), (actual.Layers, actual.Width));
        Assert.Equal(expected.Languages, actual.Languages);
        foreach (var language in expected.Languages)
            for (var layer = 0; layer < expected.Layers; layer++)
                Assert.Equal(expected.Neurons(language, layer).ToArray(), actual.Neurons(language, layer).ToArray());
    }
}
