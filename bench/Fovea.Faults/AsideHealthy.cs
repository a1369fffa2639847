using Fovea.Data;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Healthy runs that look odd, made after all thresholds were set, by someone who did not know them. Each reaches
/// an accuracy that is fine for its network and data.</summary>
internal static class AsideHealthy
{
    private const string Fashion = "fashion-mnist";

    private const string ZeroGamma =
        "conv 16 3 padding=same bias=false; bn; relu; maxpool 2; residual { conv 16 3 padding=same bias=false; bn; relu; conv 16 3 padding=same bias=false; bn }; relu; residual { conv 16 3 padding=same bias=false; bn; relu; conv 16 3 padding=same bias=false; bn }; relu; maxpool 2; globalavgpool flatten=true; linear classes";

    private static readonly Problem LeNet = new(Nets.LeNet, Fashion, "sgd,momentum=0.9", 0.02);
    private static readonly Problem Bn = new(Nets.Bn, Fashion, "sgd,momentum=0.9,decay=5e-4", 0.05);
    private static readonly Problem Control = new(Nets.SeriesPlain, "SyntheticControl", "sgd,momentum=0.9", 0.02);

    /// <summary>The runs.</summary>
    public static IReadOnlyList<(string Name, bool IsHeldOut, Func<ulong, Case> Make)> All { get; } =
    [
        .. new (string, Func<ulong, Case>)[]
        {
            ("plain loop by hand, lenet", seed => ByHand(LeNet, seed, new Habits())),
            ("plain loop by hand, series", seed => ByHand(Control, seed, new Habits())),
            (
                "warm restarts by hand",
                seed => ByHand(Bn, seed, new Habits { Rate = (u, _) => 0.5 * (1 + Math.Cos(Math.PI * (u % 75) / 75)) })
            ),
            ("averaged weights evaluated, by hand", seed => ByHand(Bn, seed, Averaged())),
            ("long warm-up", seed => With(LeNet, seed, o => o with { Schedule = "cosine,warmup=150", Epochs = 10 })),
            ("log-softmax twice", seed => With(LeNet with { Network = Nets.LeNet + "; logsoftmax axis=1" }, seed)),
            ("prior of one in fifty in the last bias", Prior),
            ("batch normalization frozen by wish", FrozenStatistics),
            ("zero gamma in residual blocks", ZeroScales),
            ("PowerCons", seed => With(new Problem(Nets.SeriesBn, "PowerCons", "adam", 0.005), seed)),
            (
                "ItalyPowerDemand",
                seed => With(new Problem(Nets.SeriesPlain, "ItalyPowerDemand", "sgd,momentum=0.9", 0.02), seed)
            ),
            (
                "smoothing and mixup",
                seed => With(Bn, seed, o => o with { LabelSmoothing = 0.2, Augment = "mixup=0.4", Epochs = 10 })
            ),
            ("high rate, cosine", seed => With(Bn with { Rate = 0.3 }, seed, o => o with { Epochs = 10 })),
            (
                "wide, batch of 128",
                seed =>
                    With(
                        new Problem("small_cnn(width=0.75)", Fashion, "sgd,momentum=0.9,nesterov", 0.1),
                        seed,
                        o => o with { Batch = 128, Epochs = 16 }
                    )
            ),
        }.Select(run => (run.Item1, true, run.Item2)),
    ];

    private static Case With(Problem problem, ulong seed, Func<TrainingOptions, TrainingOptions>? change = null) =>
        new(problem.Build(seed), problem.Source, change?.Invoke(problem.Options(seed)) ?? problem.Options(seed));

    private static Case ByHand(Problem problem, ulong seed, Habits habits) => With(problem, seed) with { Own = habits };

    /// <summary>The average is evaluated, running statistics averaged with the weights.</summary>
    private static Habits Averaged()
    {
        WeightAverage? average = null;
        return new Habits
        {
            EpochBegins = (net, epoch) => average ??= new WeightAverage(net, 0.95),
            Stepped = _ => average!.Update(),
            Evaluates = _ => average!.Apply(),
            Evaluated = _ => average!.Restore(),
        };
    }

    /// <summary>Two classes that are easy to tell apart, one of them one in fifty, and the last bias says so.</summary>
    private static Case Prior(ulong seed)
    {
        const int Common = 1,
            Rare = 9,
            Odds = 50;
        DataSource all = Datasets.Open(
            Path.Combine(Environment.GetEnvironmentVariable("FOVEA_DATA") ?? "../shared/data", Fashion),
            new DataOptions { TrainCount = 16000, TestCount = 2000 }
        );
        DataSource data = all with
        {
            Train = new OneInMany(all.Train, Common, Rare, Odds),
            Test = new OneInMany(all.Test, Common, Rare, Odds),
        };
        Module net = ModelSource
            .Create(ModelSource.Resolve(Nets.LeNet), data.Train.ItemShape, data.Train.Classes.Count)
            .Initialize(seed);
        net.Parameters().Last(p => p.Kind == ParameterKind.Bias).AsSpan<float>()[1] = (float)-Math.Log(Odds);
        return new Case(net, data, LeNet.Options(seed));
    }

    /// <summary>A network that has learned goes on at a tenth of the rate, its normalizations held.</summary>
    private static Case FrozenStatistics(ulong seed) =>
        new(
            AsideRates.Learned(Bn, seed),
            Bn.Source,
            Bn.Options(seed) with
            {
                Freeze = "bn*",
                LearningRate = Bn.Rate / 10,
            }
        );

    /// <summary>The last scale of each residual block begins at 0, so that the block begins as nothing (Goyal et al. 2017).</summary>
    private static Case ZeroScales(ulong seed)
    {
        Problem problem = Bn with { Network = ZeroGamma };
        Module net = problem.Build(seed);
        Parameter[] scales =
        [
            .. net.Parameters()
                .Where(p => p.Kind == ParameterKind.Norm && p.Path.EndsWith("weight", StringComparison.Ordinal)),
        ];
        scales[2].Fill(0);
        scales[4].Fill(0);
        return new Case(net, problem.Source, problem.Options(seed));
    }

    /// <summary>All items of one class, and of another one for so many of them.</summary>
    private sealed class OneInMany : IDataset
    {
        private readonly IDataset _data;
        private readonly int[] _items;
        private readonly int _rare;

        public OneInMany(IDataset data, int common, int rare, int odds)
        {
            (_data, _rare) = (data, rare);
            int[] many = [.. Enumerable.Range(0, data.Count).Where(i => data.Label(i) == common)];
            int[] few = [.. Enumerable.Range(0, data.Count).Where(i => data.Label(i) == rare).Take(many.Length / odds)];
            _items = [.. many, .. few];
            Classes = [data.Classes[common], data.Classes[rare]];
        }

        public string Name => _data.Name;

        public int Count => _items.Length;

        public Shape ItemShape => _data.ItemShape;

        public IReadOnlyList<string> Classes { get; }

        public int Label(int index) => _data.Label(_items[index]) == _rare ? 1 : 0;

        public void Read(int index, Span<float> destination) => _data.Read(_items[index], destination);
    }
}
