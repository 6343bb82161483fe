using System.Text;
using System.Text.Json;
using LapeOps.Chat.Jinja;
using LapeOps.Formats;

namespace LapeOps.Chat;

/// <summary>
/// Messages with a role (system, user, assistant, ...) and a content (a text, or whatever the model's template takes), in order. What else
/// a message has, such as tool_calls, the template sees, too.
/// </summary>
public sealed class ChatConversation
{
    private ChatConversation(IReadOnlyList<object?> messages) => Messages = new ListValue(messages);

    /// <summary>Number of messages.</summary>
    public int Count => Messages.Items.Count;

    /// <summary>The messages as a template sees them.</summary>
    internal ListValue Messages { get; }

    /// <summary>A conversation of one message of the user.</summary>
    public static ChatConversation OfUser(string content) =>
        new([new MapValue(new OrderedDictionary<string, object?>(StringComparer.Ordinal) { ["role"] = "user", ["content"] = content })]);

    /// <summary>A conversation from JSON: a list of messages, or an object with the list as <c>messages</c>.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="source">What errors call the place it comes from.</param>
    /// <exception cref="LapeException">ConversationInvalid.</exception>
    public static ChatConversation Of(JsonElement json, string source)
    {
        if (json.ValueKind == JsonValueKind.Object && !json.TryGetProperty("messages", out json))
            throw Invalid(source, "it has no messages");
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
            throw Invalid(source, "its messages have to be a list of at least one");
        var messages = new List<object?>();
        foreach (var message in json.EnumerateArray())
            messages.Add(Message(message, $"{source}, message {messages.Count + 1}"));
        return new ChatConversation(messages);
    }

    /// <summary>A conversation from a text of JSON, such as a line of a .jsonl file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">What errors call the place it comes from.</param>
    /// <exception cref="LapeException">ConversationInvalid.</exception>
    public static ChatConversation Parse(string text, string source)
    {
        try
        {
            using var json = ForeignJson.Parse(Encoding.UTF8.GetBytes(text));
            return Of(json.RootElement, source);
        }
        catch (JsonException e)
        {
            throw Invalid(source, $"it is no valid JSON ({e.Message})", e);
        }
    }

    private static object? Message(JsonElement message, string source)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw Invalid(source, "it is no object with role and content");
        if (!message.TryGetProperty("role", out var role) || role.ValueKind != JsonValueKind.String)
            throw Invalid(source, "its role has to be a text such as user");
        if (!message.TryGetProperty("content", out _) && !message.TryGetProperty("tool_calls", out _))
            throw Invalid(source, "it has no content");
        return Value(message, source);
    }

    private static object? Value(JsonElement json, string source)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in json.EnumerateObject())
                    map[Text(() => property.Name, source)] = Value(property.Value, source);
                return new MapValue(map);
            case JsonValueKind.Array:
                return new ListValue([.. json.EnumerateArray().Select(item => Value(item, source))]);
            case JsonValueKind.String:
                return Text(json.GetString, source);
            case JsonValueKind.Number:
                return json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return json.GetBoolean();
            default:
                return null;
        }
    }

    private static string Text(Func<string?> read, string source)
    {
        try
        {
            return read() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw Invalid(source, "a text has half of a surrogate pair", e);
        }
    }

    private static LapeException Invalid(string source, string what, Exception? inner = null) => new("ConversationInvalid",
        $"{source}: {what}. A conversation is {{\"messages\": [{{\"role\": \"user\", \"content\": \"...\"}}, ...]}}.", inner);
}
