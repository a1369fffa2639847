using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of which parameters a user's loop changes, and with which statistics it evaluates; put aside.</summary>
internal static class AsideLoops
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All => [.. Parameters, .. Statistics];

    private static IEnumerable<Fault> Parameters =>
        [
            OfLayer(
                "a layer with rate 0",
                [Cause.NotOptimized, Cause.Frozen, Cause.RateTooLow],
                (_, net) => NetworkFaults.Weights(net)[^1],
                layer => new Habits { Optimizer = (net, o) => TwoRates(net, o, layer, 0) }
            ),
            OfLayer(
                "a layer's rate times 1000",
                [Cause.RateTooHigh, Cause.DeadUnits],
                (p, net) => Felt(p, net),
                layer => new Habits { Optimizer = (net, o) => TwoRates(net, o, layer, 1000) },
                p => !p.HasBatchNorm || AsideKinds.IsSgd(p)
            ),
            OfLayer(
                "a layer that climbs",
                [Cause.WrongGradient],
                (p, net) => Felt(p, net),
                layer => new Habits { BeforeStep = (_, _, _) => Times(layer.Grad, -1) }
            ),
            AsideKinds.ByHand(
                "only biases optimized",
                [Cause.NotOptimized, Cause.Frozen],
                (p, _) =>
                    p.Build(1).Parameters().Any(q => q.Kind == ParameterKind.Bias)
                        ? new Habits
                        {
                            Optimizer = (net, o) =>
                                Of(
                                    o,
                                    [new ParameterGroup([.. net.Parameters().Where(q => q.Kind == ParameterKind.Bias)])]
                                ),
                        }
                        : null
            ),
            AsideKinds.ByHand(
                "weights drawn anew each epoch",
                [Cause.Unregistered],
                (_, seed) => new Habits { EpochBegins = (net, epoch) => net.Initialize(seed + (ulong)epoch) }
            ),
            OfLayer(
                "weight decay on a frozen layer",
                [Cause.Frozen, Cause.NotOptimized, Cause.OverRegularized],
                (_, net) => NetworkFaults.Weights(net)[^2],
                layer => new Habits
                {
                    Optimizer = (net, o) => Decayed(net, o, layer),
                    BeforeStep = (_, _, _) => Times(layer.Grad, 0),
                }
            ),
        ];

    private static IEnumerable<Fault> Statistics =>
        [
            AsideKinds.ByHand(
                "averaged weights with old statistics",
                [Cause.RunningStatistics],
                (p, _) => p.HasBatchNorm ? Averaged() : null
            ),
            new(
                "batches of two among others",
                [Cause.SmallBatchStatistics, Cause.RunningStatistics],
                (p, seed) =>
                    p.IsText && p.Network.Contains("flatten=true; linear", StringComparison.Ordinal)
                        ? new Case(
                            p.Build(
                                seed,
                                p.Network.Replace(
                                    "flatten=true; linear",
                                    "flatten=true; bn; linear",
                                    StringComparison.Ordinal
                                )
                            ),
                            p.Source,
                            p.Options(seed)
                        )
                        {
                            Own = new Habits { Items = u => u % 4 == 0 ? int.MaxValue : 2 },
                        }
                        : null
            ),
            Normalized(
                "batch normalization's momentum 1",
                [Cause.RunningStatistics],
                "bn momentum=1;",
                o => o with { Batch = 4, LearningRate = o.LearningRate / 8, Epochs = Math.Max(1, o.Epochs / 2) }
            ),
            Normalized(
                "batch normalization's epsilon 1000",
                [Cause.FirstValues, Cause.Vanishing, Cause.RateTooLow, Cause.RunningStatistics],
                "bn epsilon=1000;",
                o => o
            ),
        ];

    /// <summary>The second layer; where a normalization takes its scale away, the last.</summary>
    private static Parameter Felt(Problem problem, Module net) =>
        NetworkFaults.Weights(net)[problem.HasBatchNorm ? ^1 : 1];

    private static Fault Normalized(
        string name,
        string[] accepts,
        string word,
        Func<TrainingOptions, TrainingOptions> change
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
                p.IsText && p.HasBatchNorm
                    ? new Case(
                        p.Build(seed, p.Network.Replace("bn;", word, StringComparison.Ordinal)),
                        p.Source,
                        change(p.Options(seed))
                    )
                    : null
        );

    private static Fault OfLayer(
        string name,
        string[] accepts,
        Func<Problem, Module, Parameter> which,
        Func<Parameter, Habits> habits,
        Func<Problem, bool>? fits = null
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
            {
                if (fits?.Invoke(p) == false)
                {
                    return null;
                }

                Module net = p.Build(seed);
                Parameter layer = which(p, net);
                return new Case(net, p.Source, p.Options(seed))
                {
                    Own = habits(layer),
                    Layer = NetworkFaults.LayerOf(layer),
                };
            }
        );

    /// <summary>The average of the weights is evaluated, in a copy of the network whose running statistics are still those it
    /// was made with.</summary>
    private static Habits Averaged()
    {
        WeightAverage? average = null;
        Dictionary<StateBuffer, Tensor> first = [],
            own = [];
        return new Habits
        {
            EpochBegins = (net, epoch) =>
            {
                if (epoch == 0)
                {
                    average = new WeightAverage(net, 0.9);
                    first = net.NamedBuffers().ToDictionary(b => b.Buffer, b => b.Buffer.Clone());
                }
            },
            Stepped = _ => average!.Update(),
            Evaluates = net =>
            {
                own = net.NamedBuffers().ToDictionary(b => b.Buffer, b => b.Buffer.Clone());
                average!.Apply();
                Copy(first);
            },
            Evaluated = _ =>
            {
                average!.Restore();
                Copy(own);
            },
        };

        static void Copy(Dictionary<StateBuffer, Tensor> values)
        {
            foreach ((StateBuffer buffer, Tensor value) in values)
            {
                buffer.CopyFrom(value);
            }
        }
    }

    private static Optimizer TwoRates(Module net, TrainingOptions options, Parameter layer, double scale)
    {
        string path = NetworkFaults.LayerOf(layer) + ".";
        Parameter[] of = [.. net.Parameters().Where(p => p.Path.StartsWith(path, StringComparison.Ordinal))];
        return Of(
            options,
            [new ParameterGroup([.. net.Parameters().Except(of)]), new ParameterGroup(of) { LearningRateScale = scale }]
        );
    }

    private static Optimizer Decayed(Module net, TrainingOptions options, Parameter layer) =>
        Of(
            options,
            [
                new ParameterGroup([.. net.Parameters().Where(p => p != layer)]),
                new ParameterGroup([layer]) { WeightDecay = 1 },
            ]
        );

    /// <summary>A problem's optimizer over groups of one's own.</summary>
    private static Optimizer Of(TrainingOptions options, IReadOnlyList<ParameterGroup> groups) =>
        options.Optimizer.Split(',')[0] switch
        {
            "adam" => new Adam(groups, options.LearningRate),
            "adamw" => new AdamW(groups, options.LearningRate),
            _ => new SGD(groups, options.LearningRate, momentum: 0.9),
        };

    private static void Times(Tensor? gradient, float factor)
    {
        foreach (ref float value in gradient!.AsSpan<float>())
        {
            value *= factor;
        }
    }
}
