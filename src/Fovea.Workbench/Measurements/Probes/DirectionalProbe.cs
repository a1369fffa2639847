using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>directional</c>: whether gradients are those of the loss, layer by layer.</summary>
/// <remarks>
/// <para>With the loss f of up to 4 items of the current batch in training, always with the same units dropped, and a direction v in
/// the parameters of a layer: (f(w + e v) - f(w - e v)) / 2e against g.v. The size of v is random, its signs are those of g,
/// so that g.v is no small difference of large numbers; where g is 0 they are random too. In double, with e of a millionth of the
/// weights' size; where the network does not go that far in single precision, with an e so large that rounding stays below a
/// thousandth of the difference, or a hundredth of the weights' size at most.</para>
/// <para>Values by layer: <c>analytic</c>, g.v; <c>numeric</c>; <c>relative</c>, their absolute difference over the largest of both and
/// of a thousand times what rounding alone makes. Healthy is below 1e-3 in
/// double. A layer that the loss does not depend on has 0 in all three; one whose gradient was cut off has 0 in
/// <c>analytic</c> alone. Frozen parameters are left out.</para>
/// </remarks>
public sealed class DirectionalProbe : Probe
{
    private const int Items = 4; // double is slow, and a wrong gradient is wrong for few
    private const double FineStep = 1e-6;
    private const double LargestStep = 1e-2;
    private const double SmallestSize = 1e-2;
    private const double Margin = 1e3;

    // Units in the last place by which a sum over a network is off.
    private const double Places = 16;

    /// <inheritdoc/>
    public override string Name => "directional";

    /// <inheritdoc/>
    public override double Cost => 55;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if ((context.Current ?? (context.Train is [var first, ..] ? first : null)) is not { } whole)
        {
            return [];
        }

        context.SetTraining();
        Batch few = Trials.First(whole, Items);
        Slopes slopes = new(context, Trials.First(whole, Items));
        Rng rng = context.Random(Name);
        return
        [
            .. context
                .Model.NamedParameters()
                .Where(p => p.Parameter.RequiresGrad)
                .GroupBy(p => Trials.LayerOf(p.Path), p => p)
                .Select(layer =>
                    Line(
                        context,
                        layer.Key,
                        slopes.Along(
                            [.. layer.Select(p => p.Parameter)],
                            [.. layer.Select(p => Direction(p.Parameter, rng.Split(p.Path)))]
                        )
                    )
                ),
        ];
    }

    /// <summary>Normal, of the size of the parameter's values, with the signs of its gradient.</summary>
    private static Tensor Direction(Parameter parameter, Rng rng)
    {
        double size = Math.Sqrt(parameter.ToArray<double>().Average(v => v * v));
        Tensor normal = Tensor.Normal(parameter.Shape, 0.0, Math.Max(SmallestSize, size), rng, parameter.DType);
        return parameter.Grad is { } gradient
            ? NoGrad.Run(() => Tensor.Where(gradient.EqualTo(0.0), normal, normal.Abs() * gradient.Sign()))
            : normal;
    }

    /// <summary>Slopes of the loss of a batch, always with the same units dropped. Gradients are left in the
    /// parameters.</summary>
    private sealed class Slopes
    {
        private readonly ProbeContext _context;
        private readonly Batch _batch;
        private readonly bool _isDouble;
        private readonly IReadOnlyDictionary<string, RngState> _random;
        private readonly double _noise;

        public Slopes(ProbeContext context, Batch batch)
        {
            Batch? raised = context.InDouble(batch);
            (_context, _batch, _isDouble) = (context, raised ?? batch, raised is not null);
            _random = SessionCheckpoint.RandomStates(context.Model);
            double loss = context.Gradient(_batch);
            _noise = Places * Math.Max(1, Math.Abs(loss)) * Math.Pow(2, _isDouble ? -53 : -24);
        }

        public (string Name, double Value)[] Along(Parameter[] parameters, Tensor[] direction)
        {
            double analytic = parameters.Zip(direction).Sum(p => Product(p.First.Grad, p.Second));
            double step =
                _isDouble ? FineStep
                : analytic == 0 ? LargestStep
                : Math.Min(LargestStep, Margin * _noise / (2 * Math.Abs(analytic)));
            double numeric = (LossAt(parameters, direction, step) - LossAt(parameters, direction, -step)) / (2 * step);
            double size = Math.Max(Math.Max(Math.Abs(analytic), Math.Abs(numeric)), Margin * _noise / (2 * step));
            return [("analytic", analytic), ("numeric", numeric), ("relative", Math.Abs(analytic - numeric) / size)];
        }

        private double LossAt(Parameter[] parameters, Tensor[] direction, double step)
        {
            Tensor[] before = [.. parameters.Select(p => p.Clone())];
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i].CopyFrom(NoGrad.Run(() => before[i] + (direction[i] * step)));
            }

            SessionCheckpoint.RestoreRandom(_context.Model, _random);
            double value = NoGrad.Run(() => _context.LossInDouble(_batch));
            foreach ((Parameter parameter, Tensor was) in parameters.Zip(before))
            {
                parameter.CopyFrom(was);
            }

            return value;
        }

        private static double Product(Tensor? gradient, Tensor direction) =>
            gradient?.ToArray<double>().Zip(direction.ToArray<double>(), (g, v) => g * v).Sum() ?? 0.0;
    }
}
