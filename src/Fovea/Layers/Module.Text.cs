namespace Fovea;

/// <content>The module as text.</content>
public abstract partial class Module
{
    /// <summary>The operator that the layer applies, whose options describe it; null where none is known before it
    /// runs.</summary>
    private protected virtual Operator? Described => null;

    /// <summary>The module and all below it as a tree: names, types, options, and the shapes of parameters.</summary>
    /// <param name="depth">How many levels are shown, 1 or more; null for all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is below 1.</exception>
    public string ToTree(int? depth = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth ?? 1, 1, nameof(depth));
        List<string> lines = [Line()];
        AddChildren(lines, "", depth ?? int.MaxValue, [this]);
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>The network's layers with output shapes, parameters and multiply-adds, as a table.</summary>
    /// <param name="item">Shape of an item of each input, without the batch: <c>[3, 224, 224]</c>.</param>
    /// <exception cref="ShapeException">The network takes another number of inputs, or a layer's input does not
    /// fit.</exception>
    public string Summary(params IReadOnlyList<Shape> item)
    {
        ArgumentNullException.ThrowIfNull(item);
        GraphInput[] inputs =
        [
            .. item.Select((shape, i) => GraphInput.OfItems(i == 0 ? "input" : $"input{i + 1}", shape)),
        ];
        return ModuleSummary.Of(Graph.Trace(this, inputs));
    }

    private string Line()
    {
        string type = GetType().Name.Split('`')[0];
        IEnumerable<string> parts = (Described?.Options ?? [])
            .Select(o => $"{o.Name}={o.Value}")
            .Concat(
                Members()
                    .Where(m => m.Member is Parameter)
                    .Select(m =>
                        $"{m.Name} {((Parameter)m.Member).Shape}{(((Parameter)m.Member).RequiresGrad ? "" : " frozen")}"
                    )
            );
        string details = string.Join(", ", parts);
        return details.Length == 0 ? type : $"{type}({details})";
    }

    private void AddChildren(List<string> lines, string indent, int depth, HashSet<Module> above)
    {
        (string Name, Module Module)[] children =
        [
            .. Members().Where(m => m.Member is Module).Select(m => (m.Name, (Module)m.Member)),
        ];
        if (depth <= 1 && children.Length > 0)
        {
            lines.Add($"{indent}└─ {children.Length} more below");
            return;
        }

        for (int i = 0; i < children.Length; i++)
        {
            bool last = i == children.Length - 1,
                seen = !above.Add(children[i].Module);
            lines.Add(
                $"{indent}{(last ? "└─ " : "├─ ")}{children[i].Name}: {children[i].Module.Line()}{(seen ? ", shown above" : "")}"
            );
            if (!seen)
            {
                children[i].Module.AddChildren(lines, indent + (last ? "   " : "│  "), depth - 1, above);
            }
        }
    }
}
