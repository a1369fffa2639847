namespace Fovea;

/// <summary>What all convolution layers hold: filters, an optional bias, and the operator that applies them.</summary>
public abstract class ConvolutionLayer : Module
{
    private protected ConvolutionLayer(Shape weight, int fanIn, int outChannels, bool bias, Rng? rng)
    {
        Weight = new Parameter(weight, new LayerDefault(fanIn), ParameterKind.Weight, rng?.Split("weight"));
        Bias = bias
            ? new Parameter([outChannels], new LayerDefault(fanIn), ParameterKind.Bias, rng?.Split("bias"))
            : null;
    }

    /// <summary>The filters: [Cout, Cin / groups, kernel...], or [Cin, Cout / groups, kernel...] where
    /// transposed.</summary>
    public Parameter Weight { get; }

    /// <summary>One value an output channel, [Cout]; null where the layer has none.</summary>
    public Parameter? Bias { get; }

    private protected abstract Operator Operator { get; }

    private protected override Operator Described => Operator;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        Bias is null ? Operator.Apply(x, Weight) : Operator.Apply(x, Weight, Bias);

    /// <summary>Checks channel counts and groups, and gives the shape of the filters of a convolution of that
    /// rank.</summary>
    private protected static Shape FilterShape(
        string name,
        int rank,
        int first,
        int second,
        PerAxis kernelSize,
        int groups
    )
    {
        if (first < 1 || second < 1)
        {
            throw new ArgumentException($"{name}: channel counts must be 1 or more, got {first} and {second}.");
        }

        if (groups < 1 || first % groups != 0 || second % groups != 0)
        {
            throw new ArgumentException(
                $"{name}: groups must be 1 or more and divide both channel counts, got groups {groups} with {first} and {second} channels."
            );
        }

        int[] sizes = new int[rank + 2];
        sizes[0] = first;
        sizes[1] = second / groups;
        try
        {
            for (int axis = 0; axis < rank; axis++)
            {
                sizes[axis + 2] = kernelSize.At(axis, rank);
            }
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{name}: kernelSize: {e.Message}", nameof(kernelSize), e);
        }

        return sizes.AsSpan(2).ContainsAnyExceptInRange(1, int.MaxValue)
            ? throw new ArgumentException(
                $"{name}: kernel size must be 1 or more, got {kernelSize}.",
                nameof(kernelSize)
            )
            : Shape.Create(sizes);
    }

    /// <summary>Inputs of one output: channels a group times taps.</summary>
    private protected static int FanIn(Shape filters) => (int)Math.Min(Initializer.Fans(filters).FanIn, int.MaxValue);
}
