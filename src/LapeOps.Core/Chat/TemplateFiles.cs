using System.Text;
using System.Text.Json;
using LapeOps.Formats;

namespace LapeOps.Chat;

/// <summary>Finds a model's chat template and special tokens in the files of its folder.</summary>
internal static class TemplateFiles
{
    private const string TemplateFile = "chat_template.jinja";
    private const string ConfigFile = "tokenizer_config.json";
    private const string SpecialTokensFile = "special_tokens_map.json";
    private const string TemplateKey = "chat_template";
    private const long MostBytes = 32 << 20; // those with thousands of added tokens have a megabyte

    private static readonly string[] SpecialTokens = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file that holds the template, its text, and the variables of the special tokens.</summary>
    /// <exception cref="LapeException">ChatTemplateMissing; ChatTemplateInvalid; FileNotReadable.</exception>
    public static (string File, string Source, IReadOnlyDictionary<string, string> Variables) Read(string folder)
    {
        var configFile = Path.Combine(folder, ConfigFile);
        using var config = Json(configFile);
        using var map = Json(Path.Combine(folder, SpecialTokensFile));
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in SpecialTokens)
            if ((SpecialToken(config, name) ?? SpecialToken(map, name)) is { } token)
                variables[name] = token;
        var templateFile = Path.Combine(folder, TemplateFile);
        if (File.Exists(templateFile))
            return (templateFile, Text(templateFile), variables);
        var source = config is not null && config.RootElement.TryGetProperty(TemplateKey, out var template) ? Source(template, configFile) : null;
        return (configFile, source ?? throw Missing(folder), variables);
    }

    private static string? Source(JsonElement template, string file) => template.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => String(template, file),
        JsonValueKind.Array => Default(template, file),
        _ => throw Invalid(file, $"{TemplateKey} has to be a text or a list of named ones"),
    };

    private static string Default(JsonElement templates, string file)
    {
        var names = new List<string>();
        foreach (var item in templates.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("name", out var name) || !item.TryGetProperty("template", out var template))
                throw Invalid(file, $"an item of {TemplateKey} has to have name and template");
            names.Add(String(name, file));
            if (names[^1] == "default")
                return String(template, file);
        }
        throw Invalid(file, $"{TemplateKey} has no template named default, only {string.Join(", ", names)}");
    }

    // A text, or an object whose content is the text.
    private static string? SpecialToken(JsonDocument? file, string name)
    {
        if (file is null || !file.RootElement.TryGetProperty(name, out var token))
            return null;
        if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content))
            token = content;
        return token.ValueKind == JsonValueKind.String ? String(token, name) : null;
    }

    private static JsonDocument? Json(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            var json = ForeignJson.Parse(Bytes(file));
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return json;
            json.Dispose();
            throw Invalid(file, "it holds no JSON object");
        }
        catch (JsonException e)
        {
            throw Invalid(file, $"it is no valid JSON ({e.Message})", e);
        }
    }

    private static string Text(string file)
    {
        try
        {
            return Strict.GetString(Bytes(file));
        }
        catch (DecoderFallbackException e)
        {
            throw Invalid(file, "it is not UTF-8", e);
        }
    }

    private static byte[] Bytes(string file) => BoundedFile.Read(file, MostBytes) ?? throw Invalid(file, $"it has more than {MostBytes:N0} bytes");

    private static string String(JsonElement value, string file)
    {
        try
        {
            return value.GetString() ?? throw Invalid(file, $"{TemplateKey} has an empty value");
        }
        catch (InvalidOperationException e)
        {
            throw Invalid(file, $"a value of {TemplateKey} or of a special token is no text of whole characters", e);
        }
    }

    private static LapeException Invalid(string file, string what, Exception? inner = null) =>
        new("ChatTemplateInvalid", $"{file}: {what}. Take the file as its publisher gives it.", inner);

    private static LapeException Missing(string folder) => new("ChatTemplateMissing",
        $"{folder} has no chat template: neither {TemplateFile} nor {TemplateKey} in {ConfigFile}. A base model has none: give plain prompts, or put the template of its instruction-tuned sibling there as {TemplateFile}.");
}
