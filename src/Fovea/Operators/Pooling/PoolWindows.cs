using Fovea.Kernels;

namespace Fovea;

/// <summary>Which windows a pool has: every rule about the sizes of pools.</summary>
internal abstract class PoolWindows
{
    /// <summary>Checks the input and lays the windows out over it.</summary>
    /// <exception cref="ShapeException">The input does not fit.</exception>
    public abstract PoolGeometry Resolve(string subject, Shape input);

    /// <summary>The output shape for an input that <see cref="Resolve"/> accepted.</summary>
    public abstract Shape OutputShape(Shape input, PoolGeometry geometry);

    /// <summary>The number of axes that are pooled, the last ones, of an input that <see cref="Resolve"/>
    /// accepted.</summary>
    public abstract int Pooled(Shape input);

    /// <summary>The input's shape with the last axes replaced by the windows of each.</summary>
    protected static Shape WithSpatial(Shape input, PoolGeometry geometry, int rank)
    {
        int[] sizes = input.Sizes.ToArray();
        ReadOnlySpan<int> windows = [geometry.Depth.Out, geometry.Height.Out, geometry.Width.Out];
        windows[(3 - rank)..].CopyTo(sizes.AsSpan(sizes.Length - rank));
        return Shape.Create(sizes);
    }

    /// <summary>Images times channels.</summary>
    protected static int Planes(string subject, Shape input, int rank)
    {
        long planes = 1;
        foreach (int size in input.Sizes[..^rank])
        {
            planes *= size;
        }

        return planes <= int.MaxValue
            ? (int)planes
            : throw new ShapeException(
                $"{subject}: images times channels must stay below 2^31, got {planes:N0} in {input}. Use a smaller batch."
            );
    }

    /// <summary>Checks the number of axes: [C, spatial...] or [N, C, spatial...].</summary>
    protected static void RequireRank(string subject, Shape input, int rank)
    {
        if (input.Rank != rank + 1 && input.Rank != rank + 2)
        {
            string spatial = rank switch
            {
                1 => "L",
                2 => "H, W",
                _ => "D, H, W",
            };
            throw new ShapeException(
                $"{subject}: the input must be [N, C, {spatial}] or [C, {spatial}], got {input.Rank} axes. x {input}."
            );
        }
    }

    /// <summary>Checks that there is something to pool.</summary>
    protected static void RequireValues(string subject, Shape input, int rank)
    {
        if (input.Sizes[^rank..].Contains(0))
        {
            throw new ShapeException($"{subject}: every spatial size must be 1 or more, got 0. x {input}.");
        }
    }

    /// <summary>The windows as data.</summary>
    public abstract PoolAttributes Attributes { get; }

    /// <summary>The map of each axis that is pooled, outermost first.</summary>
    public abstract IReadOnlyList<AxisMap> Maps(string subject, Shape input);

    /// <summary>Why the output has its size.</summary>
    public abstract string Explain(string subject, Shape input);

    /// <summary>The windows of each axis, where the input has a batch axis and channels; null otherwise.</summary>
    public virtual PoolGeometry? PerAxis(string subject, Shape input) =>
        input.Rank == Maps(subject, input).Count + 2 ? Resolve(subject, input) : null;

    /// <summary>Where an axis of the input goes; the pooled ones are the last.</summary>
    public virtual (int OutputAxis, AxisMap Map) ReadsOf(string subject, OperatorShapes shapes, int axis)
    {
        IReadOnlyList<AxisMap> maps = Maps(subject, shapes.Inputs[0]);
        int pooled = axis - (shapes.Inputs[0].Rank - maps.Count);
        return (axis, pooled >= 0 ? maps[pooled] : AxisMap.Identity(shapes.Inputs[0][axis]));
    }
}

/// <summary>Windows of one size that slide.</summary>
internal sealed class SlidingPoolWindows : PoolWindows
{
    private readonly SlidingWindow _window;
    private readonly int _rank;
    private readonly bool _countZeros;
    private readonly bool _needInput;

    /// <summary>Creates the windows.</summary>
    /// <param name="name">The operator's name, for messages.</param>
    /// <param name="rank">Number of spatial axes.</param>
    /// <param name="window">Sizes.</param>
    /// <param name="countZeros">Whether an average counts zero padding.</param>
    /// <param name="needInput">Whether a window wholly in padding has no answer, as the largest of nothing has
    /// none.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SlidingPoolWindows(string name, int rank, SlidingWindow window, bool countZeros, bool needInput)
    {
        window.Validate(name, rank);
        (_window, _rank, _countZeros, _needInput) = (window, rank, countZeros, needInput);
        for (int axis = 0; axis < rank && window.Padding.IsExplicit && window.Mode == PaddingMode.Zeros; axis++)
        {
            int kernel = window.Kernel.At(axis, rank);
            (long before, long after) = window.Padding.Resolve(axis, rank, 1, kernel, 1, 1);
            if (before == after && before > kernel / 2)
            {
                // PyTorch's rule, which it states for symmetric padding, the only kind it has. Asymmetric padding may
                // reach further, as causal padding does:
                // what counts is that a window has an input, which is checked where the input is known.
                throw new ArgumentException(
                    $"{name}: padding must be at most half the kernel, got {Math.Max(before, after)} for kernel {kernel}. Use less padding, another padding mode, or a larger kernel."
                );
            }
        }
    }

    /// <inheritdoc/>
    public override int Pooled(Shape input) => _rank;

    /// <inheritdoc/>
    public override PoolGeometry Resolve(string subject, Shape input)
    {
        RequireRank(subject, input, _rank);
        ReadOnlySpan<int> sizes = input.Sizes[^_rank..];
        (WindowAxis depth, WindowAxis height, WindowAxis width) = _window.Resolve(subject, sizes, () => $"x {input}.");
        ReadOnlySpan<WindowAxis> resolved = [depth, height, width];
        PoolAxis[] axes = [PoolAxis.None, PoolAxis.None, PoolAxis.None];
        for (int i = 0; i < _rank; i++)
        {
            axes[3 - _rank + i] = Axis(subject, input, i, resolved[3 - _rank + i]);
        }

        return new PoolGeometry(Planes(subject, input, _rank), axes[0], axes[1], axes[2]);
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input, PoolGeometry geometry) => WithSpatial(input, geometry, _rank);

    private PoolAxis Axis(string subject, Shape input, int axis, WindowAxis window)
    {
        (_, long after) = _window.Padding.Resolve(
            axis,
            _rank,
            window.In,
            window.Kernel,
            window.Stride,
            window.Dilation
        );
        PoolAxis result = PoolAxis.Sliding(window, _window.Mode, (int)after, _countZeros);
        return !_needInput || result.EveryWindowHasInput
            ? result
            : throw new ShapeException(
                $"{subject}: every window must cover at least one input value, but with kernel {_window.Kernel}, stride {_window.Stride}, padding {_window.Padding} and dilation {_window.Dilation} one lies wholly in padding. x {input}. Use less padding or dilation."
            );
    }

    /// <inheritdoc/>
    public override PoolAttributes Attributes =>
        new SlidingPoolAttributes(
            _rank,
            _window.Kernel,
            _window.Stride,
            _window.Padding,
            _window.Dilation.Plain(1),
            _window.Mode,
            _window.CeilMode
        )
        {
            CountsPadding = _countZeros || _needInput,
        };

    /// <inheritdoc/>
    public override IReadOnlyList<AxisMap> Maps(string subject, Shape input) => Windows(subject, input);

    /// <inheritdoc/>
    public override string Explain(string subject, Shape input) => WindowRules.Explain(Windows(subject, input));

    private List<WindowAxisMap> Windows(string subject, Shape input)
    {
        PoolGeometry geometry = Resolve(subject, input);
        PoolAxis[] axes = [geometry.Depth, geometry.Height, geometry.Width];
        return [.. axes[(3 - _rank)..].Select((a, i) => Map(a.Window!.Value, i))];
    }

    private WindowAxisMap Map(WindowAxis axis, int index)
    {
        (_, long asked) = _window.Padding.Resolve(index, _rank, axis.In, axis.Kernel, axis.Stride, axis.Dilation);
        return WindowRules.Map(axis, _window.Mode, _window.CeilMode) with
        {
            IgnoresPadding = _needInput || !_countZeros,
            Missing = axis.PadAfter - (int)asked,
        };
    }
}

/// <summary>Windows that share the input so that the output has a given size.</summary>
/// <param name="rank">Number of spatial axes.</param>
/// <param name="size">The output size; 0 on an axis keeps the input's.</param>
internal sealed class AdaptivePoolWindows(int rank, PerAxis size) : PoolWindows
{
    /// <summary>Checks the size.</summary>
    /// <exception cref="ArgumentException">It is negative or does not fit the number of axes.</exception>
    public AdaptivePoolWindows(string name, int rank, PerAxis size)
        : this(rank, size)
    {
        if (size.Any(s => s < 0) || (size.Given != 1 && size.Given != rank))
        {
            throw new ArgumentException(
                $"{name}: the output size must be 0 (keep) or more, one value or {rank}, got {size}."
            );
        }
    }

    /// <inheritdoc/>
    public override int Pooled(Shape input) => rank;

    /// <inheritdoc/>
    public override PoolGeometry Resolve(string subject, Shape input)
    {
        RequireRank(subject, input, rank);
        RequireValues(subject, input, rank);
        PoolAxis[] axes = [PoolAxis.None, PoolAxis.None, PoolAxis.None];
        for (int i = 0; i < rank; i++)
        {
            int have = input.Sizes[input.Rank - rank + i],
                want = size.At(i, rank);
            axes[3 - rank + i] = PoolAxis.Adaptive(have, want == 0 ? have : want);
        }

        return new PoolGeometry(Planes(subject, input, rank), axes[0], axes[1], axes[2]);
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input, PoolGeometry geometry) => WithSpatial(input, geometry, rank);

    /// <inheritdoc/>
    public override PoolAttributes Attributes => new AdaptivePoolAttributes(rank, size);

    /// <inheritdoc/>
    public override IReadOnlyList<AxisMap> Maps(string subject, Shape input)
    {
        PoolGeometry geometry = Resolve(subject, input);
        PoolAxis[] axes = [geometry.Depth, geometry.Height, geometry.Width];
        return
        [
            .. axes[(3 - rank)..]
                .Select(a =>
                    a.Out == 1 ? AxisMap.All(a.In)
                    : a.Out == a.In ? AxisMap.Identity(a.In)
                    : new TableAxisMap(a.In, [.. Enumerable.Range(0, a.Out).Select(o => a.Taps(o).ToArray())])
                ),
        ];
    }

    /// <inheritdoc/>
    public override string Explain(string subject, Shape input) =>
        WindowRules.ByAxis([.. Maps(subject, input).Select(m => $"{m.In} shared among {m.Out}, as asked for")]);
}

/// <summary>One window: everything behind the second axis.</summary>
/// <param name="flatten">Whether the output is [N, C] rather than [N, C, 1, ...].</param>
internal sealed class GlobalPoolWindows(bool flatten) : PoolWindows
{
    /// <inheritdoc/>
    public override int Pooled(Shape input) => input.Rank - 2;

    /// <inheritdoc/>
    public override PoolGeometry Resolve(string subject, Shape input)
    {
        if (input.Rank < 3)
        {
            throw new ShapeException(
                $"{subject}: the input must be [N, C, spatial...] with at least one spatial axis, got {input.Rank} axes. x {input}."
            );
        }

        int rank = input.Rank - 2;
        RequireValues(subject, input, rank);
        long plane = 1;
        foreach (int size in input.Sizes[2..])
        {
            plane *= size;
        }

        return plane <= int.MaxValue / 2
            ? new PoolGeometry(
                Planes(subject, input, rank),
                PoolAxis.None,
                PoolAxis.None,
                PoolAxis.Adaptive((int)plane, 1)
            )
            : throw new ShapeException(
                $"{subject}: a channel must have fewer than 2^30 values, got {plane:N0}. x {input}."
            );
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input, PoolGeometry geometry)
    {
        int[] sizes = input.Sizes.ToArray();
        sizes.AsSpan(2).Fill(1);
        return flatten ? Shape.Create(sizes.AsSpan(0, 2)) : Shape.Create(sizes);
    }

    /// <inheritdoc/>
    public override PoolAttributes Attributes => new GlobalPoolAttributes(flatten);

    /// <inheritdoc/>
    public override IReadOnlyList<AxisMap> Maps(string subject, Shape input) =>
        [.. input.Sizes[2..].ToArray().Select(size => AxisMap.All(size))];

    /// <inheritdoc/>
    public override string Explain(string subject, Shape input) =>
        $"one value from all {string.Join(" x ", input.Sizes[2..].ToArray())} positions of a channel";

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map) ReadsOf(string subject, OperatorShapes shapes, int axis) =>
        axis < 2
            ? (axis, AxisMap.Identity(shapes.Inputs[0][axis]))
            : (flatten ? -1 : axis, AxisMap.All(shapes.Inputs[0][axis]));

    /// <inheritdoc/>
    public override PoolGeometry? PerAxis(string subject, Shape input)
    {
        PoolAxis[] axes = [PoolAxis.None, PoolAxis.None, PoolAxis.None];
        for (int i = 2; i < input.Rank; i++)
        {
            axes[5 - input.Rank + i - 2] = PoolAxis.Adaptive(input[i], 1);
        }

        return new PoolGeometry(input[0] * input[1], axes[0], axes[1], axes[2]);
    }
}
