using System.CommandLine;
using Fovea.Cli.Display;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea inspect</c>: everything that structure says of a network, layer by layer.</summary>
internal static class InspectVerb
{
    private const int LargestBatch = 65_536;

    private static readonly Argument<string?> Model = new("MODEL")
    {
        Description =
            "A name of the zoo, with arguments or without, a file of network text or the text itself, or a run folder or checkpoint. Left out: lists the zoo.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Input = CommonOptions.Text(
        "--input",
        "CxHxW",
        "Shape of an item, e.g. 3x224x224 or 1x128; a range, 3x193..225, asks which sizes avoid uneven padding. Of several inputs all, in order or by name: 1x28x28,1x28x28 or left=1x28x28,right=1x28x28."
    );
    private static readonly Option<string?> Convention = CommonOptions.Text(
        "--convention",
        string.Join('|', CountingConvention.All.Select(c => c.Name)),
        "What is counted; torchvision where left out."
    );
    private static readonly Option<int?> Batch = CommonOptions.Number<int>(
        "--batch",
        "N",
        "Items in a batch; 1 where left out."
    );
    private static readonly Option<string?> Versus = CommonOptions.Text(
        "--versus",
        "OTHER",
        "A second network, to be compared with the first."
    );
    private static readonly Option<string?> Replace = CommonOptions.Text(
        "--replace",
        string.Join('|', GraphEdit.All.Select(e => e.Name)),
        "Compares the network with itself after an edit of its convolutions."
    );
    private static readonly Option<bool> All = new("--all")
    {
        Description = "Show every operation, and every one of repeated blocks.",
    };
    private static readonly Option<bool> Why = new("--why")
    {
        Description = "Show below each layer why its output has its size.",
    };
    private static readonly Option<bool> Csv = new("--csv") { Description = "Print the layers as CSV." };
    private static readonly Option<bool> Text = new("--text") { Description = "Print the network as network text." };
    private static readonly Option<bool> Training = new("--training")
    {
        Description = "Show what a training step keeps for its backward pass, layer by layer, and its peak of memory.",
    };
    private static readonly Option<string?> Questions = CommonOptions.Text(
        "--questions",
        "FILE.dll",
        "An assembly with questions of your own, asked besides."
    );
    private static readonly Option<string?> Group = CommonOptions.Text(
        "--group",
        string.Join('|', QuestionSource.Groups),
        "Ask the questions of one group only."
    );

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "inspect",
            "Shows a network layer by layer - sizes, parameters, multiply-adds, receptive fields - and answers what can be answered before training.\n\nExample:\n  fovea inspect resnet18 --input 3x224x224\n"
                + "  fovea inspect vgg16 --replace depthwise\n  fovea inspect resnet18 --input 3x193..225"
        );
        command.Arguments.Add(Model);
        foreach (
            Option option in new Option[]
            {
                Input,
                Convention,
                Batch,
                Versus,
                Replace,
                All,
                Why,
                Csv,
                Text,
                Training,
                Questions,
                Group,
            }
        )
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        bool json = parsed.GetValue(CommonOptions.Json),
            csv = parsed.GetValue(Csv);
        Refuse(parsed, json, csv);
        if (parsed.GetValue(Model) is not { } name)
        {
            ListZoo(terminal, json);
            return ExitCode.Done;
        }

        InspectRequest request = Read(parsed);
        NetworkSource source = NetworkSource.Find(name, terminal.Note);
        string? written = parsed.GetValue(Input);
        InputList? list = written is not null && InputList.IsList(written) ? InputList.Parse(written) : null;
        InputRange? range = written is not null && list is null ? InputRange.Parse(written) : null;
        if (range is { IsRange: true })
        {
            GraphEdit? edited = parsed.GetValue(Replace) is { } all ? GraphEdit.Parse(all) : null;
            Graph Trace(Shape at) => edited?.Apply(source.Trace(at)).Graph ?? source.Trace(at);
            string shown = edited is null ? source.Text : $"{source.Text} --replace {edited.Name}";
            SweepView.Write(
                Sweep(source, range, request, Trace, terminal, cancel),
                shown,
                range.Text,
                request,
                terminal,
                json,
                csv
            );
            return ExitCode.Done;
        }

        Shape? item = range?.Items(range.Written)[0];
        Graph At(NetworkSource network) => list is null ? network.Trace(item) : network.Trace(list);
        if (parsed.GetValue(Training))
        {
            TrainingMemory memory = TrainingMemory.Of(At(source));
            TrainingMemoryView.Write(memory, source.Text, request.Batch, terminal, json);
            return ExitCode.Done;
        }

        if (parsed.GetValue(Text))
        {
            PrintText(At(source), parsed.GetValue(Replace), terminal);
            return ExitCode.Done;
        }

        Inspection inspection = request.Inspect(At(source), source.Text);
        if (parsed.GetValue(Versus) is { } other)
        {
            NetworkSource second = NetworkSource.Find(other, terminal.Note);
            ComparisonView.Write(
                new InspectionComparison(inspection, request.Inspect(At(second), second.Text)),
                null,
                terminal,
                json
            );
        }
        else if (parsed.GetValue(Replace) is { } edit)
        {
            Edited(inspection, GraphEdit.Parse(edit), request, terminal, json);
        }
        else
        {
            Show(inspection, new LayerTableOptions(parsed.GetValue(All), parsed.GetValue(Why)), terminal, json, csv);
        }

        return ExitCode.Done;
    }

    private static InspectRequest Read(ParseResult parsed)
    {
        int batch = parsed.GetValue(Batch) ?? 1;
        return batch is < 1 or > LargestBatch
            ? throw new ArgumentException($"--batch must be 1 to {LargestBatch:N0}, got {batch}.")
            : new InspectRequest(
                parsed.GetValue(Convention) is { } convention
                    ? CountingConvention.Parse(convention)
                    : CountingConvention.Torchvision,
                batch,
                QuestionSource.Read(parsed.GetValue(Questions), parsed.GetValue(Group))
            );
    }

    private static void Refuse(ParseResult parsed, bool json, bool csv)
    {
        bool versus = parsed.GetValue(Versus) is not null,
            replace = parsed.GetValue(Replace) is not null;
        if (versus && replace)
        {
            throw new ArgumentException("--versus and --replace are two comparisons; ask for one.");
        }

        if (json && csv)
        {
            throw new ArgumentException("--json and --csv are two forms of the result; ask for one.");
        }

        if (parsed.GetValue(Text) && (json || csv || versus))
        {
            throw new ArgumentException("--text prints one network as text; leave --json, --csv and --versus away.");
        }

        if (csv && (versus || (replace && !IsRange(parsed))))
        {
            throw new ArgumentException("--csv is for the layers of one network; take --json for a comparison.");
        }

        if (parsed.GetValue(Training) && (csv || versus || replace || parsed.GetValue(Text) || IsRange(parsed)))
        {
            throw new ArgumentException(
                "--training shows one network at one input size; leave --csv, --text, --versus, --replace and ranges away."
            );
        }

        if ((versus || parsed.GetValue(Text)) && IsRange(parsed))
        {
            throw new ArgumentException(
                "--input with a range is for one network; leave --versus and --text away, or give one size."
            );
        }
    }

    private static bool IsRange(ParseResult parsed) =>
        parsed.GetValue(Input) is { } input && !InputList.IsList(input) && InputRange.Parse(input).IsRange;

    private static InputSweep Sweep(
        NetworkSource source,
        InputRange range,
        InspectRequest request,
        Func<Shape, Graph> trace,
        Terminal terminal,
        CancellationToken cancel
    )
    {
        IReadOnlyList<Shape> items = range.Items(range.Written > 1 ? range.Written : source.Open().Item.Rank - 1);
        using Work work = Work.Start(terminal, "inspecting");
        work.Next("inspecting", items.Count, "sizes");
        InputSweep sweep = InputSweep.Of(items, trace, request.Convention, request.Batch, work, cancel);
        return sweep.Sizes.Any(s => s.Error is null)
            ? sweep
            : throw new ShapeException(
                $"{source.Text} takes none of the sizes {range}. At {SweepView.Input(items[0])}: {sweep.Sizes[0].Error}"
            );
    }

    private static void PrintText(Graph graph, string? edit, Terminal terminal)
    {
        try
        {
            terminal.Out.WriteLine(
                NetworkText.Print(edit is null ? graph : GraphEdit.Parse(edit).Apply(graph).Graph).TrimEnd()
            );
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException($"--text: {e.Message}", e);
        }
    }

    private static void Edited(Inspection before, GraphEdit edit, InspectRequest request, Terminal terminal, bool json)
    {
        EditResult result = edit.Apply(before.Evidence.Graph);
        Inspection after = request.Inspect(result.Graph, before.Evidence.Name, $" --replace {edit.Name}");
        ComparisonView.Write(new InspectionComparison(before, after), (edit, result), terminal, json);
    }

    private static void Show(Inspection inspection, LayerTableOptions options, Terminal terminal, bool json, bool csv)
    {
        if (json)
        {
            terminal.WriteJson(writer => InspectionJson.Write(writer, inspection));
        }
        else if (csv)
        {
            terminal.Write(LayerCsv.Lines(inspection));
        }
        else
        {
            terminal.Write([
                .. LayerTable.Lines(inspection, options, terminal),
                "",
                .. TotalsText.Lines(inspection, terminal.TextWidth),
                "",
            ]);
            AnswerText.Write(inspection, terminal);
        }
    }

    private static void ListZoo(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.WriteJson(
                ModelRegistry.Entries.Select(e => new
                {
                    e.Name,
                    Input = SweepView.Input(e.Input),
                    e.Classes,
                    e.Arguments,
                    e.Description,
                })
            );
            return;
        }

        ResultTable table = new(new("model"), new("input"), new("what", Folds: true));
        foreach (ModelEntry entry in ModelRegistry.Entries)
        {
            table.Add(entry.Name, SweepView.Input(entry.Input), entry.Description);
        }

        terminal.Write(table.Lines(terminal));
    }
}

/// <summary>What is asked of every network of a command.</summary>
/// <param name="Convention">What to count.</param>
/// <param name="Batch">Items in a batch.</param>
/// <param name="Questions">The questions.</param>
internal sealed record InspectRequest(CountingConvention Convention, int Batch, IReadOnlyList<Question> Questions)
{
    /// <summary>Inspects a network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="model">As its user wrote it.</param>
    /// <param name="options">What was asked besides, e.g. <c>--replace 3x3</c>.</param>
    public Inspection Inspect(Graph graph, string model, string options = "")
    {
        try
        {
            return Inspection.Of(
                graph,
                ShellText.Quote(model) + options,
                Convention,
                Batch,
                Questions,
                model + options
            );
        }
        catch (OverflowException e)
        {
            throw new ArgumentException(
                $"{model}: a count exceeds 2^63 at this input and batch. Use a smaller one.",
                e
            );
        }
    }
}
