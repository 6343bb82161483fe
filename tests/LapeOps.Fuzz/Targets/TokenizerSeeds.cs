namespace LapeOps.Fuzz.Targets;

/// <summary>Small tokenizer.json files that have, together, each component of the format.</summary>
internal static class TokenizerSeeds
{
    private const string Letters = """ "<unk>": 0, "<s>": 1, "a": 2, "b": 3, "ab": 4, "c": 5, "<0x0A>": 6, "\u2581": 7, "\u0120": 8, "abab": 9, "##b": 10 """;

    private const string Split = """{ "type": "Split", "pattern": { "Regex": "\\p{L}+|[^a-c]{1,3}(?!\\s)|\\s+" }, "behavior": "Isolated", "invert": false }""";

    // [TOKEN, SCORE] of Letters.
    private const string Scored = """["<unk>", 0], ["<s>", 0], ["a", -1.5], ["b", -2], ["ab", -2.5], ["c", -3], ["<0x0A>", -4], ["\u2581", -1], ["\u0120", -9], ["abab", -1e1], ["##b", -7]""";

    public static IEnumerable<string> Files { get; } =
    [
        File($$"""{ "type": "BPE", "dropout": null, "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "ignore_merges": true, "vocab": {{{Letters}}}, "merges": ["a b", "ab ab"] }""",
            Sequence("normalizers", """{ "type": "Prepend", "prepend": "\u2581" }""", """{ "type": "Replace", "pattern": { "String": " " }, "content": "\u2581" }""", """{ "type": "NFC" }"""),
            "null",
            Sequence("decoders", """{ "type": "Replace", "pattern": { "String": "\u2581" }, "content": " " }""", """{ "type": "ByteFallback" }""", """{ "type": "Fuse" }""", """{ "type": "Strip", "content": " ", "start": 1, "stop": 0 }""")),
        File($$"""{ "type": "BPE", "unk_token": "<unk>", "vocab": {{{Letters}}}, "merges": [["a", "b"], ["ab", "ab"]] }""",
            Sequence("normalizers", """{ "type": "NFKD" }""", """{ "type": "StripAccents" }""", """{ "type": "Lowercase" }""", """{ "type": "Strip", "strip_left": true, "strip_right": true }"""),
            Sequence("pretokenizers", Split, """{ "type": "Digits", "individual_digits": true }""", """{ "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true }"""),
            """{ "type": "ByteLevel" }"""),
        File($$"""{ "type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [{{Scored}}] }""",
            Sequence("normalizers", """{ "type": "Nmt" }""", """{ "type": "NFKC" }""", """{ "type": "Replace", "pattern": { "Regex": " {2,}" }, "content": " " }"""),
            Sequence("pretokenizers", """{ "type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": true }""", """{ "type": "Punctuation", "behavior": "MergedWithPrevious" }"""),
            """{ "type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true }"""),
        File($$"""{ "type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {{{Letters}}} }""",
            """{ "type": "NFD" }""",
            """{ "type": "BertPreTokenizer" }""",
            """{ "type": "WordPiece", "prefix": "##", "cleanup": true }"""),
        File($$"""{ "type": "WordLevel", "unk_token": "<unk>", "vocab": {{{Letters}}} }""",
            """{ "type": "ByteLevel" }""",
            Sequence("pretokenizers", """{ "type": "Whitespace" }""", """{ "type": "FixedLength", "length": 2 }""", """{ "type": "CharDelimiterSplit", "delimiter": "-" }""", """{ "type": "WhitespaceSplit" }"""),
            Sequence("decoders", """{ "type": "CTC", "pad_token": "<unk>", "word_delimiter_token": "a", "cleanup": true }""", """{ "type": "BPEDecoder", "suffix": "b" }""")),
    ];

    private static string Sequence(string list, params string[] parts) => $$"""{ "type": "Sequence", "{{list}}": [{{string.Join(", ", parts)}}] }""";

    private static string File(string model, string normalizer, string preTokenizer, string decoder) => $$$"""
        {
          "version": "1.0", "truncation": null, "padding": null,
          "added_tokens": [
            { "id": 1, "content": "<s>", "single_word": false, "lstrip": true, "rstrip": false, "normalized": false, "special": true },
            { "id": 11, "content": "Text", "single_word": true, "lstrip": false, "rstrip": true, "normalized": true, "special": false }
          ],
          "normalizer": {{{normalizer}}},
          "pre_tokenizer": {{{preTokenizer}}},
          "post_processor": {
            "type": "Sequence", "processors": [{ "type": "ByteLevel" }, {
              "type": "TemplateProcessing",
              "single": [{ "SpecialToken": { "id": "<s>", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } }],
              "special_tokens": { "<s>": { "id": "<s>", "ids": [1], "tokens": ["<s>"] } }
            }, { "type": "BertProcessing", "sep": ["<s>", 1], "cls": ["<s>", 1] }]
          },
          "decoder": {{{decoder}}},
          "model": {{{model}}}
        }
        """;
}
