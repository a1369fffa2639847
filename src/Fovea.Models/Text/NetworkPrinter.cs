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
        if (graph.Input.Shape.Item is { Rank: >= 1 } item)
        {
            text.Append("input ").AppendJoin('x', item.Sizes.ToArray()).Append('\n');
        }

        HashSet<string> used = [];
        Value before = graph.Input;
        foreach (Node node in graph.Nodes)
        {
            RequireLabel(node, used);
            text.Append(node.Name).Append(": ").Append(Layer(node, before)).Append('\n');
            before = node.Output;
        }

        if (graph.Output != before)
        {
            throw new NotSupportedException(
                $"{graph.Name}: the output must be the last node's, '{before.Name}', and is '{graph.Output.Name}'."
            );
        }

        return text.ToString();
    }

    private static void RequireLabel(Node node, HashSet<string> used)
    {
        if (
            node.Name.Length is 0 or > 290
            || node.Name.AsSpan().ContainsAny(NotInLabels)
            || node.Name[0] == '#'
            || !used.Add(node.Name)
        )
        {
            throw new NotSupportedException(
                $"'{node.Name}' cannot be a label of the network text: labels have no blanks and none of ; {{ }} ( ) , : = and differ. Name the module's fields otherwise."
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
