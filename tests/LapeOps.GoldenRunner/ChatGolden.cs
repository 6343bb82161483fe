using System.Text.Json;
using LapeOps.Chat;

namespace LapeOps.GoldenRunner;

/// <summary>Compares chat templates with the reference: chat/*/golden.json and the chat_template.jinja beside it.</summary>
public static class ChatGolden
{
    /// <summary>Every golden file.</summary>
    public static IReadOnlyList<string> Files => Reference.Find("chat", "golden.json");

    /// <summary>Runs all cases of a golden file.</summary>
    public static Verdict Run(string goldenFile) => Verdict.Of("chat", Path.GetFileName(Path.GetDirectoryName(goldenFile)!), "*", () => Differences(goldenFile));

    private static IEnumerable<string> Differences(string goldenFile)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(goldenFile));
        var variables = golden.RootElement.GetProperty("variables").EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString()!);
        var file = Path.Combine(Path.GetDirectoryName(goldenFile)!, "chat_template.jinja");
        var template = ChatTemplate.Parse(File.ReadAllText(file), file, variables);
        foreach (var item in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var name = item.GetProperty("name").GetString();
            var expected = item.TryGetProperty("error", out var error) ? $"refused: {error.GetString()}" : item.GetProperty("expected").GetString()!;
            var actual = Rendered(template, item);
            if (expected != actual && !(error.ValueKind == JsonValueKind.String && actual.EndsWith(error.GetString()!, StringComparison.Ordinal)))
                yield return $"{name}: expected {JsonSerializer.Serialize(expected)}, not {JsonSerializer.Serialize(actual)}";
        }
    }

    private static string Rendered(ChatTemplate template, JsonElement item)
    {
        try
        {
            return template.Render(ChatConversation.Of(item.GetProperty("messages"), "golden.json"), item.GetProperty("add_generation_prompt").GetBoolean());
        }
        catch (LapeException e) when (e.ErrorId == "ChatTemplateRefused")
        {
            return $"refused: {e.Message}";
        }
    }
}
