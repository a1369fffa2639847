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

    public static Command Create(Terminal terminal)
    {
        Command list = new("list", "Lists the built-in data sets.\n\nExample:\n  fovea data list");
        list.SetAction(parsed => List(terminal, parsed.GetValue(CommonOptions.Json)));
        Command info = new(
            "info",
            "Says what is in a data set: sizes, classes, values, and what to be careful about.\n\nExample:\n  fovea data info shapes"
        );
        info.Arguments.Add(DataArgument);
        info.Options.Add(Missing);
        info.Options.Add(Unequal);
        info.SetAction(parsed =>
        {
            DataOptions options = new TrainingRequest
            {
                Missing = parsed.GetValue(Missing),
                Unequal = parsed.GetValue(Unequal),
            }.ToDataOptions();
            return Info(parsed.GetRequiredValue(DataArgument), options, terminal, parsed.GetValue(CommonOptions.Json));
        });
        Command command = new("data", "Data sets.\n\nExample:\n  fovea data list\n  fovea data info shapes");
        command.Subcommands.Add(list);
        command.Subcommands.Add(info);
        return command;
    }

    private static int List(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.WriteJson(Datasets.BuiltIn.Select(d => new { d.Name, d.Description }));
            return ExitCode.Done;
        }

        ResultTable table = new(new TableColumnOf("name"), new TableColumnOf("what", Folds: true));
        foreach ((string name, string description) in Datasets.BuiltIn)
        {
            table.Add(name, description);
        }

        terminal.Write(table.Lines(terminal));
        terminal.Write("Or any folder or file of IDX images (as MNIST ships) or UCR series.");
        return ExitCode.Done;
    }

    private static int Info(string nameOrPath, DataOptions options, Terminal terminal, bool json)
    {
        DatasetSummary summary = Summary(nameOrPath, options, terminal);
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
                }
            );
            return ExitCode.Done;
        }

        Write(summary, terminal);
        return ExitCode.Done;
    }

    private static DatasetSummary Summary(string nameOrPath, DataOptions options, Terminal terminal)
    {
        using Work work = Work.Start(terminal, $"reading {nameOrPath}");
        return DatasetSummary.Of(Datasets.Open(nameOrPath, options));
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
