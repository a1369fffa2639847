using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Zeroes random units and scales the others by 1 / (1 - p). A unit is an element, a channel or a whole
/// sample.</summary>
/// <param name="attributes">What is dropped.</param>
/// <remarks>The second input is a key, an Int64 scalar. The mask is a function of key and unit alone: the gradient makes it
/// again, and nothing else is kept.</remarks>
internal sealed class DropOperator(DropAttributes attributes) : Operator
{
    private const int Levels = 1 << 16;

    private readonly uint _dropped = (uint)Math.Round(attributes.Probability * Levels);

    /// <inheritdoc/>
    public override DropAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => attributes.Name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0].Rank >= attributes.UnitAxes
            ? inputs[0]
            : throw new ShapeException($"{Subject}: x needs at least {attributes.UnitAxes} axes, got {inputs[0]}.");

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => input == 1;

    /// <inheritdoc/>
    public override Operator? InEvaluation() => null;

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(1);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        ulong key = unchecked((ulong)call.Inputs[1].ToArray<long>()[0]);
        Tensor y = Tensor.Uninitialized(x.Shape, x.DType);
        long units = 1;
        foreach (int size in attributes.UnitAxes < 0 ? x.Shape.Sizes : x.Shape.Sizes[..attributes.UnitAxes])
        {
            units *= size;
        }

        if (x.DType == DType.Float64)
        {
            Mask<double>(x, y, units, key);
        }
        else
        {
            Mask<float>(x, y, units, key);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) => call.Give(0, Apply(call.Gradient(), call.Input(1)));

    private unsafe void Mask<T>(Tensor x, Tensor y, long units, ulong key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (x.Count > 0)
        {
            T* px = x.Pointer<T>(),
                py = y.Pointer<T>();
            T scale = _dropped == Levels ? T.Zero : T.CreateTruncating((double)Levels / (Levels - _dropped));
            long inner = x.Count / units,
                unitsPerJob = Math.Max(8, Chunks.Size / inner / 8 * 8);
            WorkerPool.For(
                (int)((units + unitsPerJob - 1) / unitsPerJob),
                job => Run(px, py, inner, job * unitsPerJob, Math.Min(units, (job + 1) * unitsPerJob), scale, key)
            );
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <summary>Each Philox block decides about eight units, sixteen bits each; <paramref name="first"/> is a multiple
    /// of eight.</summary>
    private unsafe void Run<T>(T* x, T* y, long inner, long first, long end, T scale, ulong key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        uint* words = stackalloc uint[4];
        T* factors = stackalloc T[2];
        (factors[0], factors[1]) = (T.Zero, scale); // by index, as a branch on random bits would be guessed wrong half the time
        for (long block = first; block < end; block += 8)
        {
            ulong counter = (ulong)block / 8;
            (words[0], words[1], words[2], words[3]) = Rng.Philox(
                (uint)counter,
                (uint)(counter >> 32),
                0,
                0,
                (uint)key,
                (uint)(key >> 32)
            );
            int count = (int)Math.Min(8, end - block);
            for (int i = 0; i < count; i++)
            {
                int kept = 1 - (int)((((words[i / 2] >> (i % 2 * 16)) & 0xFFFF) - _dropped) >> 31);
                long start = (block + i) * inner;
                if (inner == 1)
                {
                    y[start] = x[start] * factors[kept];
                }
                else
                {
                    Scale(x + start, y + start, inner, kept == 1, scale);
                }
            }
        }
    }

    private static unsafe void Scale<T>(T* x, T* y, long count, bool kept, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> target = new(y, checked((int)count));
        if (kept)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(new ReadOnlySpan<T>(x, (int)count), scale, target);
        }
        else
        {
            target.Clear();
        }
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Random;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        input == 0 ? (axis, AxisMap.Identity(shapes.Inputs[0][axis])) : null;

    /// <summary>Means stay, the mean square grows by 1 / (1 - p).</summary>
    /// <param name="use">Statistics of the input.</param>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.X is { } x && attributes.Probability < 1.0
            ? x with
            {
                Variance = x.Variance + (x.MeanSquare * attributes.Probability / (1.0 - attributes.Probability)),
                BeforeActivation = null,
            }
            : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) =>
        attributes.Probability < 1.0 ? 1.0 / (1.0 - attributes.Probability) : 0.0;
}

/// <summary>What is zeroed at random.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Probability">Of a unit to be zeroed: 0 to 1, here rounded to a multiple of 2^-16, by which the scale goes
/// too.</param>
/// <param name="UnitAxes">Leading axes that number the units; negative: every element is one.</param>
internal sealed record DropAttributes(string Name, double Probability, int UnitAxes) : OperatorAttributes;
