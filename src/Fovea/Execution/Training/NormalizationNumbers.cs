using Fovea.Kernels;

namespace Fovea;

/// <summary>What the passes of a normalization hand each other: moments by item and channel, then the scales.</summary>
internal sealed unsafe class NormalizationNumbers(TrainedNormalization form, int batch)
{
    private readonly int _channels = form.Options.Channels;

    /// <summary>Channel blocks.</summary>
    public int Blocks { get; } = BlocksOf(form.Options.Channels);

    /// <summary>Blocks of so many channels.</summary>
    public static int BlocksOf(int channels) => (channels + TileCall.Block - 1) / TileCall.Block;

    /// <summary>Of an item and a channel block, 16 each.</summary>
    public Moments[] Moments { get; } = new Moments[batch * BlocksOf(form.Options.Channels) * TileCall.Block];

    /// <summary>For each channel block 16 centers, scales and shifts; 0 for channels that are not there.</summary>
    public float[] Lines { get; } = new float[BlocksOf(form.Options.Channels) * 3 * TileCall.Block];

    /// <summary>Makes the scales of the moments, and leaves what the node gives besides.</summary>
    public void Finish(TrainingRun run)
    {
        BatchNormAttributes options = form.Options;
        Moments[] moments = new Moments[_channels];
        int lanes = Blocks * TileCall.Block;
        for (int item = 0; item < batch; item++)
        {
            for (int c = 0; c < _channels; c++)
            {
                moments[c] = moments[c].With(Moments[(item * lanes) + c]);
            }
        }

        float[]? weight = options.Affine ? run.Get(form.Node.Inputs[1]).ToArray<float>() : null,
            bias = options.Affine ? run.Get(form.Node.Inputs[2]).ToArray<float>() : null;
        ChannelScale[] scales = new ChannelScale[_channels];
        for (int c = 0; c < _channels; c++)
        {
            scales[c] = ChannelScale.From(
                moments[c].Mean,
                moments[c].BiasedVariance,
                options.Epsilon,
                weight?[c] ?? 1.0,
                bias?[c] ?? 0.0
            );
            Span<float> line = Lines.AsSpan((c / TileCall.Block * 3 * TileCall.Block) + (c % TileCall.Block));
            (line[0], line[TileCall.Block], line[2 * TileCall.Block]) = scales[c].Rounded<float>();
        }

        run.Set(form.Node.Outputs[1], SavedStatistics.Of(scales));
        if (options is { Training: true, Running: true })
        {
            Update(run, options, moments);
        }
    }

    private void Update(TrainingRun run, BatchNormAttributes options, Moments[] moments)
    {
        int first = options.RunningIndex;
        Tensor[] next = RunningStatistics.Next<float>(
            [.. Enumerable.Range(first, 3).Select(i => run.Get(form.Node.Inputs[i]))],
            options.Momentum,
            Array.ConvertAll(moments, m => (m.Mean, m.UnbiasedVariance))
        );
        for (int i = 0; i < next.Length; i++)
        {
            run.Set(form.Node.Outputs[2 + i], next[i]);
        }
    }
}

/// <summary>What the passes of a normalization's gradient hand each other: sums by item and channel, then the lines.</summary>
internal sealed unsafe class GradientNumbers(TrainedNormalizationGradient form, TrainingBinding binding)
{
    private const int Sums = 2 * TileCall.Block;
    private const int LineNumbers = 4 * TileCall.Block;

    private readonly int _channels = form.Options.Channels;
    private readonly int _blocks = NormalizationNumbers.BlocksOf(form.Options.Channels);
    private ChannelScale[] _scales = [];

    /// <summary>Of an item and a channel block, 16 sums of the gradient and 16 of products.</summary>
    public double[] Totals { get; } =
        new double[binding.Batch * NormalizationNumbers.BlocksOf(form.Options.Channels) * Sums];

    /// <summary>For each channel block 16 centers, then 16 of each of a, b and c; 0 for channels that are not
    /// there.</summary>
    public float[] Lines { get; } = new float[NormalizationNumbers.BlocksOf(form.Options.Channels) * LineNumbers];

    /// <summary>Reads the scales of the forward pass.</summary>
    public void Start(TrainingRun run)
    {
        _scales = SavedStatistics.Scales(run.Get(form.Node.Inputs[2]));
        for (int c = 0; c < _channels; c++)
        {
            Lines[(c / TileCall.Block * LineNumbers) + (c % TileCall.Block)] = (float)_scales[c].Mean;
        }
    }

    /// <summary>Makes the lines of the sums, and leaves the gradients of weight and bias.</summary>
    /// <param name="run">The run.</param>
    /// <param name="perChannel">Values of a channel in the batch.</param>
    public void Finish(TrainingRun run, long perChannel)
    {
        float[] dweight = new float[_channels],
            dbias = new float[_channels];
        for (int c = 0; c < _channels; c++)
        {
            (int block, int lane) = Math.DivRem(c, TileCall.Block);
            (double sum, double product) = (0, 0);
            for (int item = 0; item < binding.Batch; item++)
            {
                int at = (((item * _blocks) + block) * Sums) + lane;
                (sum, product) = (sum + Totals[at], product + Totals[at + TileCall.Block]);
            }

            ChannelScale scale = _scales[c];
            product -= scale.Lost((float)scale.Mean) * sum;
            (dweight[c], dbias[c]) = ((float)(product * scale.InverseDeviation), (float)sum);
            double b = -scale.Scale * scale.InverseDeviation * scale.InverseDeviation * product / perChannel,
                offset = (-scale.Scale * sum / perChannel) - (scale.Lost((float)scale.Mean) * b);
            Span<float> line = Lines.AsSpan((block * LineNumbers) + lane);
            line[TileCall.Block] = (float)scale.Scale;
            line[2 * TileCall.Block] = (float)b;
            line[3 * TileCall.Block] = (float)offset;
        }

        if (form.Options.Affine)
        {
            run.Set(form.Node.Outputs[1], Tensor.From(dweight, [_channels]));
            run.Set(form.Node.Outputs[2], Tensor.From(dbias, [_channels]));
        }
    }
}
