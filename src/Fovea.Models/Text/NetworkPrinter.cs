using System.Buffers;
using System.Text;

namespace Fovea.Models;

/// <summary>Writes a graph as network text.</summary>
internal static class NetworkPrinter
{
    private static readonly SearchValues<char> NotInLabels = SearchValues.Create(" \t\r\n;{}(),:=$");

    public static string Print(Graph graph)
    {
        StringBuilder text = new();
        HashSet<string> used = [];
        Inputs(graph, text, used);
        Value before = graph.Inputs[^1];
        foreach (Node node in graph.Nodes)
        {
            RequireLabel(node.Name, used);
            text.Append(node.Name).Append(": ").Append(Layer(node, before)).Append('\n');
            before = node.Output;
        }

        Outputs(graph, text, before);
        return text.ToString();
    }

    private static void Inputs(Graph graph, StringBuilder text, HashSet<string> used)
    {
        if (graph.Inputs is [{ Name: TextEnds.Unnamed } only])
        {
            text.Append(only.Shape.Item is { Rank: >= 1 } item ? $"input {Sizes(item)}\n" : "");
            return;
        }

        foreach (Value input in graph.Inputs)
        {
            if (!TextEnds.IsName(input.Name) || input.Shape != SymbolicShape.BatchOf(input.Shape.Item))
            {
                throw new NotSupportedException(
                    $"{graph.Name}: the input '{input.Name}' {input.Shape} has no form in the network text: a name begins with a letter and has no blanks and none of ; {{ }} ( ) , : = $ # * /, and the shape is that of a batch."
                );
            }

            if (input.Uses.Count == 0 && !graph.Outputs.Contains(input))
            {
                throw new NotSupportedException(
                    $"{graph.Name}: nothing reads the input '{input.Name}'; the network text has no such inputs."
                );
            }

            RequireLabel(input.Name, used);
            text.Append("input ").Append(input.Name).Append(' ').Append(Sizes(input.Shape.Item)).Append('\n');
        }
    }

    private static string Sizes(Shape item) => string.Join('x', item.Sizes.ToArray());

    /// <summary>The line <c>output</c>, where the output is not the last node's alone.</summary>
    private static void Outputs(Graph graph, StringBuilder text, Value last)
    {
        if (graph.Outputs is [var only] && only == last)
        {
            return;
        }

        foreach (Value output in graph.Outputs)
        {
            RequireFirst(output, $"{graph.Name}: the network");
        }

        if (graph.Outputs.Distinct().Count() < graph.Outputs.Count)
        {
            throw new NotSupportedException(
                $"{graph.Name}: one value is several of its outputs ({string.Join(", ", graph.Outputs.Select(o => o.Name))}); in the network text they differ."
            );
        }

        text.Append("output ").AppendJoin(", ", graph.Outputs.Select(o => o.Name)).Append('\n');
    }

    /// <summary>Refuses further outputs of a node: a label stands for the first.</summary>
    private static void RequireFirst(Value value, string reader)
    {
        if (value.OutputIndex > 0)
        {
            throw new NotSupportedException(
                $"{reader} has '{value.Name}', a further output of '{value.Producer!.Name}'; in the network text a layer has one."
            );
        }
    }

    private static void RequireLabel(string name, HashSet<string> used)
    {
        if (name.Length is 0 or > 290 || name.AsSpan().ContainsAny(NotInLabels) || name[0] == '#' || !used.Add(name))
        {
            throw new NotSupportedException(
                $"'{name}' cannot be a label of the network text: labels have no blanks and none of ; {{ }} ( ) , : = and differ. Name the module's fields otherwise."
            );
        }
    }

    private static string Layer(Node node, Value before)
    {
        if (OperatorCatalog.Of(node.Operator) is not { IsWord: true } entry)
        {
            throw new NotSupportedException(
                $"Node '{node.Name}': the operator {node.Operator.Name} has no word in the network text."
            );
        }

        Value[] read = [.. node.Inputs.Where(i => i.IsActivation)];
        if (
            node.Inputs.FirstOrDefault(i =>
                !i.IsActivation
                && i.UpdatedState is null
                && i.Kind is not (ValueKind.Parameter or ValueKind.State or ValueKind.Key)
            ) is
            { } other
        )
        {
            throw new NotSupportedException(
                $"Node '{node.Name}': reads '{other.Name}' {other.Shape}, which the network makes for itself; the network text has layers only."
            );
        }

        Array.ForEach(read, value => RequireFirst(value, $"Node '{node.Name}'"));
        RequireOwnWeights(node, entry, read.Length);
        bool joins = LayerWords.Joins(entry.Word);
        IEnumerable<string> references = References(joins, read, before),
            written = Written(entry, entry.Write(node.Operator, node.Shapes));
        return string.Join(
            ' ',
            joins ? [entry.Word, .. references, .. written] : [entry.Word, .. written, .. references]
        );
    }

    /// <summary>Labels of what is read, where it is not the line before.</summary>
    private static IEnumerable<string> References(bool joins, Value[] read, Value before) =>
        joins ? (read.Length == 1 ? (read[0] == before ? [] : [$"from={read[0].Name}"]) : read.Select(r => r.Name))
        : read is [Value only] && only == before ? []
        : [$"from={read[0].Name}"];

    /// <summary>Options, the leading ones by position.</summary>
    private static IEnumerable<string> Written(OperatorEntry entry, IReadOnlyList<OperatorOption> options)
    {
        Dictionary<string, string> given = options.ToDictionary(o => o.Name, o => o.Value, StringComparer.Ordinal);
        string[] positions = [.. entry.Positional.TakeWhile(given.ContainsKey)];
        return
        [
            .. positions.Select(p => given[p]),
            .. options.Where(o => !positions.Contains(o.Name)).Select(o => $"{o.Name}={o.Value}"),
        ];
    }

    private static void RequireOwnWeights(Node node, OperatorEntry entry, int activations)
    {
        string[] own = [.. entry.Slots.Where(s => s.Kind is SlotKind.Parameter or SlotKind.State).Select(s => s.Name)];
        int mark = node.Name.LastIndexOf('#');
        Value[] weights =
        [
            .. node.Inputs.Skip(activations).Where(i => i.Kind != ValueKind.Key && i.UpdatedState is null),
        ];
        bool fits =
            weights.All(w => !w.IsActivation && own.Any(o => w.Name == $"{node.Name}.{o}"))
            || (mark > 0 && weights.All(w => !w.IsActivation && own.Any(o => w.Name == $"{node.Name[..mark]}.{o}")));
        if (!fits)
        {
            throw new NotSupportedException(
                $"Node '{node.Name}': {node.Operator.Name} reads {string.Join(", ", weights.Select(w => $"'{w.Name}'"))}; in the network text a layer's weights are its own, under its label."
            );
        }
    }
}
