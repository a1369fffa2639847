// Writes the files of the public surface anew: dotnet run eng/public-api.cs -- [PROJECT...], or eng/public-api
// PublicAPI.Shipped.txt holds what a release has; a release moves the lines of PublicAPI.Unshipped.txt there, and is the
// only time it changes. PublicAPI.Unshipped.txt gets what the analyzer finds beyond it; a shipped member that is gone is
// marked *REMOVED* there, for a reviewer to see.
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

const string Head = "#nullable enable";
const string Removed = "*REMOVED*";
string root = Directory.GetCurrentDirectory();
string[] projects =
    args.Length > 0
        ? args
        :
        [
            .. Directory
                .GetFiles(Path.Combine(root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(p =>
                    File.ReadAllText(p).Contains("<ProjectType>Library</ProjectType>", StringComparison.Ordinal)
                ),
        ];
foreach (string project in projects)
{
    string folder = Path.GetDirectoryName(Path.GetFullPath(project))!,
        shipped = Path.Combine(folder, "PublicAPI.Shipped.txt"),
        unshipped = Path.Combine(folder, "PublicAPI.Unshipped.txt");
    if (!File.Exists(shipped))
    {
        File.WriteAllText(shipped, Head + "\n");
    }

    File.WriteAllText(unshipped, Head + "\n");
    string log = Path.GetTempFileName();
    Build(project, log);
    List<string> lines = [.. Symbols(log, "RS0016", "RS0037"), .. Symbols(log, "RS0017").Select(s => Removed + s)];
    lines.Sort(StringComparer.Ordinal);
    File.WriteAllText(unshipped, string.Join('\n', [Head, .. lines.Distinct()]) + "\n");
    File.Delete(log);
    Console.WriteLine($"{Path.GetRelativePath(root, unshipped)}: {lines.Count} lines");
}

void Build(string project, string log)
{
    using Process build = Process.Start(
        "dotnet",
        [
            "build",
            project,
            "-c",
            "Release",
            "--no-incremental",
            "--no-dependencies",
            "-p:TreatWarningsAsErrors=false",
            $"-p:ErrorLog={log}%2Cversion=2.1",
            "-v:quiet",
            "-clp:ErrorsOnly",
        ]
    );
    build.WaitForExit();
    if (build.ExitCode != 0)
    {
        throw new InvalidOperationException($"{project} does not build; build the solution first");
    }
}

static IEnumerable<string> Symbols(string log, params string[] rules)
{
    using JsonDocument sarif = JsonDocument.Parse(File.ReadAllText(log));
    foreach (JsonElement run in sarif.RootElement.GetProperty("runs").EnumerateArray())
    {
        foreach (JsonElement result in run.GetProperty("results").EnumerateArray())
        {
            if (rules.Contains(result.GetProperty("ruleId").GetString()))
            {
                string text = result.GetProperty("message").GetProperty("text").GetString()!;
                yield return Regex.Match(text, "^Symbol '(.*)' is (?:not )?part of the").Groups[1].Value;
            }
        }
    }
}
