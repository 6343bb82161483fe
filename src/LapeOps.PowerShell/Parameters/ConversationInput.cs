using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using LapeOps.Chat;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Conversations and messages as PowerShell has them: hashtables, objects with properties, and lists of these.</summary>
internal sealed class ConversationInput
{
    private const string Source = "A conversation";
    private const int MostDepth = 60;
    private const int MostValues = 1_000_000;
    private int _values;

    private ConversationInput()
    {
    }

    /// <summary>Whether a value is a whole conversation: a list of messages, or an object with messages.</summary>
    public static bool IsConversation(object? value) => value.Unwrapped() is IList || Has(value, "messages");

    /// <summary>Whether a value is one message of a conversation.</summary>
    public static bool IsMessage(object? value) => Has(value, "role");

    /// <summary>The conversation of a list of messages, or of an object with messages.</summary>
    /// <exception cref="LapeException">ConversationInvalid.</exception>
    public static ChatConversation Of(object value) =>
        ChatConversation.Of(JsonSerializer.SerializeToElement(new ConversationInput().Node(value, 0)), Source);

    private static bool Has(object? value, string name) => value.Unwrapped() switch
    {
        IDictionary table => table.Contains(name),
        PSCustomObject => ((PSObject)value!).Properties[name] is not null,
        _ => false,
    };

    private JsonNode? Node(object? value, int depth)
    {
        if (depth > MostDepth || ++_values > MostValues)
            throw Invalid("it nests too deep or holds itself");
        return value.Unwrapped() switch
        {
            null => null,
            string text => JsonValue.Create(text),
            bool flag => JsonValue.Create(flag),
            char or Enum => JsonValue.Create(value.Unwrapped()!.ToString()),
            sbyte or byte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(value.Unwrapped(), CultureInfo.InvariantCulture)),
            float or double or decimal => JsonValue.Create(Convert.ToDouble(value.Unwrapped(), CultureInfo.InvariantCulture)),
            IDictionary table => Table(table.Keys.Cast<object>().Select(key => (key.ToString()!, table[key])), depth),
            PSCustomObject => Table(((PSObject)value!).Properties.Select(p => (p.Name, (object?)p.Value)), depth),
            IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(item => Node(item, depth + 1))]),
            var other => throw Invalid($"a {other.GetType().Name} cannot be part of a message"),
        };
    }

    private JsonObject Table(IEnumerable<(string Name, object? Value)> items, int depth)
    {
        var node = new JsonObject();
        foreach (var (name, value) in items)
            node[name] = Node(value, depth + 1);
        return node;
    }

    private static LapeException Invalid(string what) => new("ConversationInvalid", $"{Source} cannot be read: {what}. Give messages with role and content.");
}
