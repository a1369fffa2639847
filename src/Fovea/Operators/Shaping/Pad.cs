using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Padding of the last one to three axes as an operation of its own.</summary>
/// <param name="padding">Amounts, given as numbers.</param>
/// <param name="mode">What the padding holds.</param>
/// <param name="value">The constant of <see cref="PaddingMode.Zeros"/>.</param>
/// <param name="axes">How many of the last axes are padded, 1 to 3.</param>
internal sealed class Pad(Padding padding, PaddingMode mode, double value, int axes) : Operator
{
    /// <inheritdoc/>
    public override string Name => "Pad";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        if (axes is < 1 or > 3 || axes > x.Rank)
        {
            throw new ShapeException(
                $"{Subject}: 1 to 3 of the last axes can be padded, got {axes} for {x}. Pass axes."
            );
        }

        if (!padding.IsExplicit)
        {
            throw new ArgumentException(
                $"{Subject}: the padding must be given in numbers, got {padding}. There is no kernel here from which to derive it."
            );
        }

        for (int i = 1; i <= axes; i++)
        {
            if (x.Sizes[^i] == 0)
            {
                throw new ShapeException($"{Subject}: a padded axis must have at least one element, got {x}.");
            }
        }

        (WindowAxis depth, WindowAxis height, WindowAxis width) = Windows(x);
        ReadOnlySpan<int> padded = [depth.Padded, height.Padded, width.Padded];
        return Shape.Create([.. x.Sizes[..^axes], .. padded[^axes..]]);
    }

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        Tensor y = Tensor.Uninitialized(call.OutputShape, x.DType);
        if (x.DType == DType.Float64)
        {
            Run(x.Shape, x.Pointer<double>(), y.Pointer<double>(), forward: true);
        }
        else
        {
            Run(x.Shape, x.Pointer<float>(), y.Pointer<float>(), forward: true);
        }

        GC.KeepAlive(y);
        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, new PadGradient(this, GradientCall.Open(call.InputShape(0))).Apply(call.Gradient()));

    /// <summary>The same padding, with zeros where it holds a constant: what is linear in x.</summary>
    public Pad WithoutConstant() => value == 0.0 ? this : new Pad(padding, mode, 0.0, axes) { Owner = Owner };

    /// <summary>The gradient of x, unrecorded: what was taken several times is summed.</summary>
    public unsafe Tensor SumBack(Tensor gradient, Shape x)
    {
        Tensor dx = Tensor.Uninitialized(x, gradient.DType);
        if (gradient.DType == DType.Float64)
        {
            Run(x, dx.Pointer<double>(), gradient.Pointer<double>(), forward: false);
        }
        else
        {
            Run(x, dx.Pointer<float>(), gradient.Pointer<float>(), forward: false);
        }

        GC.KeepAlive(dx);
        return dx;
    }

    private (WindowAxis Depth, WindowAxis Height, WindowAxis Width) Windows(Shape x)
    {
        SlidingWindow window = new(1, 1, padding, 1, mode);
        window.Validate(Subject, axes);
        return window.Resolve(Subject, x.Sizes[^axes..], () => $"x {x}.");
    }

    private unsafe void Run<T>(Shape shape, T* x, T* y, bool forward)
        where T : unmanaged, INumberBase<T>
    {
        (WindowAxis depth, WindowAxis height, WindowAxis width) = Windows(shape);
        long planes = 1;
        foreach (int size in shape.Sizes[..^axes])
        {
            planes *= size;
        }

        (int D, int H, int W) sizes = (depth.In, height.In, width.In);
        int[] d = depth.SourceMap(mode),
            h = height.SourceMap(mode),
            w = width.SourceMap(mode);
        if (forward)
        {
            PadKernel<T>.Forward(x, y, planes, sizes, d, h, w, T.CreateTruncating(value));
        }
        else
        {
            PadKernel<T>.Backward(y, x, planes, sizes, d, h, w);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [
            new("padding", padding.ToString()),
            .. mode == PaddingMode.Zeros
                ? []
                : new[] { new OperatorOption("padding-mode", mode.ToString().ToLowerInvariant()) },
            .. value == 0.0
                ? []
                : new[]
                {
                    new OperatorOption("value", value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
                },
            new("axes", $"{axes}"),
        ];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves;

    /// <inheritdoc/>
    public override string Explain(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return WindowRules.ByAxis([
            .. Maps(shapes.Inputs[0]).Select(m => $"{m.In} + {m.Before} + {m.After} = {m.Out}"),
        ]);
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int padded = axis - (shapes.Inputs[0].Rank - axes);
        return (axis, padded >= 0 ? Maps(shapes.Inputs[0])[padded] : AxisMap.Identity(shapes.Inputs[0][axis]));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        double share = mode == PaddingMode.Zeros ? (double)use.Shapes.Inputs[0].Count / use.Shapes.Output.Count : 1.0;
        return use.X is { } x && value == 0.0 ? x.Scaled(share, share) with { IsApproximate = true } : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => 1.0;

    private List<WindowAxisMap> Maps(Shape x)
    {
        (WindowAxis depth, WindowAxis height, WindowAxis width) = Windows(x);
        WindowAxis[] all = [depth, height, width];
        return [.. all[(3 - axes)..].Select(a => WindowRules.Map(a, mode))];
    }
}
