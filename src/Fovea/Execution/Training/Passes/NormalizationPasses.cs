using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The statistics of a batch by channel.</summary>
internal sealed unsafe class StatisticsPass(
    TrainedNormalization form,
    NormalizationNumbers numbers,
    TrainingBinding binding
) : BlockPass(binding.Batch, binding[form.Node.Inputs[0]], writes: false)
{
    private readonly NetworkBuffer _x = binding[form.Node.Inputs[0]];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block) =>
        BlockedNormalization.Moments(
            _x.Layout,
            _x.At(arena, item) + ((long)block * _x.Layout.Plane),
            numbers.Moments.AsSpan(((item * numbers.Blocks) + block) * TileCall.Block, TileCall.Block),
            form.Options.Epsilon,
            CpuTier.Bits
        );

    /// <inheritdoc/>
    public override void End(TrainingRun run) => numbers.Finish(run);

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: statistics";
}

/// <summary>y = clamp((x - mean) * scale + shift + add).</summary>
internal sealed unsafe class NormalizePass(
    TrainedNormalization form,
    NormalizationNumbers numbers,
    TrainingBinding binding
) : BlockPass(binding.Batch, binding[form.Output])
{
    private readonly NetworkBuffer _x = binding[form.Node.Inputs[0]];
    private readonly NetworkBuffer? _add = form.Add is null ? null : binding[form.Add];
    private readonly NetworkBuffer _y = binding[form.Output];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        float* y = _y.At(arena, item);
        NormalizationMaps maps = new()
        {
            X = _x.Layout,
            AtX = _x.At(arena, item),
            Dy = _add?.Layout ?? _x.Layout,
            AtDy = _add is null ? null : _add.At(arena, item),
            Y = _y.Layout,
            AtY = y,
            High = form.High,
        };
        fixed (float* lines = numbers.Lines)
        {
            BlockedNormalization.Normalize(maps, block, lines + (block * 3 * TileCall.Block), form.Low, CpuTier.Bits);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: normalize to {form.Output.Name}";
}

/// <summary>The sums that the gradient of a normalization needs.</summary>
internal sealed unsafe class ProductsPass(
    TrainedNormalizationGradient form,
    GradientNumbers numbers,
    TrainingBinding binding
) : BlockPass(binding.Batch, binding[form.Node.Inputs[0]], writes: false)
{
    private readonly NormalizationBuffers _maps = new(form, binding);

    /// <inheritdoc/>
    public override void Begin(TrainingRun run) => numbers.Start(run);

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        fixed (float* lines = numbers.Lines)
        {
            int at = ((item * _maps.X.Layout.Blocks) + block) * 2 * TileCall.Block;
            BlockedNormalization.Sums(
                _maps.At(arena, item),
                block,
                lines + (block * 4 * TileCall.Block),
                numbers.Totals.AsSpan(at, 2 * TileCall.Block),
                CpuTier.Bits
            );
        }
    }

    /// <inheritdoc/>
    public override void End(TrainingRun run) =>
        numbers.Finish(run, (long)Batch * _maps.X.Layout.Rows * _maps.X.Layout.Width);

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: sums of the gradient";
}

/// <summary>dx = a g + (x - mean) b + c.</summary>
internal sealed unsafe class NormalizationGradientPass(
    TrainedNormalizationGradient form,
    GradientNumbers numbers,
    TrainingBinding binding
) : BlockPass(binding.Batch, binding[form.Node.Output])
{
    private readonly NormalizationBuffers _maps = new(form, binding);
    private readonly NetworkBuffer _dx = binding[form.Node.Output];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        float* dx = _dx.At(arena, item);
        fixed (float* lines = numbers.Lines)
        {
            BlockedNormalization.Gradient(
                _maps.At(arena, item),
                _dx.Layout,
                dx,
                block,
                lines + (block * 4 * TileCall.Block),
                CpuTier.Bits
            );
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: gradient of the normalization";
}

/// <summary>The maps that the gradient of a normalization reads.</summary>
internal sealed unsafe class NormalizationBuffers(TrainedNormalizationGradient form, TrainingBinding binding)
{
    private readonly NetworkBuffer _dy = binding[form.Dy];
    private readonly NetworkBuffer? _y = form.Mask is null ? null : binding[form.Mask];

    /// <summary>What was normalized.</summary>
    public NetworkBuffer X { get; } = binding[form.Node.Inputs[0]];

    /// <summary>Those of an item.</summary>
    public NormalizationMaps At(byte* arena, int item) =>
        new()
        {
            X = X.Layout,
            AtX = X.At(arena, item),
            Dy = _dy.Layout,
            AtDy = _dy.At(arena, item),
            Y = _y?.Layout,
            AtY = _y is null ? null : _y.At(arena, item),
            High = form.High,
        };
}
