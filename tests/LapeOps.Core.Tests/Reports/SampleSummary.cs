using LapeOps.Evaluation;
using LapeOps.Masks;
using LapeOps.Reports;

namespace LapeOps.Core.Tests.Reports;

/// <summary>Summaries made by formulas, so that they are the same everywhere and of any size.</summary>
internal static class SampleSummary
{
    /// <summary>What may not get through: markup, formulas, disguise, broken text.</summary>
    public static readonly string[] Hostile =
    [
        "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\" onmouseover=\"alert(1)", "' style='x", "&amp;&#x3c;b&gt;", "<!-- --><![CDATA[ ]]>",
        "invoice\u202Egpj.exe", "\u2067hidden\u2069", "a\0b\u0007\u001B[31m\u007F\u0085", "half \uD83D and \uDE00 pairs", "\uFFFE\uFFFF",
        "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "comma, \"quote\"\nand line",
    ];

    /// <summary>A few languages, three layers, everything once.</summary>
    public static EvaluationSummary Small() => Of(["en", "zh", "ar"], layers: 3, steered: true) with
    {
        Title = "Three languages <&>",
        Examples = [.. Hostile.Select((text, i) => new ExampleAnswer(i % 2 == 0 ? "Say something." : text, i % 3 == 0 ? "none" : $"mask {i}", text))],
    };

    /// <summary>Everything, of any number of languages.</summary>
    public static EvaluationSummary Of(IReadOnlyList<string> languages, int layers, bool steered)
    {
        var mask = new NeuronMask(layers, 64, languages, [.. languages.Select((_, k) => Neurons(k, layers))]);
        return new EvaluationSummary
        {
            Provenance = Provenance(languages),
            Mask = mask,
            Matrix = Matrix(languages, mask),
            Ablation = [.. languages.SelectMany((l, k) => new[] { 0.1, 0.5, 1 }.Select(s => new AblationRow(AblationStudy.Rate, s, l, (int)(s * mask.Count(l)), s * 0.4 / (k + 1), -s * 0.01 * k, 100 + k)))],
            Stability = Stability([.. languages, "any"]),
            Overlap = Overlap(languages, mask),
            Steering = steered ? Steering(languages) : null,
        };
    }

    private static int[][] Neurons(int language, int layers) =>
        [.. Enumerable.Range(0, layers).Select(layer => Enumerable.Range(0, 64).Where(n => (n * (language + 3)) % (7 + (4 * Math.Min(layer, layers - 1 - layer))) == language % 5).ToArray())];

    private static Dictionary<string, string> Provenance(IReadOnlyList<string> languages)
    {
        var known = new Dictionary<string, string>
        {
            [MaskProvenance.ModelFingerprint] = new string('a', 64),
            [MaskProvenance.ModelName] = "sample-model",
            ["dtype"] = "Float32",
            ["context"] = "128",
            ["counted_with"] = "0.1.0",
            ["scored_with"] = "0.1.0",
            ["scorer"] = "LAPE",
            ["top_rate"] = "0.01",
            ["filter_cut"] = "0.71258485",
        };
        foreach (var (k, language) in languages.Index())
        {
            known[$"corpus_sha256/{language}"] = new string((char)('0' + (k % 10)), 64);
            known[$"tokens/{language}"] = $"{1234567 + (1000 * k)}";
        }
        return known;
    }

    private static PerplexityMatrix Matrix(IReadOnlyList<string> languages, NeuronMask mask)
    {
        IReadOnlyList<IReadOnlyList<double>> Nll(Func<int, double> change) => [.. languages.Select((_, t) => (IReadOnlyList<double>)[2.5 + (0.25 * (t % 4)) + change(t), 3 + (0.25 * (t % 4)) + change(t)])];
        long[] proof = [.. languages.Select((_, t) => 1000L + t)];
        return new(languages,
        [
            new("none", MatrixRowKind.None, null, 0, Nll(_ => 0), null),
            .. languages.Select((l, k) => new MatrixRow(l, MatrixRowKind.Language, l, mask.Count(l), Nll(t => t == k ? 0.5 + (0.125 * (k % 5)) : (((t * 5) + (k * 3)) % 11 / 64.0) - 0.046875), proof)),
            .. Enumerable.Range(1, 3).Select(i => new MatrixRow($"random {i}", MatrixRowKind.Control, null, mask.Count(languages[0]), Nll(t => ((t + i) % 5 / 128.0) - 0.015625), proof)),
        ]);
    }

    private static MaskStability Stability(IReadOnlyList<string> languages) => new(
        [.. languages.Select((l, k) => new LanguageStability(l, 48000 + (1000 * k), 60 + k, k == 1 ? null : 0.5 + (k % 9 * 0.03125), 61.5 + k, 4.25, 53, 70, k == 0 ? null : 250000.5, k == 0 ? null : 5.25))],
        [.. languages.SelectMany((l, k) => Enumerable.Range(0, 5).Select(i => new StabilityPoint(l, 1 << i, 1500 * Math.Pow(2, i), 1 - (0.75 / (1 + (0.25 * (1 + (k % 6)) * (i + 1)))), 0.03125, 28 >> i)))]);

    private static MaskAgreement Overlap(IReadOnlyList<string> languages, NeuronMask mask)
    {
        var sets = languages.Select(l => Enumerable.Range(0, mask.Layers).SelectMany(i => mask.Neurons(l, i).ToArray().Select(n => (i, n))).ToHashSet()).ToArray();
        IReadOnlyList<IReadOnlyList<T>> Pairs<T>(Func<HashSet<(int, int)>, HashSet<(int, int)>, T> of) => [.. sets.Select(a => (IReadOnlyList<T>)[.. sets.Select(b => of(a, b))])];
        return new(languages, languages, [], Pairs((a, b) => a.Intersect(b).Count()), Pairs((a, b) => (double?)(a.Intersect(b).Count() / (double)a.Union(b).Count())),
            Pairs((a, b) => a == b ? -40.5 : -0.25), null);
    }

    private static SteeringTable Steering(IReadOnlyList<string> languages)
    {
        var targets = languages.Skip(1).Take(6).ToArray();
        (string Method, double? Strength)[] methods = [("none", null), ("paper", 1), ("diffmean", 1), ("control", 1), ("residual", 0.5), ("prompt", null)];
        return new(languages,
            [.. targets.SelectMany((t, k) => methods.Select((m, i) => new SteeringRow(m.Method, "en", t, m.Strength, new(Math.Min(10, (i * 2) + k), 10), new(Math.Min(10, (i * 2) + k), 10),
                new(Math.Max(0, 8 - (i * 2)), 10), new(i % 2, 10), new(9, 10), new(10, 10), new(i % 3, 10), new(Math.Min(10, (i * 2) + k) - (i > 0 ? 1 : 0), 10),
                i is 0 or 5 ? null : 40, i is 0 or 5 ? null : 12345, i is 0 or 5 ? null : 0.4375)))],
            [.. targets.SelectMany(t => methods.SelectMany(m => new[] { "What is rain?", "Who are you?", "Why?" }.Select((question, i) =>
                new SteeringAnswer(m.Method, "en", t, m.Strength, question, Greeting(m.Method is "none" or "control" ? "en" : t), m.Method is "none" or "control" ? "en" : t, "en", "en", 0.125, i == 0 ? null : 3.5, m.Method == "paper"))))]);
    }

    /// <summary>A sentence of the Universal Declaration of Human Rights, where the language is known here.</summary>
    public static string Greeting(string language) => language switch
    {
        "ar" => "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق.",
        "he" => "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
        "zh" => "人人生而自由,在尊严和权利上一律平等。",
        "th" => "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
        "hi" => "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
        "ja" => "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
        _ => "All human beings are born free and equal in dignity and rights.",
    };
}
