namespace Fovea.Files;

/// <summary>Names of files as messages show them.</summary>
internal static class ShortName
{
    private const int Longest = 100;

    /// <summary>A name, cut where it is long, and without control characters.</summary>
    public static string Of(string name)
    {
        string clean = string.Concat(
            name.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)
        );
        return name.Length > Longest ? clean + "..." : clean;
    }
}
