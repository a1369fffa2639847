namespace Fovea.Workbench;

/// <summary>A convolution in a graph, with what follows it: what an edit needs to build another in its place.</summary>
/// <param name="Node">The convolution.</param>
/// <param name="Filters">Its filters.</param>
/// <param name="Windows">Its windows, one a spatial axis; null where it is transposed.</param>
/// <param name="Norm">The batch normalization that alone reads its output; null where there is none.</param>
/// <param name="Activation">The activation without parameters that alone reads what <paramref name="Norm"/>, or else
/// the convolution, writes; null where there is none.</param>
internal sealed record ConvolutionUse(
    Node Node,
    FilterBank Filters,
    WindowAxisMap[]? Windows,
    Node? Norm,
    Node? Activation
)
{
    /// <summary>Its weight.</summary>
    public Tensor Weight => Node.Inputs[1].Tensor!;

    /// <summary>Spatial axes.</summary>
    public int Dims => Filters.Kernel.Count;

    /// <summary>Whether no other filters stand between the network's input and this convolution.</summary>
    public bool ReadsInput => IsUnfiltered(Node.Inputs[0]);

    /// <summary>The convolution of a node with learned filters over space; null where it is none.</summary>
    public static ConvolutionUse? Of(Node node)
    {
        if (node.Operator.Filters(node.Shapes) is not { Kernel.Count: > 0 } filters || node.Inputs[1].Tensor is null)
        {
            return null;
        }

        int first = node.Shapes.Inputs[0].Rank - filters.Kernel.Count;
        WindowAxisMap[] windows =
        [
            .. filters
                .Kernel.Select((_, i) => node.Operator.ReadsOf(node.Shapes, 0, first + i)?.Map)
                .OfType<WindowAxisMap>(),
        ];
        Node? next = OnlyReader(node);
        Node? norm = next?.Operator.Attributes is BatchNormAttributes { IsInstance: false } ? next : null;
        Node? after = norm is null ? next : OnlyReader(norm);
        return new ConvolutionUse(
            node,
            filters,
            windows.Length == filters.Kernel.Count ? windows : null,
            norm,
            after is not null && IsPlainActivation(after) ? after : null
        );
    }

    /// <summary>Whether another use of the same weights has the same windows, whatever its map.</summary>
    public bool SlidesAs(ConvolutionUse other)
    {
        return Rules(Windows).SequenceEqual(Rules(other.Windows));

        static IEnumerable<(int, int, int, int, int, PaddingMode)> Rules(WindowAxisMap[]? windows) =>
            windows?.Select(w => (w.Kernel, w.Stride, w.Dilation, w.Before, w.After, w.Mode)) ?? [];
    }

    /// <summary>A convolution of as many axes.</summary>
    public ConvolutionLayer Convolution(
        int inChannels,
        int outChannels,
        PerAxis kernel,
        PerAxis stride,
        Padding padding,
        PerAxis dilation,
        int groups
    )
    {
        PaddingMode mode = Windows![0].Mode;
        ConvolutionLayer layer = Dims switch
        {
            1 => new Conv1d(inChannels, outChannels, kernel, stride, padding, dilation, groups, Filters.HasBias, mode),
            2 => new Conv2d(inChannels, outChannels, kernel, stride, padding, dilation, groups, Filters.HasBias, mode),
            _ => new Conv3d(inChannels, outChannels, kernel, stride, padding, dilation, groups, Filters.HasBias, mode),
        };
        if (Weight is Parameter { Initializer: not LayerDefault } own)
        {
            layer.Weight.Initializer = own.Initializer;
        }

        return layer;
    }

    /// <summary>A copy of the batch normalization, for some number of channels; null where there is none.</summary>
    public BatchNorm? NormFor(int channels)
    {
        if (Norm?.Operator.Attributes is not BatchNormAttributes a)
        {
            return null;
        }

        return Dims switch
        {
            1 => new BatchNorm1d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            2 => new BatchNorm2d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            _ => new BatchNorm3d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
        };
    }

    /// <summary>The activation, to be used again; null where there is none.</summary>
    public Module? ActivationAgain() => Activation is { } node ? new Lambda(x => node.Operator.Apply(x)) : null;

    private static Node? OnlyReader(Node node) => node.Output.Consumers is [Node only] ? only : null;

    /// <summary>Whether it works on each element alone, which a softmax does not.</summary>
    private static bool IsPlainActivation(Node node) =>
        node.Operator.Traits.HasFlag(OperatorTraits.Activation)
        && node.Inputs.Count == 1
        && node.Shapes.Output.Rank > 2
        && node.Operator.ReadsOf(node.Shapes, 0, 1)?.Map is IdentityAxis;

    private static bool IsUnfiltered(Value value) =>
        value.Producer is not { } node
        || (node.Operator.Filters(node.Shapes) is null && node.Activations.All(a => IsUnfiltered(a.Value)));
}
