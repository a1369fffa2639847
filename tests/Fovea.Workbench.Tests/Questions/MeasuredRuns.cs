namespace Fovea.Workbench.Tests.Questions;

/// <summary>A training run made up by hand: a chain of linear layers with an activation function between, healthy where
/// nothing else is said.</summary>
internal sealed class MeasuredRuns
{
    public const int Units = 64,
        Classes = 10;

    private readonly List<MeasuredStep> _steps = [];
    private readonly List<MeasuredEpoch> _epochs = [];
    private readonly List<MeasuredProbe> _probes = [];
    private readonly int _layers;

    private MeasuredRuns(int layers, string activation, Sequential network)
    {
        _layers = layers;
        Network = network;
        List<MeasuredPoint> points = [new("x", PointKind.Input, "input", -1, Units, 1, [], false, 1.0, null)];
        List<MeasuredParameter> parameters = [];
        for (int i = 0; i < layers; i++)
        {
            int place = points.Count,
                units = i == layers - 1 ? Classes : Units;
            points.Add(
                new($"fc{i}", PointKind.Filters, "Linear", place, units, 1, [place - 1], i == layers - 1, 1.0, 1.0)
            );
            parameters.Add(new($"fc{i}.weight", place, (long)Units * units, true, true, true, true, false, 0.0, 1.0));
            if (i < layers - 1)
            {
                points.Add(new($"act{i}", PointKind.Activation, activation, place, Units, 1, [place], false, 0.5, 1.0));
            }
        }

        Run = new MeasuredRun
        {
            Model = "net",
            Data = "shapes",
            Classes = [.. Enumerable.Range(0, Classes).Select(i => $"class{i}")],
            TrainItems = 4000,
            Batch = 64,
            UpdatesPerEpoch = 63,
            PlannedUpdates = 630,
            Optimizer = "sgd",
            Momentum = 0.9,
            LearningRate = 0.1,
            ChanceLoss = Math.Log(Classes),
            Points = points,
            Parameters = parameters,
        };
    }

    public Sequential Network { get; }

    public MeasuredRun Run { get; set; }

    public DataReport? Data { get; set; }

    public MeasuredTest? Test { get; set; }

    public Evidence Evidence =>
        new(Graph.Trace(Network, Shape.Create([Units]), training: true), "net")
        {
            Measured = new Measurements
            {
                Run = Run,
                Steps = _steps,
                Epochs = _epochs,
                Probes = _probes,
                Data = Data,
                Test = Test,
            },
        };

    /// <summary>So many layers, the first weights by He's rule.</summary>
    public static MeasuredRuns Chain(int layers = 4, string activation = "ReLU")
    {
        Sequential network = [];
        for (int i = 0; i < layers; i++)
        {
            Linear layer = new(Units, i == layers - 1 ? Classes : Units, bias: false);
            layer.Weight.Initializer = new KaimingNormal();
            network.Add($"fc{i}", layer);
            if (i < layers - 1)
            {
                network.Add($"act{i}", activation == "Sigmoid" ? new Sigmoid() : new ReLU());
            }
        }

        return new MeasuredRuns(layers, activation, network);
    }

    /// <summary>The point of a layer's filters.</summary>
    public static int Filters(int layer) => 1 + (2 * layer);

    /// <summary>The point of a layer's activation.</summary>
    public static int Activation(int layer) => 2 + (2 * layer);

    public MeasuredRuns With(Func<MeasuredRun, MeasuredRun> change)
    {
        Run = change(Run);
        return this;
    }

    public MeasuredRuns Parameter(int place, Func<MeasuredParameter, MeasuredParameter> change) =>
        With(r => r with { Parameters = [.. r.Parameters.Select((p, i) => i == place ? change(p) : p)] });

    /// <summary>Sampled updates 0 to <paramref name="updates"/> - 1, each a line.</summary>
    public MeasuredRuns Train(int updates, Func<long, double> loss, Func<MeasuredStep, MeasuredStep>? change = null)
    {
        long from = _steps.Count == 0 ? 0 : _steps[^1].Step + 1;
        for (long i = from; i < from + updates; i++)
        {
            MeasuredStep step = new()
            {
                Step = i,
                Loss = loss(i),
                LossLow = loss(i),
                LossHigh = loss(i),
                LearningRate = Run.LearningRate,
                GradientNorm = 1.0,
                GradientNormHigh = 1.0,
                SquaredNorm = 1.0,
                LagCosine = 0.1,
                LagProduct = 0.1,
                Items = 64,
                Power = [.. Run.Points.Select(p => p.Kind == PointKind.Activation ? 0.5 : 1.0)],
                Mean = [.. Run.Points.Select(_ => 0.0)],
                GradientPower = [.. Run.Points.Select(p => 1.0 / p.Units)],
                Zeros = [.. Run.Points.Select(_ => double.NaN)],
                Silent = [.. Run.Points.Select(p => p.Kind == PointKind.Activation ? 0 : -1)],
                Saturated = [.. Run.Points.Select(_ => double.NaN)],
                Weights = [.. Run.Parameters.Select(p => Math.Sqrt(2.0 / Units * p.Count))],
                Gradients = [.. Run.Parameters.Select(_ => 1.0)],
                Updates = [.. Run.Parameters.Select(p => 7e-3 * Math.Sqrt(2.0 / Units * p.Count))],
            };
            _steps.Add(change?.Invoke(step) ?? step);
        }

        return this;
    }

    public MeasuredRuns Epoch(int epoch, Func<MeasuredEpoch, MeasuredEpoch>? change = null)
    {
        MeasuredEpoch line = new()
        {
            Epoch = epoch,
            Step = _steps.Count,
            DeadUnits = [.. Run.Points.Select(p => p.Kind == PointKind.Activation ? 0 : -1)],
            UnitItems = 4000,
            AlikeFilters = [.. Run.Parameters.Select(_ => 0)],
        };
        _epochs.Add(change?.Invoke(line) ?? line);
        return this;
    }

    public MeasuredRuns Probe(string name, params (string Name, double Value)[] values) => ProbeOf(name, "", values);

    public MeasuredRuns ProbeOf(string name, string layer, params (string Name, double Value)[] values)
    {
        _probes.Add(new MeasuredProbe(_steps.Count, name, values.ToDictionary(v => v.Name, v => v.Value), layer));
        return this;
    }

    /// <summary>The same run with all losses and gradients times a factor.</summary>
    public MeasuredRuns Scaled(double factor)
    {
        MeasuredRuns copy = new(_layers, "ReLU", Network)
        {
            Run = Run with { ChanceLoss = Run.ChanceLoss * factor },
            Data = Data,
        };
        copy._steps.AddRange(
            _steps.Select(s =>
                s with
                {
                    Loss = s.Loss * factor,
                    LossLow = s.LossLow * factor,
                    LossHigh = s.LossHigh * factor,
                    GradientNorm = s.GradientNorm * factor,
                    GradientNormHigh = s.GradientNormHigh * factor,
                    SquaredNorm = s.SquaredNorm * factor * factor,
                    LagProduct = s.LagProduct * factor * factor,
                    GradientPower = [.. s.GradientPower!.Select(g => g * factor * factor)],
                    Gradients = [.. s.Gradients!.Select(g => g * factor)],
                }
            )
        );
        copy._epochs.AddRange(_epochs);
        HashSet<string> losses =
        [
            "loss",
            "permuted",
            "zeroed",
            "arm0.1",
            "arm0.33",
            "arm1",
            "arm3",
            "arm10",
            "best",
            "error",
            "first",
            "lowest",
            "revived",
            "gu",
            "analytic",
            "numeric",
        ];
        copy._probes.AddRange(
            _probes.Select(p =>
                p with
                {
                    Values = p.Values.ToDictionary(
                        v => v.Key,
                        v => losses.Contains(v.Key) ? v.Value * factor : v.Value
                    ),
                }
            )
        );
        return copy;
    }

    /// <summary>A loss that falls from knowing nothing to 0.2.</summary>
    public static double Falling(long step) => 0.2 + ((Math.Log(Classes) - 0.2) * Math.Exp(-step / 60.0));

    /// <summary>A loss that stays at that of knowing nothing.</summary>
    public static double Stuck(long step) => Math.Log(Classes) * (1.0 + (0.004 * Math.Sin(step)));

    public static Answer Ask(MeasuredQuestion question, MeasuredRuns run)
    {
        Answer answer = question.Ask(run.Evidence);
        Assert.All(answer.Crossed, c => Assert.True(c.Holds, $"{answer.Id}: {c.Text} does not hold"));
        return answer;
    }
}
