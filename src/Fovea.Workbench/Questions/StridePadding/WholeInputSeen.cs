namespace Fovea.Workbench;

/// <summary>2.5: whether the final unit sees the whole input, and which layers can add no context.</summary>
/// <remarks>The rule is that of receptive-field analysis, Richter et al. 2021, Should You Go Deeper?,
/// https://arxiv.org/abs/2106.12307.</remarks>
public sealed class WholeInputSeen : Question
{
    /// <inheritdoc/>
    public override string Id => "2.5";

    /// <inheritdoc/>
    public override string Text => "Does the final unit see the whole input, and which layers can add no context?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        Node[] convolutions = evidence.Graph.SpatialRank == 0 ? [] : [.. ContextLayers.Convolutions(evidence)];
        if (convolutions.Length == 0)
        {
            return NotApplicable("No convolution reads a map whose receptive field is known.");
        }

        Node[] unproductive = [.. convolutions.Where(c => ContextLayers.IsUnproductive(evidence, c))];
        IReadOnlyList<int> size = evidence.Fields[evidence.LastMap]!.Size;
        bool seesAll = size.Select((s, i) => s >= evidence.InputSizes[i]).All(b => b);
        string sees =
            $"A unit of the last map, {evidence.LastMap.Name}, sees {AxisText.Sizes(size)} of {AxisText.Sizes(evidence.InputSizes)} pixels{(seesAll ? ": the whole input" : "")}";
        string adds =
            unproductive.Length == 0
                ? "every convolution can add context"
                : $"{unproductive.Length} of {convolutions.Length} convolutions can add no context ({AxisText.Layers([.. unproductive.Select(u => u.Name)])})";
        return Answer(seesAll && unproductive.Length == 0 ? Verdict.Ok : Verdict.Look, $"{sees}; {adds}.") with
        {
            Layers = [.. unproductive.Select(u => u.Name)],
            Predicted =
            [
                .. AxisText.Quantities("receptiveField", [.. size.Select(s => (double)s)], "pixels"),
                .. AxisText.Quantities("input", [.. evidence.InputSizes.Select(s => (double)s)], "pixels"),
                new("unproductive", unproductive.Length, "convolutions"),
                new("convolutions", convolutions.Length, "convolutions"),
            ],
            Threshold =
                "field of the last map below the input; or all that a convolution reads sees the input on its shortest path, or its kernel spans its map",
            Source = "Richter et al. 2021, Should You Go Deeper?, https://arxiv.org/abs/2106.12307",
            Remedy =
                unproductive.Length > 0
                    ? "Use a larger input, a smaller stem or fewer strides; or cut the tail, which costs time and adds little."
                : seesAll ? ""
                : "Fine where objects are small; else use more layers, dilation or another stride, or a smaller input. Pooling joins units, it does not relate them.",
            Experiment =
                seesAll && unproductive.Length == 0
                    ? ""
                    : $"fovea inspect {evidence.Model} --input {evidence.SweepText()}",
        };
    }
}
