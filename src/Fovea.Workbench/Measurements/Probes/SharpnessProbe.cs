using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>sharpness</c>: the curvature of the loss along an update, beside the one that the learning rate bears.</summary>
/// <remarks>
/// <para>s = d'Hd / (d'g) with the gradient g of the current batch in training, and d = g for plain descent and momentum, so
/// that s = g'Hg / |g|². Of Adam and RMSprop, whose limit holds in their own metric, d is the gradient over the root of its mean
/// square. Exact, by a gradient of the gradient, or where an operator has none by a difference of gradients at
/// e = 1e-3 |w| / |d|.</para>
/// <para>Values: <c>s</c>; <c>limit</c>, 2 / eta, with momentum 2 (1 + mu) / eta, of Adam 2 (1 + beta1) / ((1 - beta1) eta), NaN for an
/// optimizer that is not known; <c>rate</c>, eta; <c>exact</c>, 1 for the exact product, else 0. Training holds s near its limit
/// on its own (Cohen and others, Gradient descent on neural networks typically occurs at the edge of stability, ICLR
/// 2021).</para>
/// </remarks>
public sealed class SharpnessProbe : Probe
{
    private const double Difference = 1e-3;

    /// <inheritdoc/>
    public override string Name => "sharpness";

    /// <inheritdoc/>
    public override double Cost => 2;

    /// <inheritdoc/>
    public override bool NeedsOptimizer => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Current is not { } batch)
        {
            return [];
        }

        context.SetTraining();
        Optimizer optimizer = context.Optimizer!;
        Curvature curvature = new(context, batch);
        double? exact = curvature.Exact();
        return
        [
            Line(
                context,
                ("s", exact ?? curvature.ByDifference()),
                ("limit", UpdateMetric.Limit(optimizer)),
                ("rate", optimizer.LearningRate),
                ("exact", exact is null ? 0 : 1)
            ),
        ];
    }

    /// <summary>The curvature of the loss of a batch along an update, always with the same units dropped.</summary>
    private sealed class Curvature
    {
        private readonly ProbeContext _context;
        private readonly Batch _batch;
        private readonly IReadOnlyDictionary<string, RngState> _random;
        private readonly Parameter[] _parameters;

        public Curvature(ProbeContext context, Batch batch)
        {
            (_context, _batch) = (context, batch);
            _random = SessionCheckpoint.RandomStates(context.Model);
            HashSet<Parameter> known = [.. context.Optimizer!.Groups.SelectMany(g => g.Parameters)];
            _parameters = [.. context.Model.Parameters().Where(p => p.RequiresGrad && known.Contains(p))];
        }

        /// <summary>By a gradient of the gradient; null where an operator has none.</summary>
        public double? Exact()
        {
            try
            {
                IReadOnlyList<Tensor?> gradients = Gradients(createGraph: true);
                Tensor[] direction = Direction(Filled(gradients));
                Tensor along = gradients
                    .Select((g, i) => g is null ? null : (g * direction[i]).Sum())
                    .OfType<Tensor>()
                    .Aggregate((a, b) => a + b);
                IReadOnlyList<Tensor?> product = along.RequiresGrad
                    ? along.GradientsOf(_parameters)
                    : new Tensor?[_parameters.Length]; // linear in the weights: no curvature
                return Inner(Filled(product), direction) / along.Item();
            }
            catch (InvalidOperationException)
            {
                return null; // an operator with an imperative gradient
            }
        }

        /// <summary>By a difference of gradients.</summary>
        public double ByDifference()
        {
            Tensor[] gradients = Filled(Gradients());
            Tensor[] direction = Direction(gradients);
            double step = Difference * Math.Sqrt(Inner(_parameters, _parameters) / Inner(direction, direction));
            foreach ((Parameter parameter, Tensor along) in _parameters.Zip(direction))
            {
                parameter.CopyFrom(NoGrad.Run(() => parameter + (along * step)));
            }

            Tensor[] ahead = Filled(Gradients());
            return (Inner(ahead, direction) - Inner(gradients, direction)) / (step * Inner(gradients, direction));
        }

        private Tensor[] Direction(Tensor[] gradients) =>
            UpdateMetric.Direction(_context.Optimizer!, _parameters, gradients);

        private IReadOnlyList<Tensor?> Gradients(bool createGraph = false)
        {
            SessionCheckpoint.RestoreRandom(_context.Model, _random);
            return _context.LossOf(_batch).GradientsOf(_parameters, createGraph: createGraph);
        }

        private Tensor[] Filled(IReadOnlyList<Tensor?> tensors) =>
            [.. tensors.Select((t, i) => t ?? Tensor.Zeros(_parameters[i].Shape, _parameters[i].DType))];

        private static double Inner(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b)
        {
            double sum = 0;
            for (int i = 0; i < a.Count; i++)
            {
                double[] x = a[i].ToArray<double>(),
                    y = b[i].ToArray<double>();
                for (int j = 0; j < x.Length; j++)
                {
                    sum += x[j] * y[j];
                }
            }

            return sum;
        }
    }
}
