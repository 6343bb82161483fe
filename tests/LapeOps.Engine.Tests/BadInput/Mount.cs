using System.Diagnostics;
using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>A child process that sees a small file system of its own, full or read-only: what no test can have for itself without being root.</summary>
internal static class Mount
{
    /// <summary>What the child ends with where its file system is as empty as it was.</summary>
    public const string Empty = "[]";

    // The process's own exit code, after what is left in the file system.
    private const string Script = """
        folder=$1; options=$2; shift 2
        mount -t tmpfs -o "$options" tmpfs "$folder" || exit 99
        "$@"; code=$?
        echo "[$(ls -A "$folder")]"
        exit $code
        """;

    /// <summary>Where the file system is.</summary>
    public static string Folder(TempFolder folder) => folder["mounted"];

    /// <summary>Runs an operation with it; temporary files are to go there as well.</summary>
    public static Child Run(TempFolder folder, bool readOnly, string size, string operation, params string[] arguments)
    {
        Assert.SkipUnless(Allowed.Value, "Mounting in a namespace of one's own (unshare -rm) is not permitted here.");
        Directory.CreateDirectory(Folder(folder));
        return Child.Run(["unshare", "-rm", "sh", "-c", Script, "sh", Folder(folder), $"size={size}{(readOnly ? ",ro" : "")}"],
            new() { ["TMPDIR"] = Folder(folder) }, operation, arguments);
    }

    private static Lazy<bool> Allowed { get; } = new(() =>
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", Path.GetTempPath()]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });
}
