using System.CommandLine;
using Fovea.Cli.Display;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea inspect</c>: everything that structure says of a network, layer by layer.</summary>
internal static class InspectVerb
{
    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "inspect",
            "Shows a network layer by layer - sizes, parameters, multiply-adds, receptive fields - and answers what can be answered before training.\n\nExample:\n  fovea inspect resnet18 --input 3x224x224\n"
                + "  fovea inspect vgg16 --replace depthwise\n  fovea inspect resnet18 --input 3x193..225"
        );
        InspectOptions.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        InspectOptions.Refuse(parsed);
        if (parsed.GetValue(InspectOptions.Model) is not { } name)
        {
            ZooView.Write(terminal, parsed.GetValue(CommonOptions.Json));
            return ExitCode.Done;
        }

        InspectRequest request = InspectOptions.Read(parsed);
        NetworkSource source = NetworkSource.Find(name, terminal.Note);
        string? written = parsed.GetValue(InspectOptions.Input);
        InputList? list = written is not null && InputList.IsList(written) ? InputList.Parse(written) : null;
        InputRange? range = written is not null && list is null ? InputRange.Parse(written) : null;
        if (range is { IsRange: true })
        {
            WriteSizes(source, range, request, parsed, terminal, cancel);
            return ExitCode.Done;
        }

        Shape? item = range?.Items(range.Written)[0];
        WriteNetwork(
            source,
            network => list is null ? network.Trace(item) : network.Trace(list),
            request,
            parsed,
            terminal
        );
        return ExitCode.Done;
    }

    private static void WriteSizes(
        NetworkSource source,
        InputRange range,
        InspectRequest request,
        ParseResult parsed,
        Terminal terminal,
        CancellationToken cancel
    )
    {
        GraphEdit? edited = parsed.GetValue(InspectOptions.Replace) is { } all ? GraphEdit.Parse(all) : null;
        Graph Trace(Shape at) => edited?.Apply(source.Trace(at)).Graph ?? source.Trace(at);
        SweepView.Write(
            Sweep(source, range, request, Trace, terminal, cancel),
            edited is null ? source.Text : $"{source.Text} --replace {edited.Name}",
            range.Text,
            request,
            terminal,
            parsed.GetValue(CommonOptions.Json),
            parsed.GetValue(InspectOptions.Csv)
        );
    }

    private static void WriteNetwork(
        NetworkSource source,
        Func<NetworkSource, Graph> trace,
        InspectRequest request,
        ParseResult parsed,
        Terminal terminal
    )
    {
        bool json = parsed.GetValue(CommonOptions.Json);
        if (parsed.GetValue(InspectOptions.Training))
        {
            TrainingMemory memory = TrainingMemory.Of(trace(source));
            TrainingMemoryView.Write(memory, source.Text, request.Batch, terminal, json);
            return;
        }

        if (parsed.GetValue(InspectOptions.Text))
        {
            PrintText(trace(source), parsed.GetValue(InspectOptions.Replace), terminal);
            return;
        }

        Inspection inspection = request.Inspect(trace(source), source.Text);
        if (parsed.GetValue(InspectOptions.Versus) is { } other)
        {
            NetworkSource second = NetworkSource.Find(other, terminal.Note);
            Inspection compared = request.Inspect(trace(second), second.Text);
            ComparisonView.Write(new InspectionComparison(inspection, compared), null, terminal, json);
        }
        else if (parsed.GetValue(InspectOptions.Replace) is { } edit)
        {
            Edited(inspection, GraphEdit.Parse(edit), request, terminal, json);
        }
        else
        {
            LayerTableOptions shown = new(parsed.GetValue(InspectOptions.All), parsed.GetValue(InspectOptions.Why));
            Show(inspection, shown, terminal, json, parsed.GetValue(InspectOptions.Csv));
        }
    }

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
}
