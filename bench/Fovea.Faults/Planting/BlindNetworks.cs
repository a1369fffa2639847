using Fovea.Data;
using Fovea.Initialization;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of networks, of the second set put aside.</summary>
internal static class BlindNetworks
{
    private const string Ending = "; linear classes";
    private const int SharedChannels = 24;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All => [.. Wiring, .. Statistics, .. Structure];

    private static IEnumerable<Fault> Wiring =>
        [
            InParts(
                "dropout that never turns off",
                [Cause.TrainingMode, Cause.OverRegularized],
                (body, head) => new Restless(body, head),
                // The trainer's compiled evaluation does not take a layer that draws.
                byHand: true
            ),
            InParts(
                "signs without a gradient of their own",
                [Cause.Disconnected, Cause.Vanishing, Cause.Activation],
                (body, head) => new Signs(body, head)
            ),
            InParts(
                "all but the last layer kept in a closure",
                [Cause.Unregistered, Cause.NotOptimized, Cause.Frozen],
                (body, head) => new Closed(body.Forward, head)
            ) with
            {
                IsExact = true,
            },
        ];

    private static IEnumerable<Fault> Statistics =>
        [
            new(
                "one normalization in three places",
                [Cause.RunningStatistics],
                (p, seed) =>
                    p.Network is Nets.Bn or Nets.SeriesBn ? new Case(Shared(p, seed), p.Source, p.Options(seed)) : null
            ),
            AsideKinds.ByHand(
                "random numbers passed through in training mode",
                [Cause.RunningStatistics, Cause.TrainingMode],
                (p, seed) =>
                    p.HasBatchNorm
                        ? new Habits { Evaluates = net => PassThrough(net, p.Source.Train.ItemShape, seed) }
                        : null
            ),
            Text(
                "normalized over a single value",
                [Cause.SmallBatchStatistics, Cause.InputUnused, Cause.Disconnected],
                (p, t) =>
                    t.Replace(
                        "globalavgpool flatten=true",
                        "globalavgpool; groupnorm channels; flatten",
                        StringComparison.Ordinal
                    )
            ),
            Changed(
                "scales of normalizations at 0 in a chain",
                [Cause.FirstValues, Cause.DeadUnits, Cause.Disconnected, Cause.Vanishing, Cause.Symmetry],
                p => p.HasBatchNorm && p.IsText && !p.Network.Contains('{', StringComparison.Ordinal),
                (p, seed) => p.Build(seed),
                net =>
                {
                    foreach (Parameter scale in net.Parameters().Where(q => q.Rank == 1 && IsScale(q)))
                    {
                        scale.Fill(0);
                    }
                }
            ),
        ];

    private static IEnumerable<Fault> Structure =>
        [
            Changed(
                "fourteen sums of branches, no normalization",
                [Cause.Exploding, Cause.FirstValues, Cause.RateTooHigh, Cause.NonFinite],
                p => p.IsText && !p.HasBatchNorm,
                (p, seed) =>
                    p.Build(
                        seed,
                        "conv 8 3 padding=same; relu; maxpool 2; repeat 14 { residual { conv 8 3 padding=same; relu; conv 8 3 padding=same } }; relu; maxpool 2; flatten; linear classes"
                    ),
                net =>
                {
                    foreach (
                        (Parameter weight, int i) in NetworkFaults.Weights(net).SkipLast(1).Select((w, i) => (w, i))
                    )
                    {
                        new KaimingNormal().Fill(weight, new Rng(3).Split((ulong)i));
                    }
                }
            ),
            Text(
                "dilated beyond the picture",
                [Cause.ReceptiveField, Cause.InputUnused],
                (p, t) =>
                    BlindKinds.IsPictures(p)
                        ? t.Replace(
                            "padding=same",
                            $"dilation={p.Source.Train.ItemShape[2] + 2} padding=same",
                            StringComparison.Ordinal
                        )
                        : t
            ),
            Changed(
                "tanh at its flat ends by its biases",
                [Cause.Saturation, Cause.FirstValues],
                p => p.IsText && !p.HasBatchNorm && p.Network.Contains("relu;", StringComparison.Ordinal),
                (p, seed) => p.Build(seed, p.Network.Replace("relu", "tanh", StringComparison.Ordinal)),
                net =>
                {
                    foreach (Parameter bias in net.Parameters().Where(q => q.Kind == ParameterKind.Bias).SkipLast(1))
                    {
                        Span<float> values = bias.AsSpan<float>();
                        for (int i = 0; i < values.Length; i++)
                        {
                            values[i] = i % 2 == 0 ? 7 : -7;
                        }
                    }
                }
            ),
        ];

    private static bool IsScale(Parameter parameter) => parameter.Path.EndsWith("weight", StringComparison.Ordinal);

    private static Fault Text(string name, string[] accepts, Func<Problem, string, string> change) =>
        new(
            name,
            accepts,
            (p, seed) =>
                p.IsText && change(p, p.Network) is { } text && text != p.Network
                    ? new Case(p.Build(seed, text), p.Source, p.Options(seed)) { Text = text }
                    : null
        );

    private static Fault Changed(
        string name,
        string[] accepts,
        Func<Problem, bool> fits,
        Func<Problem, ulong, Module> build,
        Action<Module> change
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
            {
                if (!fits(p))
                {
                    return null;
                }

                Module net = build(p, seed);
                change(net);
                return new Case(net, p.Source, p.Options(seed));
            }
        );

    /// <summary>A kind that is planted between the last layer and all others.</summary>
    private static Fault InParts(
        string name,
        string[] accepts,
        Func<Module, Module, Module> join,
        bool byHand = false
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
            {
                if (!p.Network.EndsWith(Ending, StringComparison.Ordinal))
                {
                    return null;
                }

                IDataset data = p.Source.Train;
                Module body = Part(p.Network[..^Ending.Length], data.ItemShape).Initialize(seed);
                int features = body.Eval().Forward(Tensor.Zeros([2, .. data.ItemShape])).Shape[1];
                Module net = join(body.Train(), new Linear(features, data.Classes.Count).Initialize(seed));
                return new Case(net, p.Source, p.Options(seed)) { Own = byHand ? new Habits() : null };
            }
        );

    private static TextNetwork Part(string text, Shape shape) => NetworkText.Parse(text, shape).Network;

    /// <summary>As <see cref="Nets.Bn"/> and <see cref="Nets.SeriesBn"/>, but with one normalization in all places.</summary>
    private static Threefold Shared(Problem problem, ulong seed)
    {
        Shape shape = problem.Source.Train.ItemShape;
        string text = $"conv {SharedChannels} 3 padding=same bias=false";
        Shape inner = shape.Rank == 3 ? [SharedChannels, shape[1], shape[2]] : [SharedChannels, shape[1]];
        Module[] layers =
        [
            .. new[] { shape, inner, inner }.Select((s, i) => Part(text, s).Initialize(seed + (ulong)i)),
        ];
        return new Threefold(
            layers,
            SharedChannels,
            new Linear(SharedChannels, problem.Source.Train.Classes.Count).Initialize(seed)
        );
    }

    /// <summary>Lets a network see numbers in training mode, as a measurement of its speed may.</summary>
    private static void PassThrough(Module net, Shape shape, ulong seed)
    {
        net.Train();
        using (NoGrad.Enter())
        {
            for (int i = 0; i < 20; i++)
            {
                _ = net.Forward(Tensor.Normal([32, .. shape], rng: new Rng(seed).Split((ulong)i)));
            }
        }
    }
}

/// <summary>Drops most features, in evaluation too.</summary>
internal sealed class Restless(Module body, Module head) : Module
{
    private readonly Module _body = body;
    private readonly Dropout _drop = new(0.8);
    private readonly Module _head = head;

    public override Tensor Forward(Tensor x)
    {
        _drop.Train();
        return _head.Forward(_drop.Forward(_body.Forward(x)));
    }
}

/// <summary>Gives the signs of the features to the last layer.</summary>
internal sealed class Signs(Module body, Module head) : Module
{
    private readonly Module _body = body;
    private readonly Module _head = head;

    public override Tensor Forward(Tensor x) => _head.Forward(_body.Forward(x).Sign());
}

/// <summary>Knows of its last layer alone.</summary>
internal sealed class Closed(Func<Tensor, Tensor> body, Module head) : Module
{
    private readonly Func<Tensor, Tensor> _body = body;
    private readonly Module _head = head;

    public override Tensor Forward(Tensor x) => _head.Forward(_body(x));
}

/// <summary>Layers that share one normalization.</summary>
internal sealed class Threefold(Module[] layers, int channels, Module head) : Module
{
    private readonly Module[] _layers = layers;
    private readonly BatchNorm _norm = new(channels);
    private readonly Module _head = head;

    public override Tensor Forward(Tensor x)
    {
        foreach (Module layer in _layers)
        {
            x = _norm.Forward(layer.Forward(x)).Relu();
        }

        return _head.Forward(x.Flatten(2).Mean([2]));
    }
}
