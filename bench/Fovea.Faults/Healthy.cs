using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Healthy runs, those that look ill among them.</summary>
internal static class Healthy
{
    private static readonly (string Name, string Text)[] Pictures =
    [
        ("lenet", Nets.LeNet),
        ("bn", Nets.Bn),
        ("plain", Nets.Plain),
        ("separable", Nets.Separable),
        ("small_cnn", "small_cnn(width=0.5)"),
        ("resnet20", "resnet20(width=0.25)"),
        ("tanh", Nets.LeNet.Replace("relu", "tanh", StringComparison.Ordinal)),
        ("leaky", Nets.Plain.Replace("relu", "leakyrelu 0.1", StringComparison.Ordinal)),
        ("groupnorm", Nets.Bn.Replace("bn", "groupnorm 4", StringComparison.Ordinal)),
        ("layernorm", Nets.Plain.Replace("relu", "layernorm; relu", StringComparison.Ordinal)),
        ("silu", Nets.Bn.Replace("relu", "silu", StringComparison.Ordinal)),
        ("gelu", Nets.Plain.Replace("relu", "gelu", StringComparison.Ordinal)),
        ("dropout", Nets.Bn.Replace("flatten=true;", "flatten=true; dropout 0.4;", StringComparison.Ordinal)),
        ("strided", Nets.Bn.Replace("maxpool 2", "conv 24 3 stride=2 padding=1", StringComparison.Ordinal)),
        (
            "residual",
            "conv 16 3 padding=same bias=false; bn; a: relu; conv 16 3 padding=same bias=false; bn; relu; conv 16 3 padding=same bias=false; bn; add a; relu; maxpool 2; b: conv 24 1; conv 24 3 padding=same bias=false; bn; relu; conv 24 3 padding=same bias=false; bn; add b; relu; globalavgpool flatten=true; linear classes"
        ),
        ("se", Nets.Bn.Replace("globalavgpool", "se 0.25; globalavgpool", StringComparison.Ordinal)),
        ("wide lenet", Nets.LeNet.Replace("conv 8", "conv 24", StringComparison.Ordinal)),
    ];

    private static readonly (string Name, string Text)[] Series =
    [
        ("series bn", Nets.SeriesBn),
        ("series plain", Nets.SeriesPlain),
        ("resnet_ts", "resnet_ts"),
        ("series dilated", Nets.SeriesBn.Replace("conv 32 5", "conv 32 5 dilation=2", StringComparison.Ordinal)),
        ("series tanh", Nets.SeriesPlain.Replace("relu", "tanh", StringComparison.Ordinal)),
    ];

    private static readonly (
        string Name,
        string Optimizer,
        double Rate,
        Func<TrainingOptions, TrainingOptions> Change
    )[] Ways =
    [
        ("sgd .05, cosine", "sgd,momentum=0.9,decay=5e-4", 0.02, o => o),
        ("adam", "adam", 0.002, o => o with { Schedule = "constant" }),
        (
            "adamw, smoothing, long warm-up",
            "adamw",
            0.003,
            o => o with { LabelSmoothing = 0.1, Schedule = "cosine,warmup=60" }
        ),
        (
            "sgd, steps, mixup",
            "sgd,momentum=0.9",
            0.02,
            o => o with { Schedule = Steps(o.Epochs), Augment = "mixup=0.2" }
        ),
        ("clipped", "sgd,momentum=0.9", 0.02, o => o with { ClipNorm = 2 }),
        (
            "averaged, onecycle",
            "sgd,momentum=0.9,decay=5e-4",
            0.05,
            o => o with { AverageDecay = 0.95, Schedule = "onecycle" }
        ),
    ];

    /// <summary>The runs: 60 networks and more, each with one way of training; a third is put aside.</summary>
    public static IReadOnlyList<(string Name, bool IsHeldOut, Func<ulong, Case> Make)> All { get; } =
    [
        .. Pictures.SelectMany((net, i) => Three(net, i, i % 2 == 0 ? "fashion-mnist" : "shapes")),
        .. Series.SelectMany((net, i) => Three(net, i, i % 2 == 0 ? "SyntheticControl" : "ECG200")),
        (
            "zero last layer",
            false,
            seed => Odd(Nets.Bn, "fashion-mnist", seed, net => net.Parameters()[^2].AsSpan<float>().Clear())
        ),
        ("frozen by wish", true, seed => Frozen(seed)),
        ("16 items, batch of all", false, seed => Few(seed)),
    ];

    private static IEnumerable<(string, bool, Func<ulong, Case>)> Three(
        (string Name, string Text) net,
        int index,
        string data
    ) =>
        Enumerable
            .Range(0, 3)
            .Select(k =>
            {
                (string way, string optimizer, double rate, Func<TrainingOptions, TrainingOptions> change) = Ways[
                    ((index * 3) + k) % Ways.Length
                ];
                Problem problem = new(net.Text, data, optimizer, rate);
                return (
                    $"{net.Name}, {data}, {way}",
                    index % 3 == 2,
                    (Func<ulong, Case>)(
                        seed => new Case(problem.Build(seed), problem.Source, change(problem.Options(seed)))
                    )
                );
            });

    // At a half and at three quarters.
    private static string Steps(int epochs) =>
        $"multistep={Math.Max(1, epochs / 2)}ep/{Math.Max(2, epochs * 3 / 4)}ep,gamma=0.1";

    private static Case Odd(string text, string data, ulong seed, Action<Module> change)
    {
        Problem problem = new(text, data, "sgd,momentum=0.9", 0.05);
        Module net = problem.Build(seed);
        change(net);
        return new Case(net, problem.Source, problem.Options(seed));
    }

    private static Case Frozen(ulong seed)
    {
        Problem problem = new(Nets.Bn, "fashion-mnist", "adam", 0.003);
        return new Case(problem.Build(seed), problem.Source, problem.Options(seed) with { Freeze = "conv1,bn1" });
    }

    private static Case Few(ulong seed)
    {
        Problem problem = new(Nets.Bn, "shapes", "sgd,momentum=0.9", 0.02);
        DataSource data = problem.Source with { Train = new Items(problem.Source.Train, [.. Enumerable.Range(0, 16)]) };
        return new Case(
            problem.Build(seed),
            data,
            problem.Options(seed) with
            {
                Epochs = 120,
                Batch = 16,
                Validation = 0,
            }
        );
    }
}
