using Fovea.Initialization;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of first values, activations, structure and wiring.</summary>
internal static class NetworkFaults
{
    private static readonly string[] Grown = [Cause.FirstValues, Cause.Exploding, Cause.NonFinite, Cause.RateTooHigh];

    public static IEnumerable<Fault> All => [.. FirstValues, .. Activations, .. Structure, .. Wiring];

    private static IEnumerable<Fault> FirstValues =>
        [
            Filled("constant .01", [Cause.Symmetry], w => new Constant(0.01)),
            Filled("all zero", [Cause.Symmetry, Cause.Disconnected, Cause.FirstValues], w => new Constant(0)),
            Scaled("weights x 20", Grown, 20, without: true),
            Scaled("weights / 100", [Cause.FirstValues, Cause.Vanishing], 0.01, without: true),
            Filled("normal 1", Grown, w => new Normal(0, 1), without: true),
            new(
                "last layer x 300",
                Grown,
                (p, seed) =>
                {
                    Module net = p.Build(seed);
                    Multiply(Weights(net)[^1], 300);
                    return new Case(net, p.Source, p.Options(seed)) { Layer = LayerOf(Weights(net)[^1]) };
                }
            ),
            new(
                "first layer / 1e4",
                [Cause.FirstValues, Cause.Vanishing],
                (p, seed) =>
                {
                    if (p.HasBatchNorm)
                    {
                        return null;
                    }

                    Module net = p.Build(seed);
                    Multiply(Weights(net)[0], 1e-4);
                    return new Case(net, p.Source, p.Options(seed)) { Layer = LayerOf(Weights(net)[0]) };
                }
            ),
            Dead("a third of a layer dead by bias", 3),
            Dead("a whole layer dead by bias", 1),
        ];

    private static IEnumerable<Fault> Activations =>
        [
            Text(
                "no activation",
                [Cause.Activation],
                t => t.Replace(" relu;", "", StringComparison.Ordinal),
                structural: true
            ),
            Text(
                "softmax between layers",
                [Cause.Activation, Cause.Vanishing],
                t => t.Replace("relu", "softmax axis=1", StringComparison.Ordinal),
                structural: true
            ),
            Ending("softmax before the loss", "softmax", [Cause.OutputActivation]),
            Ending("sigmoid before the loss", "sigmoid", [Cause.OutputActivation]),
            Ending("relu before the loss", "relu", [Cause.OutputActivation]),
            Deep("sigmoid, 14 layers", "conv 12 3 padding=same; sigmoid; ", 14, [Cause.Vanishing, Cause.Saturation]),
            Deep(
                "plain, 40 layers",
                "conv 8 3 padding=same; relu; ",
                40,
                [Cause.Vanishing, Cause.TooDeep, Cause.FirstValues]
            ),
            Deep(
                "tanh, default first values, 25 layers",
                "conv 12 3 padding=same; tanh; ",
                25,
                [Cause.Vanishing, Cause.TooDeep, Cause.FirstValues]
            ),
        ];

    private static IEnumerable<Fault> Structure =>
        [
            Text(
                "bottleneck of one channel",
                [Cause.Underfitting, Cause.DeadUnits],
                t => t.Insert(t.IndexOf("relu", StringComparison.Ordinal), "conv 1 1; ")
            ),
            Text(
                "dropout .97 everywhere",
                [Cause.OverRegularized],
                t => t.Replace("relu", "relu; dropout 0.97", StringComparison.Ordinal)
            ),
            Text(
                "running statistics that hardly move",
                [Cause.RunningStatistics],
                t =>
                    t.Contains("bn;", StringComparison.Ordinal)
                        ? t.Replace("bn;", "bn momentum=0.0001;", StringComparison.Ordinal)
                        : t
            ),
            new(
                "twice as many scores as classes",
                [Cause.ClassCount],
                (p, seed) =>
                    p.IsText
                        ? new Case(
                            NetworkText
                                .Parse(
                                    p.Network.Replace("linear classes", "linear 64", StringComparison.Ordinal),
                                    p.Source.Train.ItemShape,
                                    p.Source.Train.Classes.Count
                                )
                                .Network.Initialize(seed),
                            p.Source,
                            p.Options(seed),
                            Slip: Slip.None
                        )
                        : null
            )
            {
                IsStructural = true,
            },
        ];

    private static IEnumerable<Fault> Wiring =>
        [
            new(
                "a layer frozen",
                [Cause.Frozen],
                (p, seed) =>
                {
                    Module net = p.Build(seed);
                    Parameter[] weights = Weights(net);
                    weights[weights.Length / 2].RequiresGrad = false;
                    return new Case(net, p.Source, p.Options(seed)) { Layer = LayerOf(weights[weights.Length / 2]) };
                }
            )
            {
                IsExact = true,
            },
            new(
                "cut off from the gradient",
                [Cause.Disconnected],
                (p, seed) =>
                    new Case(new CutOff(p.Build(seed), p.Source.Train.Classes.Count), p.Source, p.Options(seed))
            )
            {
                IsExact = true,
            },
            Wrapped("a layer made in each call", [Cause.Unregistered], net => new Forgetful(net), exact: true),
            Wrapped("items of a batch mixed", [Cause.BatchMixing], net => new Mixing(net)),
            Wrapped("input not used", [Cause.InputUnused], net => new Blind(net)),
            Wrapped(
                "softmax over the batch",
                [Cause.LossShape, Cause.BatchMixing, Cause.OutputActivation],
                net => new OverBatch(net)
            ),
            Wrapped("logarithm of 0", [Cause.NonFinite], net => new LogOfZero(net)),
        ];

    /// <summary>The filters of a network.</summary>
    internal static Parameter[] Weights(Module net) =>
        [.. net.NamedParameters().Select(p => p.Parameter).Where(p => p.Kind == ParameterKind.Weight && p.Rank > 1)];

    /// <summary>The path of the layer that a weight or bias belongs to.</summary>
    internal static string LayerOf(Parameter parameter) =>
        parameter.Path.EndsWith(".weight", StringComparison.Ordinal)
        || parameter.Path.EndsWith(".bias", StringComparison.Ordinal)
            ? parameter.Path[..parameter.Path.LastIndexOf('.')]
            : parameter.Path;

    private static void Multiply(Tensor tensor, double factor)
    {
        Span<float> values = tensor.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(values[i] * factor);
        }
    }

    private static Fault Filled(
        string name,
        string[] accepts,
        Func<Parameter, Initializer> rule,
        bool without = false
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
            {
                if (without && p.HasBatchNorm)
                {
                    return null;
                }

                Module net = p.Build(seed);
                Rng rng = new(seed);
                foreach ((Parameter weight, int i) in Weights(net).Select((w, i) => (w, i)))
                {
                    rule(weight).Fill(weight, rng.Split((ulong)i));
                }

                return new Case(net, p.Source, p.Options(seed));
            }
        );

    private static Fault Scaled(string name, string[] accepts, double factor, bool without) =>
        new(
            name,
            accepts,
            (p, seed) =>
            {
                if (without && p.HasBatchNorm)
                {
                    return null;
                }

                Module net = p.Build(seed);
                foreach (Parameter weight in Weights(net))
                {
                    Multiply(weight, factor);
                }

                return new Case(net, p.Source, p.Options(seed));
            }
        );

    private static Fault Dead(string name, int part) =>
        new(
            name,
            [Cause.DeadUnits, Cause.FirstValues],
            (p, seed) =>
            {
                Module net = p.Build(seed);
                // The second layer's shift: a convolution's bias, or that of the normalization behind it.
                Parameter[] shifts =
                [
                    .. net.NamedParameters()
                        .Select(q => q.Parameter)
                        .Where(q =>
                            q.Kind != ParameterKind.Weight && q.Path.EndsWith("bias", StringComparison.Ordinal)
                        ),
                ];
                if (shifts.Length < 3)
                {
                    return null;
                }

                Span<float> values = shifts[1].AsSpan<float>();
                values[..(values.Length / part)].Fill(-100f);
                return new Case(net, p.Source, p.Options(seed)) { Layer = LayerOf(Weights(net)[1]) };
            }
        );

    private static Fault Text(string name, string[] accepts, Func<string, string> change, bool structural = false) =>
        new(
            name,
            accepts,
            (p, seed) =>
                p.IsText && change(p.Network) is { } text && text != p.Network
                    ? new Case(p.Build(seed, text), p.Source, p.Options(seed)) { Text = text }
                    : null
        )
        {
            IsStructural = structural,
        };

    private static Fault Ending(string name, string word, string[] accepts) =>
        Text(name, accepts, t => t + "; " + word, structural: true);

    private static Fault Deep(string name, string block, int layers, string[] accepts) =>
        new(
            name,
            accepts,
            (p, seed) =>
                p.IsText && !p.HasBatchNorm
                    ? new Case(
                        p.Build(
                            seed,
                            "conv 12 3 padding=same; relu; maxpool 2; "
                                + string.Concat(Enumerable.Repeat(block, layers))
                                + "maxpool 2; flatten; linear classes"
                        ),
                        p.Source,
                        p.Options(seed) with
                        {
                            Epochs = Math.Max(2, p.Options(seed).Epochs / 2),
                        }
                    )
                    : null
        );

    private static Fault Wrapped(string name, string[] accepts, Func<Module, Module> wrap, bool exact = false) =>
        new(name, accepts, (p, seed) => new Case(wrap(p.Build(seed)), p.Source, p.Options(seed))) { IsExact = exact };
}

/// <summary>The network's output passes no gradient to all but a last layer.</summary>
internal sealed class CutOff(Module inner, int classes) : Module
{
    private readonly Module _inner = inner;
    private readonly Module _last = new Linear(classes, classes).Initialize(1);

    public override Tensor Forward(Tensor x) => _last.Forward(_inner.Forward(x).Detach());
}

/// <summary>Makes a layer anew in each call.</summary>
internal sealed class Forgetful(Module inner) : Module
{
    private readonly Module _inner = inner;
    private ulong _calls;

    public override Tensor Forward(Tensor x)
    {
        Tensor scores = _inner.Forward(x);
        return new Linear(scores.Shape[1], scores.Shape[1]).Initialize(_calls++).Forward(scores);
    }
}

/// <summary>Takes the mean over the batch away.</summary>
internal sealed class Mixing(Module inner) : Module
{
    private readonly Module _inner = inner;

    public override Tensor Forward(Tensor x)
    {
        Tensor scores = _inner.Forward(x);
        return scores + (scores.Mean([0], keepDims: true) * 3.0);
    }
}

/// <summary>Does not look at its input.</summary>
internal sealed class Blind(Module inner) : Module
{
    private readonly Module _inner = inner;

    public override Tensor Forward(Tensor x) => _inner.Forward(x * 0.0);
}

/// <summary>Normalizes scores over the batch instead of the classes.</summary>
internal sealed class OverBatch(Module inner) : Module
{
    private readonly Module _inner = inner;
    private readonly Softmax _softmax = new(0);

    public override Tensor Forward(Tensor x) => _softmax.Forward(_inner.Forward(x));
}

/// <summary>Ends with a logarithm of what a ReLU leaves.</summary>
internal sealed class LogOfZero(Module inner) : Module
{
    private readonly Module _inner = inner;

    public override Tensor Forward(Tensor x) => _inner.Forward(x).Relu().Log();
}
