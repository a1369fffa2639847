using System.Text.Json.Nodes;

namespace Fovea.Workbench.Tests.Reports;

/// <summary>Generated runs to make pages of: the records are those that a run fills, the numbers made up.</summary>
internal static class ReportRuns
{
    public static readonly string[] Ten =
    [
        "T-shirt",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ];

    internal const int PerEpoch = 113;

    /// <summary>A run in good health: 12 epochs of resnet20, measured on test items.</summary>
    public static RunReportData Finished(string model = "resnet20", int epochs = 12)
    {
        Inspection network = Network(model);
        return new RunReportData
        {
            Network = network,
            Answers = [.. network.Answers.Where(a => a.Verdict != Verdict.Fix)],
            Measured = MeasuredRuns.Of(network, epochs, onset: null),
            Epochs = [.. Enumerable.Range(1, epochs).Select(e => Epoch(e, 2.3 / (1 + e), 0.93 - (0.5 / e)))],
            Result = new TrainingResult(
                TrainingOutcome.Finished,
                null,
                "runs/first",
                null,
                epochs - 2,
                Test(Ten, seed: 3)
            ),
            Mistakes = Mistakes(60),
            Run = Run(),
            Command = "fovea train resnet20 --data fashion-mnist --epochs 12 --lr 0.1 --seed 0",
            Rates =
            [
                new PublishedRate(Cause.RateTooHigh, 19, 20, 1, 300),
                new PublishedRate(Cause.DeadUnits, 9, 10, 0, 300),
            ],
        };
    }

    /// <summary>A run whose learning rate is too high from an update on, so that half of a layer dies, and that ends in numbers
    /// that are not finite.</summary>
    public static RunReportData Failed()
    {
        RunReportData whole = Finished(epochs: 4);
        Measurements measured = MeasuredRuns.Of(whole.Network!, 4, onset: 150);
        return whole with
        {
            Measured = measured,
            Answers = [RateTooHigh, DeadUnits, .. whole.Answers],
            Epochs = [.. whole.Epochs.Take(2)],
            Result = new TrainingResult(
                TrainingOutcome.Diverged,
                "Training stopped: 'conv1.weight' is no longer finite after update 431. Try a lower learning rate (--lr); the last finite checkpoint is runs/first/checkpoints/last.",
                "runs/first",
                null,
                1,
                null
            ),
            Mistakes = [],
            Rates = [],
        };
    }

    /// <summary>A run that was stopped within its first epoch, of a module that is not at hand.</summary>
    public static RunReportData Stopped() =>
        new()
        {
            Measured = MeasuredRuns.Of(Network("small_cnn"), 0, onset: null),
            WithoutNetwork = "the module is one of the user's own program",
            Result = new TrainingResult(
                TrainingOutcome.Interrupted,
                "Stopped in epoch 1 after batch 40; saved. Continue with --resume runs/first",
                "runs/first",
                null,
                0,
                null
            ),
        };

    public static Answer RateTooHigh { get; } =
        new()
        {
            Id = "3.12",
            Question = "Is the learning rate right?",
            Verdict = Verdict.Fix,
            Finding =
                "The rate is too high: the loss has not gone below its best for 281 updates, updates go against the gradient before them (cosine -0.41), and a tenth of the rate goes below the best loss within 20 updates.",
            Layers = ["conv1", "layer1.0.conv1"],
            OnsetStep = 150,
            Cause = Cause.RateTooHigh,
            Measured = [new Quantity("lagCosine", -0.41, "ratio")],
            Threshold = "mean cosine below -0.2 for 100 updates, and no better loss for 200",
            Source = "Baydin 2018",
            Remedy = "Lower the learning rate from 0.5 to 0.05.",
            Options = new Dictionary<string, string> { ["lr"] = "0.05" },
            Experiment =
                "fovea train resnet20 --data fashion-mnist --lr 0.05 --seed 1\nfovea train resnet20 --data fashion-mnist --lr 0.5 --seed 1",
        };

    public static Answer DeadUnits { get; } =
        new()
        {
            Id = "3.8",
            Question = "Are units dead?",
            Verdict = Verdict.Look,
            Finding = "In layer1.0.relu 8 of 16 units gave nothing above 0 for 3,840 items.",
            Layers = ["layer1.0.conv1"],
            OnsetStep = 160,
            Cause = Cause.DeadUnits,
            Remedy = "First mend the rate; then look again.",
        };

    public static Inspection Network(string model) => Inspection.Of(NetworkSource.Find(model).Trace(), model);

    /// <summary>A test of made-up counts; each class is taken for its neighbour most.</summary>
    public static EvaluationResult Test(IReadOnlyList<string> classes, ulong seed, int each = 1000)
    {
        Rng rng = new(seed);
        int n = classes.Count;
        long[][] confusion = [.. Enumerable.Range(0, n).Select(_ => new long[n])];
        for (int i = 0; i < n; i++)
        {
            long left = each;
            for (int k = 1; k <= 3 && k < n; k++)
            {
                long wrong = (long)(rng.NextSingle() * each * 0.12f / k);
                confusion[i][(i + (k * 3)) % n] += wrong;
                left -= wrong;
            }

            confusion[i][i] += left;
        }

        ClassResult[] perClass = [.. classes.Select((c, i) => new ClassResult(c, each, confusion[i][i]))];
        return new EvaluationResult(
            (long)n * each,
            Proportion.Wilson(perClass.Sum(c => c.Correct), (long)n * each),
            0.31,
            perClass
        )
        {
            Confusion = confusion,
        };
    }

    /// <summary>Items with pictures of noise.</summary>
    public static IReadOnlyList<ReportedItem> Mistakes(int count, int channels = 1)
    {
        Rng rng = new(11);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new ReportedItem(
                    i * 37,
                    Ten[i % 10],
                    Ten[(i + 3) % 10],
                    0.99 - (0.5 * i / count),
                    9.0 - (8.0 * i / count)
                )
                {
                    Picture = Thumbnail.Of(
                        [.. Enumerable.Range(0, channels * 4096).Select(_ => rng.NextSingle())],
                        [channels, 64, 64]
                    ),
                }),
        ];
    }

    private static Metrics Epoch(int epoch, double loss, double accuracy) =>
        new(
            epoch,
            epoch * PerEpoch,
            loss,
            accuracy,
            loss * 1.1,
            accuracy - 0.02,
            0.1 * (12 - epoch) / 12,
            epoch * 14.2
        );

    private static JsonObject Run() =>
        new()
        {
            ["version"] = "0.1.0",
            ["started"] = "2026-11-27T09:30:00.0000000+00:00",
            ["seed"] = 0,
            ["model"] = "resnet20",
            ["parameters"] = 272_474,
            ["options"] = new JsonObject
            {
                ["epochs"] = 12,
                ["learningRate"] = 0.1,
                ["optimizer"] = "sgd,momentum=0.9",
            },
            ["data"] = new JsonObject { ["name"] = "fashion-mnist", ["train"] = 60000 },
            ["machine"] = new JsonObject { ["cpu"] = "x64, 256-bit vectors", ["threads"] = 2 },
            ["resumed"] = new JsonArray(new JsonObject { ["at"] = "2026-11-27T09:31:00Z", ["step"] = 20 }),
        };
}
