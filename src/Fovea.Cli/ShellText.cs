namespace Fovea.Cli;

/// <summary>Writes arguments so that they can be copied into a shell.</summary>
internal static class ShellText
{
    /// <summary>The argument, in quotes where it has characters that shells read.</summary>
    public static string Quote(string argument)
    {
        bool plain =
            argument.Length > 0
            && argument.All(c =>
                char.IsLetterOrDigit(c)
                || c is '/' or '.' or '_' or '-' or '+' or '=' or ',' or ':' or '@'
                || (c == '\\' && OperatingSystem.IsWindows())
            );
        return plain ? argument
            : OperatingSystem.IsWindows() ? $"\"{argument}\"" // a Windows path has no quotes
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
