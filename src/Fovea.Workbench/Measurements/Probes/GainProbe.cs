using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>gain</c>: by how much an update lowers the loss of its own batch, over what the gradient promises.</summary>
/// <remarks>
/// <para>rho = (f(w) - f(w + u)) / (-g.u) with the loss f of the current batch in training, its gradient g, and the update u
/// that the optimizer makes of it; the same units are dropped in both. The loss is computed in double, and where
/// -g.u is below 5e-6 of it the whole network, if it goes that far. On a
/// quadratic of curvature s plain descent at rate eta gives 1 - eta s / 2.</para>
/// <para>Values: <c>rho</c>, NaN where g.u is 0; <c>gu</c>, g.u, above 0 where momentum carries the update uphill;
/// <c>loss</c>, f(w).</para>
/// </remarks>
public sealed class GainProbe : Probe
{
    // A network in single precision gives a loss to some 1e-7 of it: below this share a difference would be off by percents.
    private const double Rounding = 5e-6;

    /// <inheritdoc/>
    public override string Name => "gain";

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
        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(context.Model);
        Dictionary<string, Tensor> before = ProbeState.Copy(context.Model.StateDict());
        context.Gradient(batch);
        (Parameter Parameter, Tensor Gradient, Tensor Value)[] parameters =
        [
            .. context.Model.Parameters().Where(p => p.Grad is not null).Select(p => (p, p.Grad!.Clone(), p.Clone())),
        ];
        context.Update();
        double along = parameters.Sum(p => Along(p.Gradient, p.Value, p.Parameter));
        Dictionary<string, Tensor> after = ProbeState.Copy(context.Model.StateDict());
        (double first, double second) = (LossAt(before, batch), LossAt(after, batch));
        if (Math.Abs(along) < Rounding * Math.Abs(first) && context.InDouble(batch) is { } raised)
        {
            (first, second) = (LossAt(before, raised), LossAt(after, raised));
        }

        return [Line(context, ("rho", (first - second) / -along), ("gu", along), ("loss", first))];

        double LossAt(Dictionary<string, Tensor> weights, Batch measured)
        {
            context.Model.LoadStateDict(weights);
            SessionCheckpoint.RestoreRandom(context.Model, random);
            return NoGrad.Run(() => context.LossInDouble(measured));
        }
    }

    /// <summary>Gradient times change.</summary>
    private static double Along(Tensor gradient, Tensor before, Tensor after)
    {
        double[] g = gradient.ToArray<double>(),
            was = before.ToArray<double>(),
            now = after.ToArray<double>();
        double sum = 0;
        for (int i = 0; i < g.Length; i++)
        {
            sum += g[i] * (now[i] - was[i]);
        }

        return sum;
    }
}
