using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Padding of the last one to three axes as an operation of its own.</summary>
/// <param name="attributes">How much, and with what.</param>
internal sealed class Pad(PadAttributes attributes) : Operator
{
    private readonly int _axes = attributes.Axes;

    /// <summary>Creates it for amounts.</summary>
    public Pad(Padding padding, PaddingMode mode, double value, int axes)
        : this(new PadAttributes(padding, mode, value, axes)) { }

    /// <inheritdoc/>
    public override PadAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "Pad";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        if (_axes is < 1 or > 3 || _axes > x.Rank)
        {
            throw new ShapeException(
                $"{Subject}: 1 to 3 of the last axes can be padded, got {_axes} for {x}. Pass axes."
            );
        }

        if (!attributes.Padding.IsExplicit)
        {
            throw new ArgumentException(
                $"{Subject}: the padding must be given in numbers, got {attributes.Padding}. There is no kernel here from which to derive it."
            );
        }

        for (int i = 1; i <= _axes; i++)
        {
            if (x.Sizes[^i] == 0)
            {
                throw new ShapeException($"{Subject}: a padded axis must have at least one element, got {x}.");
            }
        }

        (WindowAxis depth, WindowAxis height, WindowAxis width) = Windows(x);
        ReadOnlySpan<int> padded = [depth.Padded, height.Padded, width.Padded];
        return Shape.Create([.. x.Sizes[..^_axes], .. padded[^_axes..]]);
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
    public Pad WithoutConstant() =>
        attributes.Value == 0.0 ? this : new Pad(attributes with { Value = 0.0 }) { Owner = Owner };

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
        SlidingWindow window = new(1, 1, attributes.Padding, 1, attributes.Mode);
        window.Validate(Subject, _axes);
        return window.Resolve(Subject, x.Sizes[^_axes..], () => $"x {x}.");
    }

    private unsafe void Run<T>(Shape shape, T* x, T* y, bool forward)
        where T : unmanaged, INumberBase<T>
    {
        (WindowAxis depth, WindowAxis height, WindowAxis width) = Windows(shape);
        long planes = 1;
        foreach (int size in shape.Sizes[..^_axes])
        {
            planes *= size;
        }

        (int D, int H, int W) sizes = (depth.In, height.In, width.In);
        int[] d = depth.SourceMap(attributes.Mode),
            h = height.SourceMap(attributes.Mode),
            w = width.SourceMap(attributes.Mode);
        if (forward)
        {
            PadKernel<T>.Forward(x, y, planes, sizes, d, h, w, T.CreateTruncating(attributes.Value));
        }
        else
        {
            PadKernel<T>.Backward(y, x, planes, sizes, d, h, w);
        }
    }

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
        int padded = axis - (shapes.Inputs[0].Rank - _axes);
        return (axis, padded >= 0 ? Maps(shapes.Inputs[0])[padded] : AxisMap.Identity(shapes.Inputs[0][axis]));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        double share =
            attributes.Mode == PaddingMode.Zeros ? (double)use.Shapes.Inputs[0].Count / use.Shapes.Output.Count : 1.0;
        return use.X is { } x && attributes.Value == 0.0 ? x.Scaled(share, share) with { IsApproximate = true } : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => 1.0;

    private List<WindowAxisMap> Maps(Shape x)
    {
        (WindowAxis depth, WindowAxis height, WindowAxis width) = Windows(x);
        WindowAxis[] all = [depth, height, width];
        return [.. all[(3 - _axes)..].Select(a => WindowRules.Map(a, attributes.Mode))];
    }
}

/// <summary>Padding of the last axes.</summary>
/// <param name="Padding">Amounts, given as numbers.</param>
/// <param name="Mode">What the padding holds.</param>
/// <param name="Value">The constant of <see cref="PaddingMode.Zeros"/>.</param>
/// <param name="Axes">How many of the last axes are padded, 1 to 3.</param>
internal sealed record PadAttributes(Padding Padding, PaddingMode Mode, double Value, int Axes) : OperatorAttributes;
