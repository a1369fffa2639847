using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea data</c>: what data sets there are, and what is in one.</summary>
internal static class DataVerb
{
    private static readonly Argument<string> DataArgument = new("DATA")
    {
        Description = "A built-in data set, a folder or a file.",
    };

    private static readonly Option<string?> Missing = CommonOptions.Missing();
    private static readonly Option<string?> Unequal = CommonOptions.Unequal();

    private static readonly Option<bool> Strict = CommonOptions.Strict();

    public static Command Create(Terminal terminal)
    {
        Command list = new(
            "list",
            "Lists the built-in data sets and those that can be fetched.\n\nExample:\n  fovea data list"
        );
        list.SetAction(parsed => List(terminal, parsed.GetValue(CommonOptions.Json)));
        Command info = new(
            "info",
            "Says what is in a data set: sizes, classes, values, and what to be careful about.\n\nExample:\n  fovea data info shapes"
        );
        info.Arguments.Add(DataArgument);
        info.Options.Add(Missing);
        info.Options.Add(Unequal);
        info.Options.Add(Strict);
        info.SetAction(parsed =>
        {
            DataOptions options = new TrainingRequest
            {
                Missing = parsed.GetValue(Missing),
                Unequal = parsed.GetValue(Unequal),
                Strict = parsed.GetValue(Strict),
            }.ToDataOptions();
            return Info(parsed.GetRequiredValue(DataArgument), options, terminal, parsed.GetValue(CommonOptions.Json));
        });
        Command command = new(
            "data",
            "Data sets.\n\nExample:\n  fovea data list\n  fovea data info shapes\n  fovea data get fashion-mnist"
        );
        command.Subcommands.Add(list);
        command.Subcommands.Add(info);
        command.Subcommands.Add(DataGetVerb.Create(terminal));
        return command;
    }

    private static int List(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.WriteJson(
                Datasets
                    .BuiltIn.Select(d => new
                    {
                        d.Name,
                        d.Description,
                        Fetched = false,
                    })
                    .Concat(
                        PublishedDataset.All.Select(d => new
                        {
                            d.Name,
                            d.Description,
                            Fetched = true,
                        })
                    )
            );
            return ExitCode.Done;
        }

        ResultTable table = new(new TableColumnOf("name"), new TableColumnOf("what", Folds: true));
        foreach ((string name, string description) in Datasets.BuiltIn)
        {
            table.Add(name, description);
        }

        foreach (PublishedDataset set in PublishedDataset.All)
        {
            table.Add(set.Name, $"fetched by 'fovea data get {set.Name}': {set.Description}");
        }

        terminal.Write(table.Lines(terminal));
        terminal.Write(
            "Or any folder with one folder of pictures for each class (train, val and test above them or not), or any folder or file of IDX images (as MNIST ships), CIFAR in binary, UCR series or arrays of NumPy (.npz)."
        );
        return ExitCode.Done;
    }

    private static int Info(string nameOrPath, DataOptions options, Terminal terminal, bool json)
    {
        (DataSource source, DatasetSummary summary) = Summary(nameOrPath, options, terminal);
        if (json)
        {
            terminal.WriteJson(
                new
                {
                    summary.Name,
                    summary.Format,
                    ItemShape = summary.ItemShape.ToArray(),
                    summary.Classes,
                    summary.Train,
                    summary.Test,
                    LeakedPairs = summary.LeakedPairs.Select(p => new { p.Test, p.Train }),
                    summary.Warnings,
                    Pictures = source.Pictures is null ? null : Shape(source.Pictures),
                }
            );
            return ExitCode.Done;
        }

        Write(summary, terminal);
        if (source.Pictures is { } pictures)
        {
            Write(pictures, source.Train, terminal);
        }

        return ExitCode.Done;
    }

    private static (DataSource Source, DatasetSummary Summary) Summary(
        string nameOrPath,
        DataOptions options,
        Terminal terminal
    )
    {
        using Work work = Work.Start(terminal, $"reading {nameOrPath}");
        DataSource source = Datasets.Open(nameOrPath, options);
        DatasetSummary summary = DatasetSummary.Of(source);
        return (
            source,
            summary with
            {
                Warnings = source.Pictures is null ? [.. source.Notices, .. summary.Warnings] : source.Notices, // the same and more, by file
            }
        );
    }

    private static object Shape(PictureStatistics pictures) =>
        new
        {
            pictures.Count,
            Width = new[] { pictures.MinimumWidth, pictures.MedianWidth, pictures.MaximumWidth },
            Height = new[] { pictures.MinimumHeight, pictures.MedianHeight, pictures.MaximumHeight },
            Formats = pictures.Formats.ToDictionary(f => f.Format.ToString(), f => f.Count),
            pictures.OddOnes,
        };

    private static void Write(PictureStatistics pictures, IDataset data, Terminal terminal)
    {
        string formats = string.Join(", ", pictures.Formats.Select(f => $"{f.Count} {f.Format}"));
        terminal.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Pictures: {formats}; widths {pictures.MinimumWidth} to {pictures.MaximumWidth}, middle {pictures.MedianWidth}; heights {pictures.MinimumHeight} to {pictures.MaximumHeight}, middle {pictures.MedianHeight}."
            )
        );
        terminal.Write($"As items: {data.Sizing!.Describe(data.ItemShape)} (the model's own size when training).");
        foreach (string odd in pictures.OddOnes)
        {
            terminal.Write($"Odd: {odd}");
        }
    }

    private static void Write(DatasetSummary summary, Terminal terminal)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        terminal.Write(
            $"{summary.Name} ({summary.Format}), items {summary.ItemShape}, {summary.Classes.Count} classes"
        );
        ResultTable table = new(
            new TableColumnOf("class", Folds: true),
            new TableColumnOf("train", IsNumber: true),
            new TableColumnOf("test", IsNumber: true)
        );
        for (int i = 0; i < summary.Classes.Count; i++)
        {
            table.Add(
                summary.Classes[i],
                summary.Train.ClassCounts[i].ToString(culture),
                summary.Test.ClassCounts[i].ToString(culture)
            );
        }

        table.Add("all", summary.Train.Count.ToString(culture), summary.Test.Count.ToString(culture));
        terminal.Write(table.Lines(terminal));
        for (int c = 0; c < summary.Train.Channels.Count; c++)
        {
            ChannelStatistics s = summary.Train.Channels[c];
            terminal.Out.WriteLine(string.Create(culture, $"Channel {c}: mean {s.Mean:G5}, deviation {s.Std:G5}"));
        }

        foreach (string warning in summary.Warnings)
        {
            terminal.Note($"Careful: {warning}");
        }
    }
}
