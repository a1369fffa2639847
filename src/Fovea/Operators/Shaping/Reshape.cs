namespace Fovea;

/// <summary>The same elements under another shape. No copy.</summary>
/// <param name="name">The operation the user asked for: Reshape, Flatten, Squeeze, Unsqueeze.</param>
/// <param name="shape">The new shape.</param>
internal sealed class Reshape(string name, Shape shape) : Operator
{
    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>The shape meant by sizes of which one may be -1: as many as are left.</summary>
    /// <exception cref="ShapeException">The sizes do not fit the number of elements.</exception>
    public static Shape Resolve(string subject, Shape from, ReadOnlySpan<int> sizes)
    {
        int open = sizes.IndexOf(-1);
        string asked = $"[{string.Join(", ", sizes.ToArray())}]";
        if (open >= 0 && sizes[(open + 1)..].Contains(-1))
        {
            throw new ShapeException($"{subject}: only one size may be -1, got {asked}.");
        }

        long known = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            known *= i == open ? 1 : sizes[i];
        }

        int[] resolved = sizes.ToArray();
        if (open >= 0 && known > 0 && from.Count % known == 0)
        {
            resolved[open] = checked((int)(from.Count / known));
            known = from.Count;
        }
        else if (open >= 0)
        {
            throw new ShapeException($"{subject}: the sizes beside -1 must divide the number of elements, got {asked} for {from}, which has {from.Count} elements.");
        }

        return known == from.Count
            ? Shape.Create(resolved)
            : throw new ShapeException($"{subject}: the number of elements must stay, got {asked} for {from}, which has {from.Count} elements.");
    }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => shape;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => call.Inputs[0].View(shape);

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient) => call.Accumulate(0, gradient.View(call.InputShapes[0]), shared: true);
}
