using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>standardized</c>: whether the network learns faster from inputs of mean 0 and deviation 1.</summary>
/// <remarks>
/// <para>From copies of weights and optimizer 20 steps on the coming batches as they are, and with each channel standardized by its mean
/// and deviation over these batches; then the mean loss of the fixed items learned from, standardized likewise, with
/// statistics of the batch and without dropping units.</para>
/// <para>Values: <c>loss</c>; <c>standardized</c>; <c>error</c>, the standard error of their paired difference. It tells most at the
/// first step: later the weights have grown used to the scale.</para>
/// </remarks>
public sealed class StandardizedProbe : Probe
{
    private const double Smallest = 1e-12;

    /// <inheritdoc/>
    public override string Name => "standardized";

    /// <inheritdoc/>
    public override double Cost => 40;

    /// <inheritdoc/>
    public override bool NeedsOptimizer => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<Batch> coming = context.Coming(Trials.Steps);
        if (coming.Count == 0 || context.Train.Count == 0 || coming[0].AllInputs.All(t => !HasChannels(t)))
        {
            return [];
        }

        (Tensor Shift, Tensor Scale)?[] changes =
        [
            .. Enumerable
                .Range(0, coming[0].AllInputs.Count)
                .Select(i => HasChannels(coming[0].AllInputs[i]) ? Moments(coming, i) : ((Tensor, Tensor)?)null),
        ];
        ProbeState start = new(context);
        LossSample own = context.TrainedLoss(coming, context.Train);
        start.Restore();
        LossSample standardized = context.TrainedLoss(
            [.. coming.Select(Standardized)],
            [.. context.Train.Select(Standardized)]
        );
        return
        [
            Line(
                context,
                ("loss", own.Mean),
                ("standardized", standardized.Mean),
                ("error", standardized.ErrorOf(own))
            ),
        ];

        Batch Standardized(Batch batch) =>
            new(
                [.. batch.AllInputs.Select((t, i) => changes[i] is { } c ? (t - c.Shift) * c.Scale : t)],
                batch.AllTargets,
                batch.Indices
            );
    }

    private static bool HasChannels(Tensor input) => input.Rank >= 2 && input.DType != DType.Int64;

    /// <summary>Mean, and one over deviation, by channel, in the shape in which they are applied.</summary>
    private static (Tensor Shift, Tensor Scale) Moments(IReadOnlyList<Batch> batches, int input)
    {
        Tensor first = batches[0].AllInputs[input];
        int channels = first.Shape[1];
        double[] sums = new double[channels],
            squares = new double[channels];
        long count = 0;
        foreach (bool centered in new[] { false, true })
        {
            foreach (Tensor tensor in batches.Select(b => b.AllInputs[input]))
            {
                double[] values = tensor.ToArray<double>();
                int positions = values.Length / (tensor.Shape[0] * channels);
                count += centered ? 0 : values.Length / channels;
                for (int i = 0; i < values.Length; i++)
                {
                    int channel = i / positions % channels;
                    if (centered)
                    {
                        double off = values[i] - (sums[channel] / count);
                        squares[channel] += off * off;
                    }
                    else
                    {
                        sums[channel] += values[i];
                    }
                }
            }
        }

        int[] shape = [1, channels, .. Enumerable.Repeat(1, first.Rank - 2)];
        return (
            Of(sums.Select(s => s / count)),
            Of(squares.Select(s => s / count < Smallest ? 1.0 : 1.0 / Math.Sqrt(s / count)))
        );

        Tensor Of(IEnumerable<double> values) => Tensor.From([.. values], Shape.Create(shape)).To(first.DType);
    }
}
