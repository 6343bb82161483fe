using System.Runtime.CompilerServices;
using System.Text;

namespace LapeOps.Core.Tests.Reports;

/// <summary>Whole outputs against files that someone has read. What differs lies beside them as .received, to be read and renamed.</summary>
internal static class Approved
{
    public static void Check(string name, string text, [CallerFilePath] string here = "")
    {
        var approved = Path.Combine(Path.GetDirectoryName(here)!, "Approved", name);
        var received = Path.ChangeExtension(approved, $".received{Path.GetExtension(approved)}");
        var expected = File.Exists(approved) ? File.ReadAllText(approved, Encoding.UTF8) : "";
        if (text == expected)
            File.Delete(received);
        else
            File.WriteAllText(received, text, new UTF8Encoding(false));
        Assert.Equal(expected, text);
    }
}
