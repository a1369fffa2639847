using System.Globalization;

namespace Fovea.Mutants;

/// <summary>Reads damaged files of every format: they are read or refused by the one exception, in time, and without memory
/// for what is not there.</summary>
internal static class Program
{
    private const string Usage = """
        usage: COUNT [FORMAT] [SEED]       COUNT damaged files of every format, or of those whose name contains FORMAT
               fuzz FORMAT MINUTES [SEED]  files that come to new places of the reader, found by afl-fuzz (Debian: afl++)
        """;

    private static int Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        string temporary = Directory.CreateTempSubdirectory("fovea-mutants-").FullName;
        try
        {
            return args switch
            {
                ["fuzz", string name, string minutes, .. string[] seed]
                    when seed.Length < 2 && double.TryParse(minutes, out double time) && time > 0 => Fuzz(
                    name,
                    time,
                    Seed(seed),
                    temporary
                ),
                [Fuzzing.InsideWord, string name, string golden] => Fuzzing.Inside(name, golden, temporary),
                [string count, .. string[] rest] when rest.Length < 3 && int.TryParse(count, out int files) => Mutants(
                    files,
                    rest.Length > 0 ? rest[0] : "",
                    Seed(rest.Length > 1 ? rest[1..] : []),
                    temporary
                ),
                _ => Wrong(),
            };
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static int Wrong()
    {
        Console.WriteLine(Usage);
        return 2;
    }

    private static ulong Seed(string[] text) =>
        text.Length > 0 ? ulong.Parse(text[0], CultureInfo.InvariantCulture) : 1;

    private static int Mutants(int count, string name, ulong seed, string temporary)
    {
        bool isFine = true;
        Console.WriteLine(SeededMutants.Columns);
        foreach (Format format in Format.All(Golden(), temporary))
        {
            if (format.Name.Contains(name, StringComparison.Ordinal))
            {
                isFine &= SeededMutants.Run(format, count, seed, temporary);
            }
        }

        return isFine ? 0 : 1;
    }

    private static int Fuzz(string name, double minutes, ulong seed, string temporary)
    {
        IReadOnlyList<Format> all = Format.All(Golden(), temporary);
        if (all.FirstOrDefault(f => f.Name == name) is not { } format)
        {
            Console.WriteLine($"no format '{name}'; there are {string.Join(", ", all.Select(f => $"'{f.Name}'"))}");
            return 2;
        }

        return Fuzzing.Run(format, minutes, seed, Golden(), temporary) ? 0 : 1;
    }

    /// <summary>The folder tests/golden of the clone.</summary>
    private static string Golden()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Fovea.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new DirectoryNotFoundException("Run it from a clone."), "tests", "golden");
    }
}
