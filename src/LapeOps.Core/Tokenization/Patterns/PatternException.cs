namespace LapeOps.Tokenization.Patterns;

/// <summary>Syntax that a pattern must not use, or a text that takes it too long; whoever knows the file makes an error of it.</summary>
internal sealed class PatternException(string message) : Exception(message);
