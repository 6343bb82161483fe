using LapeOps;
using LapeOps.BadInput;

// LapeOps.BadInput OPERATION ARGUMENT...: does one thing with one file, so that a test can bound the memory and the time that it takes.
// Exits with 0, with 3 and "ErrorId: message" where the file was refused, or in whatever way the process ended otherwise.
if (args is not [var name, .. var arguments] || !Operations.ByName.TryGetValue(name, out var operation))
{
    Console.Error.WriteLine($"usage: {string.Join(" | ", Operations.ByName.Keys)}, and what each takes");
    return 2;
}
var code = 0;
try
{
    operation(arguments);
}
catch (LapeException e)
{
    Console.WriteLine($"{e.ErrorId}: {e.Message}");
    code = 3;
}
// The peak resident set: a refusal that first ate a gigabyte is no refusal.
if (OperatingSystem.IsLinux())
    Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)));
return code;
