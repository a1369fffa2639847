using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>batchnorm</c>: whether the running statistics of normalizations are those of the network as it is.</summary>
/// <remarks>
/// <para>The loss in evaluation, of the items held out or else of those learned from, with the running statistics as they are, and
/// with the means over 8 batches of training, each batch alike (as PyTorch's <c>update_bn</c> takes them). No lines without
/// batch normalization with running statistics that training moves.</para>
/// <para>Values: <c>loss</c>; <c>reestimated</c>; <c>error</c>, the standard error of their paired difference; <c>drift</c>, mean over
/// normalizations and channels of (running mean - new mean)² / new variance; <c>varianceDrift</c>, mean of ln(running variance / new
/// variance).</para>
/// </remarks>
public sealed class BatchNormProbe : Probe
{
    private const int Batches = 8;
    private const double Smallest = 1e-12;

    /// <inheritdoc/>
    public override string Name => "batchnorm";

    /// <inheritdoc/>
    public override double Cost => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Normalization[] normalizations = [.. Normalization.Of(context.Model)];
        IReadOnlyList<Batch> measured = context.HeldOut.Count > 0 ? context.HeldOut : context.Train;
        if (normalizations.Length == 0 || measured.Count == 0)
        {
            return [];
        }

        IReadOnlyList<Batch> coming = context.Coming(Batches),
            batches = coming.Count > 0 ? coming : [.. context.Train.Take(Batches)];
        context.SetTraining();
        Estimate(context, normalizations, batches);
        Normalization[] moved = [.. normalizations.Where(n => n.Moves)];
        if (moved.Length == 0)
        {
            return [];
        }

        Array.ForEach(normalizations, n => n.SetRunning());
        LossSample running = context.EvaluationLoss(measured);
        Array.ForEach(moved, n => n.SetEstimated());
        LossSample estimated = context.EvaluationLoss(measured);
        return
        [
            Line(
                context,
                ("loss", running.Mean),
                ("reestimated", estimated.Mean),
                ("error", estimated.ErrorOf(running)),
                ("drift", moved.Average(n => n.Drift)),
                ("varianceDrift", moved.Average(n => n.VarianceDrift))
            ),
        ];
    }

    private static void Estimate(ProbeContext context, Normalization[] normalizations, IReadOnlyList<Batch> batches)
    {
        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(context.Model);
        using (NoGrad.Enter())
        {
            for (int i = 0; i < batches.Count; i++)
            {
                Array.ForEach(normalizations, n => n.Begin(0));
                context.Model.ForwardAll(batches[i].AllInputs);
                Array.ForEach(normalizations, n => n.Read());
                if (i == 0)
                {
                    SessionCheckpoint.RestoreRandom(context.Model, random);
                    Array.ForEach(normalizations, n => n.Begin(1));
                    context.Model.ForwardAll(batches[i].AllInputs);
                    Array.ForEach(normalizations, n => n.ReadShare());
                }
            }
        }
    }

    /// <summary>The running statistics of a layer. After a batch they are (1 - m) times what was, plus m times those of the
    /// batch: from 0 they are m times, and the difference to what comes from 1 tells m.</summary>
    private sealed class Normalization
    {
        private readonly StateBuffer _mean;
        private readonly StateBuffer _variance;
        private readonly StateBuffer? _count;
        private readonly Tensor _runningMean;
        private readonly Tensor _runningVariance;
        private readonly double[] _means;
        private readonly double[] _variances;
        private int _batches;
        private double _share;

        private Normalization(StateBuffer mean, StateBuffer variance, StateBuffer? count)
        {
            (_mean, _variance, _count) = (mean, variance, count);
            (_runningMean, _runningVariance) = (mean.Clone(), variance.Clone());
            (_means, _variances) = (new double[mean.Count], new double[mean.Count]);
        }

        /// <summary>Whether training moves them.</summary>
        public bool Moves => _share > 1e-6;

        public double Drift =>
            _runningMean
                .ToArray<double>()
                .Select((m, c) => Square(m - Mean(c)) / Math.Max(Smallest, Variance(c)))
                .Average();

        public double VarianceDrift =>
            _runningVariance
                .ToArray<double>()
                .Select((v, c) => Math.Log(Math.Max(Smallest, v) / Math.Max(Smallest, Variance(c))))
                .Average();

        public static IEnumerable<Normalization> Of(Module model)
        {
            const string Mean = "running_mean",
                Variance = "running_var",
                Count = "num_batches_tracked";
            Dictionary<string, StateBuffer> buffers = model.NamedBuffers().ToDictionary(b => b.Path, b => b.Buffer);
            foreach (
                (string path, StateBuffer mean) in buffers.Where(b => b.Key.EndsWith(Mean, StringComparison.Ordinal))
            )
            {
                string layer = path[..^Mean.Length];
                if (buffers.TryGetValue(layer + Variance, out StateBuffer? variance) && variance.Shape == mean.Shape)
                {
                    yield return new Normalization(mean, variance, buffers.GetValueOrDefault(layer + Count));
                }
            }
        }

        public void Begin(double value)
        {
            _mean.Fill(value);
            _variance.Fill(value);
            _count?.Fill(0);
        }

        public void Read()
        {
            Add(_means, _mean);
            Add(_variances, _variance);
            _batches++;
        }

        public void ReadShare() =>
            _share = 1.0 - _mean.ToArray<double>().Zip(_means, (after, from0) => after - from0).Average();

        public void SetRunning()
        {
            _mean.CopyFrom(_runningMean);
            _variance.CopyFrom(_runningVariance);
        }

        public void SetEstimated()
        {
            Set(_mean, Mean);
            Set(_variance, Variance);
        }

        private double Mean(int channel) => _means[channel] / (_batches * _share);

        private double Variance(int channel) => _variances[channel] / (_batches * _share);

        private static double Square(double x) => x * x;

        private static void Add(double[] sums, StateBuffer buffer)
        {
            double[] values = buffer.ToArray<double>();
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += values[i];
            }
        }

        private static void Set(StateBuffer buffer, Func<int, double> value) =>
            buffer.CopyFrom(
                Tensor.From([.. Enumerable.Range(0, (int)buffer.Count).Select(value)], buffer.Shape).To(buffer.DType)
            );
    }
}
