using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>y = f(x).</summary>
internal sealed unsafe class FunctionPass(TrainedFunction form, TrainingBinding binding)
    : BlockPass(binding.Batch, binding[form.Node.Output])
{
    private readonly NetworkBuffer _x = binding[form.Node.Inputs[0]];
    private readonly NetworkBuffer _y = binding[form.Node.Output];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        float* x = _x.At(arena, item),
            y = _y.At(arena, item);
        MapPart part = new(block, block + 1, 0, _y.Layout.Rows);
        if (form.Clamp is { } clamp)
        {
            BlockedMaps.ScaleShift(_x.Layout, x, null, null, _y.Layout, y, clamp.Low, clamp.High, part, CpuTier.Bits);
        }
        else
        {
            BlockedMaps.Map(form.Map!, _x.Layout, x, _y.Layout, y, part);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: {form.Node.Operator.Name}";
}

/// <summary>dx = f'(x) dy.</summary>
internal sealed unsafe class FunctionGradientPass(TrainedFunctionGradient form, TrainingBinding binding)
    : BlockPass(binding.Batch, binding[form.Node.Output])
{
    private readonly NetworkBuffer? _saved = form.Node.Inputs.Count > 1 ? binding[form.Node.Inputs[0]] : null;
    private readonly NetworkBuffer _dy = binding[form.Dy];
    private readonly NetworkBuffer _dx = binding[form.Node.Output];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        float* dx = _dx.At(arena, item);
        bool isDense = _dy.Layout.IsDense && _dx.Layout.IsDense && _saved?.Layout.IsDense != false;
        (int rows, int width) = isDense ? (1, _dx.Layout.Rows * _dx.Layout.Width) : (_dx.Layout.Rows, _dx.Layout.Width);
        for (int row = 0; row < rows; row++)
        {
            form.Map(
                _saved is null ? null : At(_saved, arena, item, block, row),
                At(_dy, arena, item, block, row),
                At(_dx, arena, item, block, row),
                width * TileCall.Block
            );
        }
    }

    private static float* At(NetworkBuffer map, byte* arena, int item, int block, int row) =>
        map.At(arena, item) + ((long)block * map.Layout.Plane) + map.Layout.RowStart(row);

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: {form.Node.Operator.Name}";
}

/// <summary>The sum of two maps.</summary>
internal sealed unsafe class SumPass(TrainedSum form, TrainingBinding binding)
    : BlockPass(binding.Batch, binding[form.Node.Output])
{
    private readonly NetworkBuffer _a = binding[form.Node.Inputs[0]];
    private readonly NetworkBuffer _b = binding[form.Node.Inputs[1]];
    private readonly NetworkBuffer _y = binding[form.Node.Output];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        float* y = _y.At(arena, item);
        BlockedMaps.Add(
            _a.Layout,
            _a.At(arena, item),
            _b.Layout,
            _b.At(arena, item),
            _y.Layout,
            y,
            float.NegativeInfinity,
            float.PositiveInfinity,
            new(block, block + 1, 0, _y.Layout.Rows),
            CpuTier.Bits
        );
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: sum";
}

/// <summary>Maxima or means over windows.</summary>
internal sealed unsafe class PoolPass(TrainedPool form, TrainingBinding binding)
    : BlockPass(binding.Batch, binding[form.Node.Output])
{
    private readonly NetworkBuffer _x = binding[form.Node.Inputs[0]];
    private readonly NetworkBuffer _y = binding[form.Node.Output];
    private readonly BlockedPooling _pool = new(
        form.Pool.Windows,
        form.Pool.Mean,
        form.Pool.Divisor,
        binding[form.Node.Inputs[0]].Layout,
        binding[form.Node.Output].Layout,
        CpuTier.Bits
    );

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        float* y = _y.At(arena, item);
        _pool.Run(_x.At(arena, item), y, new(block, block + 1, 0, _y.Layout.Rows));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: {form.Node.Operator.Name}";
}

/// <summary>The gradient of maxima over windows.</summary>
internal sealed unsafe class MaxPoolGradientPass(TrainedMaxPoolGradient form, TrainingBinding binding)
    : BlockPass(binding.Batch, binding[form.Node.Output])
{
    private readonly NetworkBuffer _dy = binding[form.Node.Inputs[0]];
    private readonly NetworkBuffer _x = binding[form.Forward.Inputs[0]];
    private readonly NetworkBuffer _y = binding[form.Forward.Output];
    private readonly NetworkBuffer _dx = binding[form.Node.Output];
    private readonly BlockedMaxGradient _pool = new(
        form.Windows,
        binding[form.Forward.Inputs[0]].Layout,
        binding[form.Forward.Output].Layout,
        binding[form.Node.Inputs[0]].Layout,
        binding[form.Node.Output].Layout,
        CpuTier.Bits
    );

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        float* dx = _dx.At(arena, item);
        _pool.Run(_x.At(arena, item), _y.At(arena, item), _dy.At(arena, item), dx, block);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: gradient of the pool";
}

/// <summary>The gradient of a mean over all positions: each gets its share.</summary>
internal sealed unsafe class MeanGradientPass(TrainedMeanGradient form, TrainingBinding binding)
    : BlockPass(binding.Batch, binding[form.Node.Output])
{
    private readonly NetworkBuffer _dy = binding[form.Node.Inputs[0]];
    private readonly NetworkBuffer _dx = binding[form.Node.Output];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block)
    {
        BlockedLayout layout = _dx.Layout;
        float* dx = _dx.At(arena, item),
            dy = _dy.At(arena, item) + ((long)block * _dy.Layout.Plane) + _dy.Layout.Origin;
        Span<float> share = stackalloc float[TileCall.Block];
        float count = (float)layout.Rows * layout.Width;
        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            share[lane] = dy[lane] / count;
        }

        for (int row = 0; row < layout.Rows; row++)
        {
            float* to = dx + ((long)block * layout.Plane) + layout.RowStart(row);
            for (int p = 0; p < layout.Width; p++)
            {
                share.CopyTo(new Span<float>(to + (p * TileCall.Block), TileCall.Block));
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: gradient of the mean";
}

/// <summary>Channels copied.</summary>
internal sealed unsafe class ChannelsPass(TrainedChannels form, TrainingBinding binding) : TrainingPass
{
    private readonly NetworkBuffer[] _from = [.. form.Node.Inputs.Select(i => binding[i])];
    private readonly NetworkBuffer _to = binding[form.Node.Output];
    private readonly int _batch = binding.Batch;

    /// <inheritdoc/>
    public override int Jobs(int threads) => _batch;

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        float* y = _to.At(arena, job);
        BlockedMaps.ZeroHalo(_to.Layout, y, 0, _to.Layout.Blocks);
        if (form.First >= 0)
        {
            float* x = _from[0].At(arena, job) + ((long)form.First / TileCall.Block * _from[0].Layout.Plane);
            BlockedLayout source = _from[0].Layout.WithChannels(_to.Layout.Channels);
            BlockedMaps.Append(source, x, _to.Layout, y, 0, CpuTier.Bits);
            ClearSpare(y, _to.Layout.Channels);
            return;
        }

        int channel = 0;
        foreach (NetworkBuffer from in _from)
        {
            BlockedMaps.Append(from.Layout, from.At(arena, job), _to.Layout, y, channel, CpuTier.Bits);
            channel += from.Layout.Channels;
        }

        ClearSpare(y, channel);
    }

    /// <summary>Lanes of the last block that hold no channel become zeros: what is in the arena may be no
    /// number.</summary>
    private void ClearSpare(float* y, int channels)
    {
        int spare = channels % TileCall.Block;
        for (int row = 0; row < _to.Layout.Rows && spare > 0; row++)
        {
            float* at = y + ((long)(_to.Layout.Blocks - 1) * _to.Layout.Plane) + _to.Layout.RowStart(row);
            for (int p = 0; p < _to.Layout.Width; p++, at += TileCall.Block)
            {
                new Span<float>(at + spare, TileCall.Block - spare).Clear();
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: {form.Node.Operator.Name}";
}

/// <summary>The sums of a map by channel.</summary>
internal sealed unsafe class ChannelSumPass(TrainedChannelSum form, TrainingBinding binding)
    : BlockPass(binding.Batch, binding[form.Node.Inputs[0]], writes: false)
{
    private readonly NetworkBuffer _x = binding[form.Node.Inputs[0]];
    private readonly double[] _sums = new double[
        binding.Batch * binding[form.Node.Inputs[0]].Layout.Blocks * TileCall.Block
    ];

    /// <inheritdoc/>
    protected override void RunBlock(byte* arena, int item, int block) =>
        BlockedNormalization.ChannelSums(
            _x.Layout,
            _x.At(arena, item) + ((long)block * _x.Layout.Plane),
            _sums.AsSpan(((item * _x.Layout.Blocks) + block) * TileCall.Block, TileCall.Block),
            CpuTier.Bits
        );

    /// <inheritdoc/>
    public override void End(TrainingRun run)
    {
        float[] sums = new float[_x.Layout.Channels];
        int lanes = _x.Layout.Blocks * TileCall.Block;
        for (int c = 0; c < sums.Length; c++)
        {
            double sum = 0;
            for (int item = 0; item < Batch; item++)
            {
                sum += _sums[(item * lanes) + c];
            }

            sums[c] = (float)sum;
        }

        run.Set(form.Node.Output, Tensor.From(sums, [sums.Length]));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: sums by channel";
}
