using Fovea.Kernels;

namespace Fovea;

/// <summary>Which positions of an input axis each position of an output axis reads: the receptive-field rule of an
/// operator, one axis at a time.</summary>
/// <param name="In">Size of the input axis.</param>
/// <param name="Out">Size of the output axis; 1 where the axis is gone.</param>
public abstract record AxisMap(int In, int Out)
{
    /// <summary>How the reads repeat: an output position Outputs further on reads Inputs positions further on, borders
    /// apart. (1, stride) for a window, (factor, 1) for an enlargement by a whole factor; Inputs is 0 where every
    /// position reads the same.</summary>
    public abstract (int Outputs, int Inputs) Period { get; }

    /// <summary>The input positions that an output position reads, one a tap, in order; -1 for a tap on zero
    /// padding.</summary>
    /// <param name="output">0 to Out - 1.</param>
    public abstract IEnumerable<int> Taps(int output);

    /// <summary>The input positions that an output position reads where no border is near: as though both axes went on
    /// without end. None where it reads nothing, as between the taps of a transposed convolution.</summary>
    /// <param name="output">Any whole number; 0 to Out - 1 are the positions of the map.</param>
    /// <returns>Whole numbers, in no order; below 0 and from In on are those beyond the border.</returns>
    public IEnumerable<int> Reach(int output)
    {
        int period = (int)Rational.Floor(output, Period.Outputs),
            further = period * Period.Inputs;
        return ReachOf(output - (period * Period.Outputs)).Select(input => input + further);
    }

    /// <summary>What <see cref="Reach"/> gives for a position of the first period.</summary>
    /// <param name="phase">0 to Outputs - 1 of <see cref="Period"/>.</param>
    protected abstract IEnumerable<int> ReachOf(int phase);

    /// <summary>Every position reads its own.</summary>
    /// <param name="size">Size of both axes.</param>
    public static AxisMap Identity(int size) => new IdentityAxis(size);

    /// <summary>Every position reads all.</summary>
    /// <param name="size">Input size.</param>
    /// <param name="outputs">Output size.</param>
    public static AxisMap All(int size, int outputs = 1) => new AllAxis(size, outputs);
}

/// <summary>Every position reads its own.</summary>
/// <param name="Size">Size of both axes.</param>
public sealed record IdentityAxis(int Size) : AxisMap(Size, Size)
{
    /// <inheritdoc/>
    public override (int Outputs, int Inputs) Period => (1, 1);

    /// <inheritdoc/>
    public override IEnumerable<int> Taps(int output) => [output];

    /// <inheritdoc/>
    protected override IEnumerable<int> ReachOf(int phase) => [phase];
}

/// <summary>Every position reads all: global pooling, a flattened axis, broadcasting of a single position.</summary>
/// <param name="In">Input size.</param>
/// <param name="Out">Output size.</param>
public sealed record AllAxis(int In, int Out) : AxisMap(In, Out)
{
    /// <inheritdoc/>
    public override (int Outputs, int Inputs) Period => (1, 0);

    /// <inheritdoc/>
    public override IEnumerable<int> Taps(int output) => Enumerable.Range(0, In);

    /// <inheritdoc/>
    protected override IEnumerable<int> ReachOf(int phase) => Enumerable.Range(0, In);
}

/// <summary>A window that slides: convolutions, pools, and padding by itself (kernel 1).</summary>
/// <param name="In">Input size.</param>
/// <param name="Out">Number of windows.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">Step between windows.</param>
/// <param name="Dilation">Step between taps.</param>
/// <param name="Before">Padding in front; negative where the front is cut off.</param>
/// <param name="After">Padding behind; negative where the end is cut off.</param>
/// <param name="Mode">What the padding holds.</param>
/// <param name="CeilMode">Whether a last, partial window counts.</param>
public sealed record WindowAxisMap(
    int In,
    int Out,
    int Kernel,
    int Stride,
    int Dilation,
    int Before,
    int After,
    PaddingMode Mode,
    bool CeilMode = false
) : AxisMap(In, Out)
{
    /// <summary>Input positions a window spans: (Kernel - 1) * Dilation + 1.</summary>
    public int Extent => ((Kernel - 1) * Dilation) + 1;

    /// <summary>Padded positions behind the last window, which nothing reads: (In + Before + After - Extent) mod
    /// Stride, 0 in ceil mode.</summary>
    public int Unread => Math.Max(0, In + Before + After - Extent - ((Out - 1) * Stride));

    /// <summary>Input positions at the end that nothing reads: what <see cref="Unread"/> takes beyond the padding
    /// behind.</summary>
    public int Dropped => Math.Clamp(Unread - Math.Max(0, After), 0, In);

    /// <summary>Whether padding is no value at all rather than a zero, as in max pools and in averages that do not
    /// count it: it has no taps.</summary>
    public bool IgnoresPadding { get; init; }

    /// <summary>Positions at the end of the padding that are no values at all, whatever the padding holds: what lets
    /// the last window of <see cref="CeilMode"/> be partial.</summary>
    public int Missing { get; init; }

    /// <inheritdoc/>
    public override (int Outputs, int Inputs) Period => (1, Stride);

    /// <inheritdoc/>
    protected override IEnumerable<int> ReachOf(int phase) =>
        Enumerable.Range(0, Kernel).Select(k => (phase * Stride) + (k * Dilation) - Before);

    /// <inheritdoc/>
    public override IEnumerable<int> Taps(int output)
    {
        for (int k = 0; k < Kernel; k++)
        {
            int position = (output * Stride) + (k * Dilation) - Before,
                source = Source(position);
            if (position < In + After - Missing && (source >= 0 || !IgnoresPadding))
            {
                yield return source;
            }
        }
    }

    private int Source(int position)
    {
        if ((uint)position < (uint)In)
        {
            return position;
        }

        int source = Mode switch
        {
            PaddingMode.Reflect => position < 0 ? -position : (2 * (In - 1)) - position,
            PaddingMode.Replicate => position < 0 ? 0 : In - 1,
            PaddingMode.Circular => position < 0 ? position + In : position - In,
            _ => -1,
        };
        return (uint)source < (uint)In ? source : -1;
    }
}

/// <summary>A transposed window: output position i reads those j with j * Stride + k * Dilation - Before = i for a tap
/// k.</summary>
/// <param name="In">Input size.</param>
/// <param name="Out">Output size.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">Factor of enlargement.</param>
/// <param name="Dilation">Step between taps.</param>
/// <param name="Before">What is cut off in front.</param>
public sealed record TransposedAxisMap(int In, int Out, int Kernel, int Stride, int Dilation, int Before)
    : AxisMap(In, Out)
{
    /// <inheritdoc/>
    public override (int Outputs, int Inputs) Period => (Stride, 1);

    /// <inheritdoc/>
    public override IEnumerable<int> Taps(int output) =>
        Reach(output).Select(source => source >= 0 && source < In ? source : -1);

    /// <inheritdoc/>
    protected override IEnumerable<int> ReachOf(int phase)
    {
        for (int k = Kernel - 1; k >= 0; k--)
        {
            int shifted = phase + Before - (k * Dilation);
            if (shifted % Stride == 0)
            {
                yield return shifted / Stride;
            }
        }
    }
}
