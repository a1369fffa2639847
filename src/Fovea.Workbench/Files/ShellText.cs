namespace Fovea.Workbench;

/// <summary>Writes arguments so that they can be copied into a shell.</summary>
public static class ShellText
{
    /// <summary>Lines that name a long argument for later commands: the shell's variable <c>NET</c>.</summary>
    /// <param name="argument">The argument: network text of one line.</param>
    /// <param name="width">No line is longer, where the parts of the text allow it.</param>
    public static IEnumerable<string> Assign(string argument, int width)
    {
        ArgumentNullException.ThrowIfNull(argument);
        // Network text may be broken after its semicolons.
        string[] parts = [.. $"{(OperatingSystem.IsWindows() ? "$NET = " : "NET=")}{Quote(argument)}".Split("; ")];
        string line = parts[0];
        foreach (string part in parts[1..])
        {
            if (line.Length + part.Length + 3 > width)
            {
                yield return line + ";";
                line = "  " + part;
            }
            else
            {
                line += "; " + part;
            }
        }

        yield return line;
    }

    /// <summary>What stands in a command for the argument of <see cref="Assign"/>.</summary>
    public const string Assigned = "\"$NET\"";

    /// <summary>The argument, in quotes where it has characters that shells read.</summary>
    /// <param name="argument">Any text.</param>
    public static string Quote(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
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
