using LapeOps;
using LapeOps.Build;
using LapeOps.Languages;
using LapeOps.Native;

// What the build calls; see LapeOps.Build.csproj and src/LapeOps.PowerShell.
try
{
    switch (args)
    {
        case ["runtime", var rid, var flavour, var packages, .. { Length: <= 1 } root]:
            RuntimeFolder.Make(rid, Enum.Parse<RuntimeFlavour>(flavour, ignoreCase: true), packages.Split(';'), root.FirstOrDefault());
            DetectorModels.Make(packages.Split(';'), root.FirstOrDefault());
            return 0;
        case ["help", var cmdlets, var comments, var folder]:
            Help.Write(cmdlets, comments, folder);
            return 0;
        case ["manifest", var template, var version, var manifest]:
            ModuleManifest.Write(template, version, manifest);
            return 0;
        case ["tags", var manifest]:
            Console.WriteLine(ModuleManifest.Tags(manifest));
            return 0;
        default:
            Console.Error.WriteLine("usage: runtime RID cpu|cuda PACKAGE;PACKAGE... [ROOT] | help CMDLET_ASSEMBLY XML_COMMENTS FOLDER | manifest TEMPLATE VERSION MANIFEST | tags MANIFEST");
            return 2;
    }
}
catch (LapeException e)
{
    Console.Error.WriteLine($"error {e.ErrorId}: {e.Message}");
    return 1;
}
