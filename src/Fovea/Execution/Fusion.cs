using Fovea.Kernels;

namespace Fovea;

/// <summary>A step of a compiled network, before layouts are chosen: an operator's form with what follows it taken
/// in.</summary>
internal sealed class FusedStep
{
    /// <summary>The first node.</summary>
    public required Node Node { get; init; }

    /// <summary>Its form; null where it is run eagerly.</summary>
    public ExecutionForm? Form { get; init; }

    /// <summary>The values read: one, or several for sums, products and concatenations; for a convolution a second one
    /// is added before clamping.</summary>
    public required List<Value> Inputs { get; init; }

    /// <summary>The value written: the output of the last node taken in.</summary>
    public required Value Output { get; set; }

    /// <summary>Factors by output channel, of normalizations that were folded in; null for none.</summary>
    public double[]? Scale { get; set; }

    /// <summary>Terms by output channel.</summary>
    public double[]? Shift { get; set; }

    /// <summary>Smallest result.</summary>
    public float Low { get; set; } = float.NegativeInfinity;

    /// <summary>Largest result.</summary>
    public float High { get; set; } = float.PositiveInfinity;

    /// <summary>A function applied in the end; null for none.</summary>
    public ElementMap? Map { get; set; }

    /// <summary>Whether a clamp was taken in.</summary>
    public bool IsClamped => !float.IsNegativeInfinity(Low) || !float.IsPositiveInfinity(High);

    /// <summary>The steps of a network traced in evaluation.</summary>
    public static List<FusedStep> Of(Graph graph)
    {
        List<FusedStep> steps = [];
        Dictionary<Value, FusedStep> writers = [];
        foreach (Node node in graph.Nodes)
        {
            ExecutionForm? form = node.Operator.Form(node);
            if (!TakeIn(node, form, writers))
            {
                FusedStep step = new()
                {
                    Node = node,
                    Form = form,
                    Inputs = [.. node.Activations.Select(a => a.Value)],
                    Output = node.Output,
                };
                steps.Add(step);
                writers[node.Output] = step;
            }
        }

        // A residual sum must come after both of what it adds: a step that took one in moves to where that sum was.
        return [.. steps.OrderBy(s => s.Output.Producer!.Index)];
    }

    /// <summary>Lets the step that writes a node's input do the node's work too, where nobody else reads that
    /// input.</summary>
    private static bool TakeIn(Node node, ExecutionForm? form, Dictionary<Value, FusedStep> writers)
    {
        Value[] inputs = [.. node.Activations.Select(a => a.Value)];
        foreach (Value input in inputs)
        {
            if (!writers.TryGetValue(input, out FusedStep? step) || input.Consumers.Count != 1 || step.Map is not null)
            {
                continue;
            }

            bool taken = form switch
            {
                ScaleShiftForm affine => step.TakeAffine(affine),
                ClampForm clamp => step.TakeClamp(clamp),
                MapForm map => step.TakeMap(map),
                SumForm => step.TakeSum(inputs, input, writers),
                _ => false,
            };
            if (taken)
            {
                step.Output = node.Output;
                writers.Remove(input);
                writers[node.Output] = step;
                return true;
            }
        }

        return false;
    }

    private bool TakeAffine(ScaleShiftForm affine)
    {
        if (Form is not (ConvolutionForm or LinearForm) || IsClamped || Inputs.Count > 1)
        {
            return false;
        }

        Shift = [.. affine.Shift.Select((shift, c) => shift + (affine.Scale[c] * (Shift?[c] ?? 0.0)))];
        Scale = [.. affine.Scale.Select((scale, c) => scale * (Scale?[c] ?? 1.0))];
        return true;
    }

    private bool TakeClamp(ClampForm clamp)
    {
        if (Form is not (ConvolutionForm or LinearForm or SumForm or ScaleShiftForm))
        {
            return false;
        }

        (Low, High) = (Math.Clamp(Low, clamp.Low, clamp.High), Math.Clamp(High, clamp.Low, clamp.High));
        return true;
    }

    private bool TakeMap(MapForm map)
    {
        if (Form is not (ConvolutionForm or LinearForm or SumForm or ScaleShiftForm) || IsClamped)
        {
            return false;
        }

        Map = map.Map;
        return true;
    }

    private bool TakeSum(Value[] inputs, Value own, Dictionary<Value, FusedStep> writers)
    {
        if (
            Form is not ConvolutionForm { Geometry: { } g }
            || IsClamped
            || Inputs.Count > 1
            || inputs.Length != 2
            || inputs[0] == inputs[1]
            || DepthwiseConvolution.Supports(g)
        )
        {
            return false;
        }

        Value other = inputs[0] == own ? inputs[1] : inputs[0];
        // Of two convolutions that are added, the later takes the sum in: what it adds is there by then.
        if (
            other.Shape != own.Shape
            || (writers.TryGetValue(other, out FusedStep? step) && step.Output.Producer!.Index > own.Producer!.Index)
        )
        {
            return false;
        }

        Inputs.Add(other);
        return true;
    }
}
