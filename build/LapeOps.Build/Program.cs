using LapeOps;
using LapeOps.Native;

// What the build calls; see LapeOps.Build.csproj and src/LapeOps.PowerShell.
try
{
    switch (args)
    {
        case ["runtime", var libtorch, var torchSharp]:
            RuntimeFolder.Make(RuntimeFlavour.Cpu, libtorch, torchSharp);
            return 0;
        default:
            Console.Error.WriteLine("usage: runtime LIBTORCH_PACKAGE TORCHSHARP_PACKAGE");
            return 2;
    }
}
catch (LapeException e)
{
    Console.Error.WriteLine($"error {e.ErrorId}: {e.Message}");
    return 1;
}
