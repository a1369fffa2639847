using System.CommandLine;
using Fovea.Cli.Display;
using Fovea.Data;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea data get</c>: fetches a published data set.</summary>
internal static class DataGetVerb
{
    private static readonly Argument<string> Name = new("NAME")
    {
        Description = $"One of {string.Join(", ", PublishedDataset.All.Select(d => d.Name))}.",
    };

    private static readonly Option<string?> To = CommonOptions.Text(
        "--to",
        "DIR",
        $"The folder to put it in, in a folder of its name; where left out, the one that {Datasets.FolderVariable} names, else .fovea/data in your own."
    );

    private static readonly Option<string?> Mirror = CommonOptions.Text(
        "--mirror",
        "URL",
        "Another address to take the files from, by the same names."
    );

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "get",
            "Fetches a published data set: goes on where an earlier try ended, compares checksums, and unpacks. Afterwards --data takes the name.\n\nExample:\n  fovea data get fashion-mnist\n  fovea data get cifar10 --to data --mirror https://mirror.example/cifar"
        );
        command.Arguments.Add(Name);
        command.Options.Add(To);
        command.Options.Add(Mirror);
        command.SetAction((parsed, cancel) => RunAsync(parsed, terminal, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        string name = parsed.GetRequiredValue(Name);
        PublishedDataset set = PublishedDataset.Find(name) ?? throw Unknown(name);
        string folder = parsed.GetValue(To) ?? PublishedDataset.DefaultFolder;
        bool wasThere = Directory.Exists(Path.Combine(folder, set.Name));
        string path;
        using (Work work = Work.Start(terminal, $"fetching {set.Name}"))
        {
            path = await set.GetAsync(folder, Address(parsed.GetValue(Mirror)), new Shares(work), cancel);
        }

        if (parsed.GetValue(CommonOptions.Json))
        {
            terminal.WriteJson(
                new
                {
                    set.Name,
                    Folder = path,
                    Fetched = !wasThere,
                }
            );
            return ExitCode.Done;
        }

        terminal.Write(
            wasThere
                ? $"{set.Name} is in {path} already. Remove the folder to fetch it again."
                : $"{set.Name} is in {path}; checksums are right."
        );
        string data = parsed.GetValue(To) is null ? set.Name : path;
        terminal.Write($"Use it with --data {data}");
        return ExitCode.Done;
    }

    private static Uri? Address(string? mirror) =>
        mirror is null ? null
        : Uri.TryCreate(mirror, UriKind.Absolute, out Uri? address) && address.Scheme is ("http" or "https") ? address
        : throw new ArgumentException($"--mirror must be an address of http or https, got '{mirror}'.");

    private static ArgumentException Unknown(string name)
    {
        string[] known = [.. PublishedDataset.All.Select(d => d.Name)];
        string meant = NearMatch.Find(name, known) is { } near ? $" Did you mean '{near}'?" : "";
        return new ArgumentException(
            $"'{name}' is no data set that can be fetched; there are {string.Join(", ", known)}.{meant}"
        );
    }

    /// <summary>Shows one file after the other.</summary>
    private sealed class Shares(Work work) : IProgress<(string File, double Share)>
    {
        private string _file = "";

        public void Report((string File, double Share) value)
        {
            if (value.File != _file)
            {
                _file = value.File;
                work.Next($"fetching {_file}");
            }

            work.Report(value.Share);
        }
    }
}
