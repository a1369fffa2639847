namespace Fovea.Workbench;

/// <summary>3.2: whether gradients vanish or explode in training, and where that begins.</summary>
/// <remarks>
/// Followed is the norm of the gradient of each layer's output (behind its normalization, where it has one): the root of
/// its mean square times its elements. Only relations between layers are used, so a factor on the loss changes nothing.
/// The band is what a network of finite width spreads by at random: a variance of the logarithm of the squared norm of
/// about 5 times the sum of 1/width (Hanin, Nica 2018, https://arxiv.org/abs/1812.05994).
/// </remarks>
public sealed class GradientsNow : MeasuredQuestion
{
    // Norms at the ends a thousand times apart: a LeNet of sigmoids, which trains, loses 64 times.
    private const double Far = 1e3;

    // What a layer does to a gradient beyond what structure predicts, in power.
    private const double Local = 2.0;

    /// <inheritdoc/>
    public override string Id => "3.2";

    /// <inheritdoc/>
    public override string Text => "Do gradients vanish or explode now, and where does it start?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        IReadOnlyList<SignalLayer> layers = SignalLayers.Trunk(measured.Run);
        if (measured.Run.Untraced.Length > 0)
        {
            return CannotTell(measured.Run.Untraced);
        }

        if (layers.Select(l => l.Depth).Distinct().Count() < 2)
        {
            return NotApplicable("There are fewer than two layers with filters.");
        }

        Profile[] profiles =
        [
            .. measured
                .Samples.Where(s => s.GradientPower is not null)
                .Select(s => Profile.Of(s.Step, layers, l => s.GradientPower![l.Result]))
                .OfType<Profile>(),
        ];
        return profiles.Length == 0
            ? CannotTell("No gradients were measured at two layers.")
            : Judge(evidence, measured, layers, profiles);
    }

    private Answer Judge(
        Evidence evidence,
        Measurements measured,
        IReadOnlyList<SignalLayer> layers,
        Profile[] profiles
    )
    {
        double band = Math.Sqrt(5.0 * layers.Sum(l => 1.0 / l.Point.Units)),
            limit = Math.Max(Math.Log(Far), band);
        Persistence lasts = Persistence.Of([.. profiles.Select(p => (p.Step, Math.Abs(p.Drift) > limit))]);
        Profile[] bad = lasts.Was
            ?
            [
                .. profiles.Where(p =>
                    p.Step >= lasts.Onset && p.Step <= lasts.Onset + lasts.Updates && Math.Abs(p.Drift) > limit
                ),
            ]
            : [];
        Profile[] told = lasts.Was ? bad : profiles;
        double drift = Statistics.Median(told.Select(p => p.Drift)),
            slope = Statistics.Median(told.Select(p => p.Slope));
        Profile? predicted = layers.All(l => measured.Run.Points[l.Result].PredictedGradient is not null)
            ? Profile.Of(0, layers, l => measured.Run.Points[l.Result].PredictedGradient!.Value)
            : null;
        bool vanishes = drift < 0.0;
        string? harm = lasts.Was ? Harm(measured, layers, told, vanishes) : null;
        Verdict verdict =
            !lasts.Was ? Verdict.Ok
            : lasts.Lasts && harm is not null ? Verdict.Fix
            : Verdict.Look;
        List<string> culprits = lasts.Was ? Culprits(layers, told, predicted, vanishes) : [];
        double ratio = Math.Exp(Math.Abs(drift));
        string beside = predicted is null
            ? ""
            : $", structure predicts {Math.Exp(Math.Abs(predicted.Drift)):G3} times {(predicted.Drift < 0.0 ? "smaller" : "larger")}";
        string finding = !lasts.Was
            ? $"Gradients keep their scale: at {layers[0].Name} they are {ratio:G3} times {(vanishes ? "smaller" : "larger")} than at {layers[^1].Name}{beside}."
            : $"Gradients {(vanishes ? "vanish" : "explode")}: at {layers[0].Name} they are {ratio:G3} times {(vanishes ? "smaller" : "larger")} than at {layers[^1].Name}{beside}; from update {lasts.Onset} on, for {lasts.Updates} updates{(lasts.Lasts ? "" : ", and no more")}. It starts at {culprits[0]}{(harm is null ? "; no harm is seen" : $"; {harm}")}.";
        return Answer(verdict, finding) with
        {
            Layers = culprits,
            OnsetStep = lasts.Onset,
            Cause =
                verdict == Verdict.Ok ? ""
                : vanishes ? Cause.Vanishing
                : Cause.Exploding,
            Crossed = lasts.Was
                ?
                [
                    new(
                        "norms of the gradient at both ends, how many times apart",
                        ratio,
                        ">",
                        Math.Exp(limit),
                        limit > band ? Crossing.Ours : "Hanin, Nica 2018: two deviations of chance"
                    ),
                ]
                : [],
            Predicted = predicted is null
                ? []
                :
                [
                    new("slope", predicted.Slope / Math.Log(10.0), "decades of norm a layer"),
                    new("drift", predicted.Drift / Math.Log(10.0), "decades of norm"),
                ],
            Measured =
            [
                new("slope", slope / Math.Log(10.0), "decades of norm a layer"),
                new("drift", drift / Math.Log(10.0), "decades of norm"),
                new("band", band / Math.Log(10.0), "decades of norm"),
                new("layers", layers.Count, "layers"),
                new("persisted", lasts.Updates, "updates"),
            ],
            Threshold =
                $"norms at both ends more than {Far:F0} times apart and beyond two deviations of chance, {Persistence.Rule}; to fix with harm: the loss does not move, or the far layers move a thousandth as much",
            Source = "Hanin, Nica 2018 for the band; the thousand is ours",
            Remedy = verdict == Verdict.Ok ? "" : Remedy(measured, culprits[0], vanishes),
            Options =
                verdict == Verdict.Fix && !vanishes && measured.Run.ClipNorm == 0.0
                    ? new Dictionary<string, string> { ["clip-norm"] = "1" }
                    : new Dictionary<string, string>(),
            Experiment =
                verdict == Verdict.Ok ? ""
                : vanishes ? (Bent(measured) is { } bent ? Experiments.Rewritten(measured, bent.Operator, "relu") : "")
                : Experiments.Pair(measured, "clip-norm", "1"),
        };
    }

    /// <summary>What comes of it; null where nothing is seen.</summary>
    private static string? Harm(Measurements measured, IReadOnlyList<SignalLayer> layers, Profile[] bad, bool vanishes)
    {
        LossCurve curve = LossCurve.Of(measured);
        if (curve.IsStuck(measured.Run, 2 * LossCurve.Window))
        {
            return $"the loss stays at {curve.Best:G4}";
        }

        if (!vanishes)
        {
            return curve.AboveStart >= 2 * LossCurve.Window
                ? $"the loss is above its start of {curve.Start:G4} for {curve.AboveStart} updates"
                : null;
        }

        HashSet<long> steps = [.. bad.Select(p => p.Step)];
        MeasuredStep[] samples = [.. measured.Samples.Where(s => steps.Contains(s.Step))];
        double first = RatioOf(layers[0]),
            last = RatioOf(layers[^1]);
        return first < last / Far
            ? $"{layers[0].Name} moves by {first:G3} of its size an update, {layers[^1].Name} by {last:G3}"
            : null;

        double RatioOf(SignalLayer layer) =>
            SignalLayers
                .WeightsOf(measured.Run, layer.Place)
                .Where(i => measured.Run.Parameters[i] is { IsTrainable: true, IsOptimized: true })
                .Select(i => Statistics.Median(samples.Select(s => SignalLayers.Ratio(s, i))))
                .DefaultIfEmpty(double.NaN)
                .First();
    }

    /// <summary>The layers that change a gradient more than predicted, from the loss on; where all do as predicted, the
    /// worst ones.</summary>
    private static List<string> Culprits(
        IReadOnlyList<SignalLayer> layers,
        Profile[] bad,
        Profile? predicted,
        bool vanishes
    )
    {
        List<(string Name, double Raw, double Off, double Bound)> factors = [];
        for (int i = layers.Count - 2; i >= 0; i--)
        {
            (SignalLayer layer, SignalLayer next) = (layers[i], layers[i + 1]);
            double raw = Statistics.Median(bad.Select(p => p.Factor(layer, next))),
                off = raw - (predicted?.Factor(layer, next) ?? 0.0);
            if (double.IsFinite(raw) && raw < 0.0 == vanishes)
            {
                // What is lost between two outputs is lost on the way through the later layer.
                double chance = 2.0 * Math.Sqrt(5.0 / next.Point.Units);
                factors.Add(
                    (next.Name, Math.Abs(raw), (vanishes ? -1.0 : 1.0) * off, Math.Max(Math.Log(Local), chance) / 2.0)
                );
            }
        }

        string[] first = [.. factors.Where(f => predicted is not null && f.Off > f.Bound).Select(f => f.Name)];
        IEnumerable<string> rest = factors.OrderByDescending(f => f.Raw).Select(f => f.Name);
        return [.. first.Concat(rest).Append(layers[0].Name).Distinct().Take(5)];
    }

    /// <summary>The first activation between layers with flat ends; null without.</summary>
    private static MeasuredPoint? Bent(Measurements measured) =>
        measured.Run.Points.FirstOrDefault(p =>
            p.Kind == PointKind.Activation && p.Operator is "Sigmoid" or "Tanh" && !p.IsOutput
        );

    private static string Remedy(Measurements measured, string culprit, bool vanishes)
    {
        MeasuredPoint? bent = Bent(measured);
        return !vanishes
                ? "Clip the gradient (--clip-norm 1), and draw smaller weights or put a normalization behind each layer."
            : bent is not null
                ? $"Put ReLU in the place of {bent.Operator} and draw the weights by KaimingNormal, or put a normalization behind each layer."
            : measured.Run.Points.Any(p => p.Kind == PointKind.Normalization)
                ? $"Look at {culprit} first: draw its weights by KaimingNormal; put skips around every two or three layers."
            : "Draw the weights by KaimingNormal, or put a normalization behind each layer.";
    }

    /// <summary>Logarithms of gradient norms over the depth, in one update.</summary>
    private sealed class Profile
    {
        private readonly Dictionary<SignalLayer, double> _norms;

        private Profile(long step, Dictionary<SignalLayer, double> norms)
        {
            (Step, _norms) = (step, norms);
            (double X, double Y)[] points = [.. norms.Select(n => ((double)n.Key.Depth, n.Value))];
            Slope = Statistics.Slope(points);
            Drift = norms.MinBy(n => n.Key.Depth).Value - norms.MaxBy(n => n.Key.Depth).Value;
        }

        public long Step { get; }

        /// <summary>Change with each layer towards the output.</summary>
        public double Slope { get; }

        /// <summary>Next to the input, less next to the output.</summary>
        public double Drift { get; }

        public double Factor(SignalLayer layer, SignalLayer next) =>
            _norms.GetValueOrDefault(layer, double.NaN) - _norms.GetValueOrDefault(next, double.NaN);

        /// <summary>Of the mean squares of a value; null where fewer than two depths, or half the layers, have one.</summary>
        public static Profile? Of(long step, IReadOnlyList<SignalLayer> layers, Func<SignalLayer, double> power)
        {
            Dictionary<SignalLayer, double> norms = [];
            foreach (SignalLayer layer in layers)
            {
                double norm = layer.LogNorm(power(layer));
                if (double.IsFinite(norm))
                {
                    norms[layer] = norm;
                }
            }

            return 2 * norms.Count >= layers.Count && norms.Keys.Select(l => l.Depth).Distinct().Count() > 1
                ? new Profile(step, norms)
                : null;
        }
    }
}
