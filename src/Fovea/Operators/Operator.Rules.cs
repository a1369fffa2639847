namespace Fovea;

/// <summary>An argument of an operator as text.</summary>
/// <param name="Name">In the words of the network text, e.g. <c>stride</c>.</param>
/// <param name="Value">E.g. <c>2</c> or <c>2x1</c>.</param>
public readonly record struct OperatorOption(string Name, string Value);

/// <summary>Properties of an operator that questions ask for.</summary>
[Flags]
public enum OperatorTraits
{
    /// <summary>None of the below.</summary>
    None = 0,

    /// <summary>An affine function of its activations; two such in a row could be one.</summary>
    Linear = 1,

    /// <summary>Takes each channel's mean away, so that a constant added to a channel before it has no
    /// effect.</summary>
    RemovesChannelMean = 2,

    /// <summary>Normalizes by statistics of the batch.</summary>
    UsesBatchStatistics = 4,

    /// <summary>An activation function.</summary>
    Activation = 8,

    /// <summary>Adds its inputs: the end of a skip connection.</summary>
    Sum = 16,

    /// <summary>Only moves or selects elements: nothing is computed.</summary>
    Moves = 32,

    /// <summary>Drops units at random while training.</summary>
    Random = 64,

    /// <summary>Reduces resolution by selecting or averaging within windows: a pool.</summary>
    Pool = 128,

    /// <summary>Divides by a standard deviation of its input: the scale of what comes before has no effect.</summary>
    Normalizes = 256,

    /// <summary>Normalizes by statistics over positions of the item itself, in training and after it.</summary>
    UsesItemStatistics = 512,
}

/// <summary>The filters of a convolution or linear layer.</summary>
/// <param name="InChannels">Channels read.</param>
/// <param name="OutChannels">Channels written.</param>
/// <param name="Groups">Channel groups.</param>
/// <param name="Kernel">Taps of each spatial axis; empty for a linear layer.</param>
/// <param name="HasBias">Whether a bias is added.</param>
/// <param name="IsTransposed">Whether it enlarges: a transposed convolution.</param>
public sealed record FilterBank(
    int InChannels,
    int OutChannels,
    int Groups,
    IReadOnlyList<int> Kernel,
    bool HasBias,
    bool IsTransposed = false
)
{
    /// <summary>Taps of a filter in one channel: the product of <see cref="Kernel"/>.</summary>
    public int Taps => Kernel.Aggregate(1, (a, b) => a * b);

    /// <summary>Whether each channel has filters of its own.</summary>
    public bool IsDepthwise => Groups > 1 && Groups == InChannels;
}

/// <summary>What an operator costs for one item.</summary>
/// <param name="MultiplyAdds">Multiplications, each with an addition, of convolutions and matrix products. Bias,
/// normalization, activation and pooling are left out, as torchvision does.</param>
/// <param name="Other">What fvcore's operator counts have besides: 2 an element of a normalization with scale and
/// shift, 1 an input of an adaptive pool, 1 (nearest) or 4 (linear) an output of up-sampling.</param>
public readonly record struct OperatorCost(long MultiplyAdds, long Other = 0);

public abstract partial class Operator
{
    /// <summary>The operator's arguments as typed data: what tells two uses of it apart, beside weights. Override it, with a
    /// record, in an operator that has some.</summary>
    public virtual OperatorAttributes Attributes => OperatorAttributes.None;

    /// <summary><see cref="Attributes"/> as text, as far as they differ from the usual. Written by the table of
    /// <see cref="OperatorCatalog"/>; an operator that does not stand there may override it.</summary>
    public virtual IReadOnlyList<OperatorOption> Options => OperatorCatalog.OptionsOf(this);

    /// <summary>What it is, for questions about structure.</summary>
    public virtual OperatorTraits Traits => OperatorTraits.None;

    /// <summary>Why the output has its shape, with numbers: one line.</summary>
    /// <param name="shapes">The shapes in use.</param>
    public virtual string Explain(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return shapes.Inputs.Count > 0 && shapes.Output == shapes.Inputs[0]
            ? "the shape of the input"
            : $"{string.Join(", ", shapes.Inputs)} -> {shapes.Output}";
    }

    /// <summary>What it costs for one item.</summary>
    /// <param name="shapes">The shapes in use.</param>
    public virtual OperatorCost Cost(OperatorShapes shapes) => default;

    /// <summary>Its filters; null where it has none.</summary>
    /// <param name="shapes">The shapes in use.</param>
    public virtual FilterBank? Filters(OperatorShapes shapes) => null;

    /// <summary>The receptive-field rule: where an axis of an input goes, and which of its positions each output
    /// position reads.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">The axis of that input, 0 to its rank - 1; never the batch.</param>
    /// <returns>The axis of the output, -1 where it is gone and every output reads by the map's single position; null
    /// where no rule is known.</returns>
    public virtual (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) => null;

    /// <summary>The variance rule: the output's statistics at the first step, from those of the inputs. Null where no
    /// rule is known.</summary>
    /// <param name="use">Shapes, input statistics and weight rules.</param>
    public virtual Signal? Propagate(SignalUse use) => null;

    /// <summary>The gradient rule: mean squared gradient of an input element over that of an output element, at the
    /// first step. Null where no rule is known.</summary>
    /// <param name="use">Shapes, input statistics and weight rules.</param>
    /// <param name="input">Position of the input.</param>
    public virtual double? GradientGain(SignalUse use, int input) => null;

    /// <summary>What compiled execution needs to know of a use in evaluation; null where it is to run the operator as
    /// it is.</summary>
    internal virtual ExecutionForm? Form(Node node) => null;

    /// <summary>What compiled training needs to know of a use in a training step; null where it is to run the operator as it
    /// is.</summary>
    internal virtual TrainingForm? FormInTraining(Node node) => null;
}
