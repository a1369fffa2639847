namespace Fovea.Workbench.Tests.Reports;

/// <summary>Generated measurements of a network's training.</summary>
internal static class MeasuredRuns
{
    /// <param name="network">The network.</param>
    /// <param name="epochs">Epochs done; 0 for 40 updates of the first.</param>
    /// <param name="onset">The update from which the rate is too high; null for never.</param>
    public static Measurements Of(Inspection network, int epochs, int? onset)
    {
        MeasuredRun run = MeasuredRunOf(network);
        int updates = epochs == 0 ? 40 : epochs * ReportRuns.PerEpoch;
        Rng rng = new(7);
        return new Measurements
        {
            Run = run,
            Steps =
            [
                .. Enumerable
                    .Range(0, updates)
                    .Where(s => s < 100 || s % 16 == 0)
                    .Select(s => Step(run, s, onset, rng)),
            ],
            Epochs =
            [
                .. Enumerable
                    .Range(1, epochs)
                    .Select(e => new MeasuredEpoch
                    {
                        Epoch = e,
                        Step = e * ReportRuns.PerEpoch,
                        RunningLoss = 2.3 / e,
                        Train = new MeasuredPart(3840, 2.2 / (1 + e), 0.01, 3000),
                        UnitItems = 3840,
                        EffectiveRank =
                        [
                            .. run.Points.Select(p => p.Kind == PointKind.Filters ? p.Units * 0.6 : double.NaN),
                        ],
                        DeadUnits =
                        [
                            .. run.Points.Select(
                                (p, i) => p.Kind == PointKind.Activation ? (onset is null ? i % 2 : p.Units / 2) : -1
                            ),
                        ],
                        MarginQuantiles = [-4.1 + (0.1 * e), -1.2 + (0.1 * e), 0.6 * e, 1.1 * e, 1.4 * e, 2 * e],
                        WorstItems = [17, 4021, 933],
                    }),
            ],
            Probes =
            [
                new MeasuredProbe(128, "gain", new Dictionary<string, double> { ["rho"] = 0.21, ["share"] = 0.9 }),
                new MeasuredProbe(256, "batchnorm", new Dictionary<string, double> { ["gap"] = 0.01 }, "layer1.0.bn1"),
            ],
            Data = new DataReport
            {
                TrainPerClass = [.. ReportRuns.Ten.Select((_, i) => 6000 - (i * 300))],
                TestPerClass = [.. ReportRuns.Ten.Select(_ => 1000)],
                Looked = 60_000,
                Duplicates = 14,
                Low = -0.81,
                High = 2.02,
                ChannelMeans = [0.001],
                ChannelDeviations = [0.999],
                TestChannelMeans = [0.003],
                TestChannelDeviations = [1.002],
                NeighbourCorrelation = 0.87,
                LabelRuns = 1.01,
            },
        };
    }

    private static MeasuredRun MeasuredRunOf(Inspection network)
    {
        List<MeasuredPoint> points = [];
        List<MeasuredParameter> parameters = [];
        foreach (InspectedLayer layer in network.Layers)
        {
            PointKind? kind =
                layer.Node.Operator.Filters(layer.Node.Shapes) is not null ? PointKind.Filters
                : layer.Node.Operator.Name.Equals("relu", StringComparison.OrdinalIgnoreCase) ? PointKind.Activation
                : null;
            if (kind is not { } of)
            {
                continue;
            }

            Shape item = layer.Node.Output.Shape.Item;
            int place = points.Count;
            points.Add(
                new MeasuredPoint(
                    layer.Node.Name,
                    of,
                    layer.Node.Operator.Name,
                    of == PointKind.Filters ? place : place - 1,
                    item[0],
                    (int)(item.Count / item[0]),
                    place > 0 ? [place - 1] : [],
                    layer == network.Layers[^1],
                    1,
                    1.4
                )
            );
            if (of == PointKind.Filters)
            {
                parameters.Add(
                    new MeasuredParameter(
                        layer.Node.Name + ".weight",
                        place,
                        layer.Params,
                        true,
                        true,
                        true,
                        true,
                        true,
                        5e-4,
                        1
                    )
                );
            }
        }

        return new MeasuredRun
        {
            Model = network.Evidence.Name,
            Data = "fashion-mnist",
            Classes = ReportRuns.Ten,
            Optimizer = "sgd",
            LearningRate = 0.1,
            Points = points,
            Parameters = parameters,
        };
    }

    private static MeasuredStep Step(MeasuredRun run, int step, int? onset, Rng rng)
    {
        bool ill = step >= onset;
        double noise = 0.2 * rng.NextSingle();
        double loss = (2.3 / (1 + (step / 80.0))) + noise + (ill ? 0.02 * (step - onset!.Value) : 0);
        return new MeasuredStep
        {
            Step = step,
            Loss = ill && step > 400 ? double.NaN : loss,
            LossLow = loss - 0.1,
            LossHigh = loss + 0.15,
            Accuracy = Math.Clamp(1 - (loss / 2.4), 0.1, 0.99),
            LearningRate = step < 300 ? 0.1 : 1e-5,
            GradientNorm = (ill ? 40 : 1.5) + noise,
            GradientNormHigh = (ill ? 90 : 2.2) + noise,
            Power = [.. run.Points.Select((_, i) => (0.8 + (0.1 * rng.NextSingle())) * (ill && i < 4 ? 1e3 : 1))],
            GradientPower = [.. run.Points.Select((_, i) => 1e-4 * Math.Pow(1.2, i) * (1 + rng.NextSingle()))],
            Zeros =
            [
                .. run.Points.Select(p =>
                    p.Kind == PointKind.Activation ? (ill ? 0.9 : 0.5) + (0.05 * rng.NextSingle()) : double.NaN
                ),
            ],
            Weights = [.. run.Parameters.Select(_ => 4.0)],
            Updates = [.. run.Parameters.Select((_, i) => 4e-3 * (1 + i) * (ill ? 30 : 1) * (1 + rng.NextSingle()))],
        };
    }
}
