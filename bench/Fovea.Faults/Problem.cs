using Fovea.Data;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>A healthy training problem: a network on data, with options under which it learns.</summary>
/// <param name="Network">The network as text.</param>
/// <param name="Data">The data set.</param>
/// <param name="Optimizer">Optimizer as text.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="IsHeldOut">Whether it was put aside before any threshold was set.</param>
internal sealed partial record Problem(
    string Network,
    string Data,
    string Optimizer,
    double Rate,
    bool IsHeldOut = false
)
{
    private static readonly Dictionary<string, DataSource> Opened = [];

    /// <summary>Whether the network normalizes by the batch.</summary>
    public bool HasBatchNorm =>
        Network.Contains("bn", StringComparison.Ordinal) || !Network.Contains(';', StringComparison.Ordinal);

    /// <summary>Whether the network is text whose lines a fault can change.</summary>
    public bool IsText => Network.Contains(';', StringComparison.Ordinal);

    /// <summary>The data, the same part each time.</summary>
    public DataSource Source => Open(Data);

    /// <summary>The network with first values by a seed.</summary>
    public Module Build(ulong seed, string? text = null) =>
        ModelSource
            .Create(ModelSource.Resolve(text ?? Network), Source.Train.ItemShape, Source.Train.Classes.Count)
            .Initialize(seed);

    /// <summary>The options: some 200 to 400 updates.</summary>
    public TrainingOptions Options(ulong seed) =>
        new()
        {
            Epochs = Math.Max(4, 320 * 32 / Source.Train.Count),
            Batch = 32,
            Optimizer = Optimizer,
            LearningRate = Rate,
            Schedule = "cosine,warmup=10",
            Seed = seed,
            Preflight = true,
            Validation = 0.2,
        };

    private static DataSource Open(string name)
    {
        lock (Opened)
        {
            if (Opened.TryGetValue(name, out DataSource? known))
            {
                return known;
            }

            string root = Environment.GetEnvironmentVariable("FOVEA_DATA") ?? "../shared/data";
            if (AsideData.Has(name))
            {
                return Opened[name] = AsideData.Open(name, root);
            }

            bool isSeries = name is not ("shapes" or "fashion-mnist");
            DataOptions options = isSeries ? new() : new() { TrainCount = 1500, TestCount = 500 };
            return Opened[name] = Datasets.Open(
                name switch
                {
                    "shapes" => "shapes",
                    "fashion-mnist" => Path.Combine(root, "fashion-mnist"),
                    _ => Path.Combine(root, "ucr", "tsv", name),
                },
                options
            );
        }
    }

    /// <summary>The problems that faults are planted in.</summary>
    public static IReadOnlyList<Problem> All { get; } =
    [
        new(Nets.LeNet, "fashion-mnist", "sgd,momentum=0.9", 0.02),
        new(Nets.Bn, "fashion-mnist", "sgd,momentum=0.9,decay=5e-4", 0.05),
        new(Nets.Plain, "shapes", "adam", 0.002),
        new("small_cnn(width=0.5)", "shapes", "sgd,momentum=0.9,decay=5e-4", 0.1),
        new("resnet20(width=0.25)", "fashion-mnist", "sgd,momentum=0.9,decay=5e-4", 0.1, IsHeldOut: true),
        new(Nets.Separable, "shapes", "adamw", 0.004, IsHeldOut: true),
        new(Nets.SeriesBn, "SyntheticControl", "adam", 0.005),
        new(Nets.SeriesPlain, "SyntheticControl", "sgd,momentum=0.9", 0.02),
        new(Nets.SeriesBn, "ECG200", "sgd,momentum=0.9", 0.05, IsHeldOut: true),
    ];
}

/// <summary>Networks as text.</summary>
internal static class Nets
{
    public const string LeNet =
        "conv 8 5 padding=same; relu; maxpool 2; conv 16 5 padding=same; relu; maxpool 2; flatten; linear 64; relu; linear classes";
    public const string Bn =
        "conv 12 3 padding=same bias=false; bn; relu; maxpool 2; conv 24 3 padding=same bias=false; bn; relu; maxpool 2; conv 32 3 padding=same bias=false; bn; relu; globalavgpool flatten=true; linear classes";
    public const string Plain =
        "conv 12 3 padding=same; relu; maxpool 2; conv 24 3 padding=same; relu; maxpool 2; conv 32 3 padding=same; relu; maxpool 2; flatten; linear classes";
    public const string Separable =
        "conv 16 3 padding=same bias=false; bn; relu; maxpool 2; separable 24 3 padding=same bias=false; bn; relu; maxpool 2; separable 48 3 padding=same bias=false; bn; relu; globalavgpool flatten=true; linear classes";
    public const string SeriesBn =
        "conv 16 8 padding=same; bn; relu; conv 32 5 padding=same; bn; relu; conv 16 3 padding=same; bn; relu; globalavgpool flatten=true; linear classes";
    public const string SeriesPlain =
        "conv 8 7 padding=same; relu; maxpool 2; conv 16 5 padding=same; relu; maxpool 2; flatten; linear 32; relu; linear classes";
}
