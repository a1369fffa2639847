using System.Runtime.CompilerServices;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A step of a compiled network: one node, or several that are computed as one. It never changes; a rule that
/// takes a node in makes another.</summary>
/// <remarks>Two steps are equal where they are one object.</remarks>
internal sealed record FusedStep
{
    /// <summary>The first node.</summary>
    public required Node Node { get; init; }

    /// <summary>The form of the first node; null where it is run eagerly.</summary>
    public ExecutionForm? Form { get; init; }

    /// <summary>The values read: one, or several for sums, products and concatenations. A convolution adds a second one
    /// before it clamps.</summary>
    public required IReadOnlyList<Value> Inputs { get; init; }

    /// <summary>The value written: the output of the last node.</summary>
    public required Value Output { get; init; }

    /// <summary>Further values that its node computes and somebody reads, where it runs eagerly.</summary>
    public IReadOnlyList<Value> Others { get; init; } = [];

    /// <summary>All values it writes.</summary>
    public IEnumerable<Value> Outputs => Others.Prepend(Output);

    /// <summary>Factors of the weights by output channel; null for none.</summary>
    public double[]? Scale { get; init; }

    /// <summary>Terms of the biases by output channel; null for none.</summary>
    public double[]? Shift { get; init; }

    /// <summary>Smallest result.</summary>
    public float Low { get; init; } = float.NegativeInfinity;

    /// <summary>Largest result.</summary>
    public float High { get; init; } = float.PositiveInfinity;

    /// <summary>A function applied in the end; null for none.</summary>
    public ElementMap? Map { get; init; }

    /// <summary>The names of the rules that made it, in order.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Whether its results are clamped.</summary>
    public bool IsClamped => !float.IsNegativeInfinity(Low) || !float.IsPositiveInfinity(High);

    /// <summary>The step of one node by itself.</summary>
    /// <param name="node">The node.</param>
    /// <param name="outputs">What the network gives.</param>
    public static FusedStep Of(Node node, IReadOnlyList<Value> outputs)
    {
        Value[] others = [.. node.Outputs.Skip(1).Where(o => o.Uses.Count > 0 || outputs.Contains(o))];
        return new()
        {
            Node = node,
            Form = others.Length > 0 ? null : FormOf(node),
            Inputs = [.. node.Inputs.Where(i => i.Tensor is null)],
            Output = node.Output,
            Others = others,
        };
    }

    /// <summary>The form of a node, where kernels can compute it: what it reads and writes is Float32 and made of items, and
    /// its weights are known. A view of any kind has one, as a rule decides about it.</summary>
    private static ExecutionForm? FormOf(Node node)
    {
        bool isFloat = node.Inputs.Append(node.Output).All(v => v.DType == DType.Float32);
        if (!isFloat || !node.Inputs.All(i => i.IsActivation || i.Tensor is not null))
        {
            return null;
        }

        ExecutionForm? form = node.Operator.Form(node);
        bool byItems = node.Activations.Select(a => a.Value).Append(node.Output).All(v => BatchAxis.IsByItems(v.Shape));
        return byItems || form is ViewForm ? form : null;
    }

    /// <inheritdoc/>
    public bool Equals(FusedStep? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
