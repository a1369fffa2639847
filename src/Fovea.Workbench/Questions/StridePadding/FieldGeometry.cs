namespace Fovea.Workbench;

/// <summary>2.4: receptive field, jump and offset of the last map, and where the field passes the input.</summary>
/// <remarks>Position i of a map sees the input from jump * i + low to jump * i + high: Araujo, Norris, Sim 2019,
/// https://distill.pub/2019/computing-receptive-fields. Behind up-sampling low and high depend on the position within a
/// period, and the field is the largest of them. Each layer's own stands in <see cref="ReceptiveFields"/>.</remarks>
public sealed class FieldGeometry : Question
{
    /// <inheritdoc/>
    public override string Id => "2.4";

    /// <inheritdoc/>
    public override string Text => "What are the receptive field, jump and offset of each unit?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.Graph.SpatialRank == 0)
        {
            return NotApplicable("The input has no spatial axes.");
        }

        if (
            evidence.Graph.Nodes.FirstOrDefault(n => n.Output.IsActivation && evidence.Fields[n.Output] is null) is
            { } unknown
        )
        {
            return CannotTell(
                $"Layer '{unknown.Name}' ({unknown.Operator.Name}) has no receptive-field rule, so fields are unknown from there on."
            );
        }

        Value map = evidence.LastMap;
        ReceptiveField field = evidence.Fields[map]!;
        Node? passes = evidence.Graph.Nodes.FirstOrDefault(n =>
            evidence.Fields[n.Output] is { } seen && Sees(seen, evidence.InputSizes)
        );
        bool gated = field.Axes.Any(a => a.SeesAllThroughGate);
        string passing = passes is null
            ? $"it stays within the input of {AxisText.Sizes(evidence.InputSizes)}"
            : $"it passes the input's {AxisText.Sizes(evidence.InputSizes)} at {passes.Name}";
        string gate = gated
            ? " Formally every unit sees all through global pooling in gates (squeeze-excite); that is left out."
            : "";
        return Answer(
            Verdict.Ok,
            $"A unit of the last map, {map.Name}, sees {AxisText.Sizes(field.Size)} pixels, neighbours are {Texts(field.Stride)} pixels apart{Steps(field)}; {passing}.{gate}"
        ) with
        {
            Layers = passes is null ? [map.Name] : [map.Name, passes.Name],
            Predicted =
            [
                .. AxisText.Quantities("receptiveField", [.. field.Size.Select(s => (double)s)], "pixels"),
                .. AxisText.Quantities("jump", field.Stride, "pixels"),
                .. AxisText.Quantities("padding", field.Padding, "pixels"),
                .. AxisText.Quantities("firstCentre", [.. field.Axes.Select(FirstCentre)], "pixels"),
                .. AxisText.Quantities("shortestPath", [.. field.Axes.Select(a => (double)a.Shortest.Size)], "pixels"),
            ],
            Source = "Araujo, Norris, Sim 2019, https://distill.pub/2019/computing-receptive-fields",
        };
    }

    private static string Texts(IReadOnlyList<double> values) => AxisText.ByAxis([.. values.Select(AxisText.Number)]);

    /// <summary>The centre of what the first position sees that sees anything.</summary>
    private static double FirstCentre(AxisField field)
    {
        FieldSpan first = Enumerable.Range(0, field.Positions).Select(field.At).OfType<FieldSpan>().FirstOrDefault();
        return (first.Low + first.High) / 2.0;
    }

    /// <summary>What up-sampling makes of the jump: neighbours that see the same, and others that are further
    /// apart.</summary>
    private static string Steps(ReceptiveField field) =>
        field.Axes.All(a => a.Main.Period == 1)
            ? ""
            : $" on average: fields move by {AxisText.ByAxis([.. field.Axes.Select(a => $"{AxisText.Number(a.Main.Advance)} every {Figures.Of(a.Main.Period, "position")}")])}";

    private static bool Sees(ReceptiveField field, IReadOnlyList<int> sizes) =>
        field.Axes.Select((a, i) => a.HasPositions && a.Size > sizes[i]).All(b => b);
}
