namespace Fovea.Tests;

/// <summary>Networks in which a rule fires, or refuses by one of its conditions.</summary>
internal static class RuleCases
{
    private const string Fires = "fires";

    private static readonly Shape Item = [16, 12, 12];

    /// <summary>By name: the rule, the network, an item, and what the rule says in the end.</summary>
    public static IReadOnlyDictionary<string, RuleCase> All { get; } =
        (
            (RuleCase[])
                [
                    .. Weights,
                    .. Clamps,
                    .. Functions,
                    .. Sums,
                    .. Views,
                    .. Shuffles,
                    .. Places,
                    .. Pairs,
                    .. Gates,
                    .. Means,
                ]
        ).ToDictionary(c => c.Name);

    private static RuleCase[] Weights =>
        [
            Case("scale into weights", "convolution", Fires, new Sequential(Conv(), Norm())),
            Case(
                "scale into weights",
                "matrix product",
                Fires,
                [8],
                new Sequential(new Linear(8, 16), new BatchNorm1d(16))
            ),
            Case(
                "scale into weights",
                "read twice",
                "0 is read elsewhere too, or is an output of the network",
                Wired((m, x) => m[0].Forward(x) is var y ? m[1].Forward(y) + y : x, Conv(), Norm())
            ),
            Case(
                "scale into weights",
                "function",
                "0 ends with a function, which comes last in a step",
                new Sequential(Conv(), new SiLU(), Norm())
            ),
            Case("scale into weights", "pool", "0 has no weights", new Sequential(new MaxPool2d(2), Norm())),
            Case(
                "scale into weights",
                "clamp",
                "0 clamps its results first",
                new Sequential(Conv(), new ReLU(), Norm())
            ),
            Case(
                "scale into weights",
                "sum",
                "0 adds another value first",
                Wired((m, x) => m[1].Forward(m[0].Forward(x) + x), Conv(), Norm())
            ),
        ];

    private static RuleCase[] Clamps =>
        [
            Case("clamp into step", "convolution", Fires, new Sequential(Conv(), new ReLU())),
            Case("clamp into step", "matrix product", Fires, [8], new Sequential(new Linear(8, 16), new ReLU())),
            Case(
                "clamp into step",
                "sum",
                Fires,
                Wired((m, x) => (m[0].Forward(x) + x).Relu(), new MaxPool2d(3, stride: 1, padding: 1))
            ),
            Case("clamp into step", "scale", Fires, new Sequential(Norm(), new ReLU())),
            Case(
                "clamp into step",
                "read twice",
                "0 is read elsewhere too, or is an output of the network",
                Wired((m, x) => m[0].Forward(x) is var y ? y.Relu() + y : x, Conv())
            ),
            Case(
                "clamp into step",
                "function",
                "0 ends with a function, which comes last in a step",
                new Sequential(Conv(), new SiLU(), new ReLU())
            ),
            Case("clamp into step", "pool", "0 cannot clamp its results", new Sequential(new MaxPool2d(2), new ReLU())),
            Case("clamp as scale", "behind a pool", Fires, new Sequential(new MaxPool2d(2), new ReLU())),
        ];

    private static RuleCase[] Functions =>
        [
            Case("function into step", "convolution", Fires, new Sequential(Conv(), new SiLU())),
            Case("function into step", "scale", Fires, new Sequential(Norm(), new SiLU())),
            Case(
                "function into step",
                "read twice",
                "0 is read elsewhere too, or is an output of the network",
                Wired((m, x) => m[0].Forward(x) is var y ? y.Silu() + y : x, Conv())
            ),
            Case(
                "function into step",
                "function",
                "0 ends with a function, which comes last in a step",
                new Sequential(Conv(), new SiLU(), new Tanh())
            ),
            Case(
                "function into step",
                "pool",
                "0 cannot apply a function to its results",
                new Sequential(new MaxPool2d(2), new SiLU())
            ),
            Case(
                "function into step",
                "clamp",
                "0 clamps its results first",
                new Sequential(Conv(), new ReLU(), new SiLU())
            ),
        ];

    private static RuleCase[] Sums =>
        [
            Case("sum into convolution", "the input", Fires, Wired((m, x) => m[0].Forward(x) + x, Conv())),
            Case(
                "sum into convolution",
                "added to itself",
                "0 is read elsewhere too, or is an output of the network",
                Wired((m, x) => m[0].Forward(x) is var y ? y + y : x, Conv())
            ),
            Case(
                "sum into convolution",
                "function",
                "0 ends with a function, which comes last in a step",
                Wired((m, x) => m[0].Forward(x).Silu() + x, Conv())
            ),
            Case(
                "sum into convolution",
                "pool",
                "0 is no convolution",
                Wired((m, x) => m[0].Forward(x) + x, new MaxPool2d(3, stride: 1, padding: 1))
            ),
            Case(
                "sum into convolution",
                "clamp",
                "0 clamps its results first",
                Wired((m, x) => m[0].Forward(x).Relu() + x, Conv())
            ),
            Case(
                "sum into convolution",
                "two sums",
                "0 adds another value already",
                Wired((m, x) => m[0].Forward(x) + x + x, Conv())
            ),
            Case(
                "sum into convolution",
                "depthwise",
                "0 is depthwise, and its kernel adds nothing",
                Wired((m, x) => m[0].Forward(x) + x, Depthwise(16))
            ),
            Case(
                "sum into convolution",
                "later pool",
                "1 is computed later; the step that computes it can take the sum in",
                Wired((m, x) => m[0].Forward(x) + m[1].Forward(x), Conv(), new MaxPool2d(3, stride: 1, padding: 1))
            ),
        ];

    private static RuleCase[] Views =>
        [
            Case("view by items", "flatten", Fires, new Flatten()),
            Case(
                "view by items",
                "batch merged with channels",
                "the output [16N, 12, 12] is not made of items",
                new Lambda(x => x.Flatten(0, 1))
            ),
            Case(
                "view by items",
                "axis before the batch",
                "the output [1, N, 16, 12, 12] is not made of items",
                new Lambda(x => x.Unsqueeze(0))
            ),
            Case(
                "view by items",
                "axis before the batch removed",
                "the input [1, N, 16, 12, 12] is not made of items",
                new Lambda(x => x.Unsqueeze(0).Squeeze(0))
            ),
        ];

    private static RuleCase[] Shuffles =>
        [
            Case("channel shuffle", "two groups", Fires, new Lambda(x => Mixed(x, [-1, 2, 8, 12, 12]))),
            Case(
                "channel shuffle",
                "read twice",
                "transpose is read elsewhere too, or is an output of the network",
                new Lambda(x =>
                    x.Reshape([-1, 2, 8, 12, 12]).Transpose(1, 2) is var y
                        ? y.Reshape([-1, 16, 12, 12]) + y.Relu().Reshape([-1, 16, 12, 12])
                        : x
                )
            ),
            Case(
                "channel shuffle",
                "split read twice",
                "reshape is read elsewhere too, or is an output of the network",
                new Lambda(x =>
                    x.Reshape([-1, 2, 8, 12, 12]) is var y
                        ? y.Transpose(1, 2).Reshape([-1, 16, 12, 12]) + y.Relu().Reshape([-1, 16, 12, 12])
                        : x
                )
            ),
            Case(
                "channel shuffle",
                "another shape",
                "[N, 16, 12, 12] does not come back as maps of its own shape, but as [N, 8, 24, 12]",
                new Lambda(x => x.Reshape([-1, 2, 8, 12, 12]).Transpose(1, 2).Reshape([-1, 8, 24, 12]))
            ),
            Case(
                "channel shuffle",
                "positions too",
                "transpose moves more than channels",
                new Lambda(x => x.Reshape([-1, 16, 144, 1]).Transpose(2, 3).Reshape([-1, 16, 12, 12]))
            ),
        ];

    private static Tensor Mixed(Tensor x, int[] split) => x.Reshape(split).Transpose(1, 2).Reshape([-1, 16, 12, 12]);

    private static RuleCase[] Places =>
        [
            Case(
                "concat in place",
                "whole blocks",
                Fires,
                Wired((m, x) => Tensor.Concat([m[0].Forward(x), m[1].Forward(x)]), Conv(), Conv())
            ),
            Case(
                "concat in place",
                "no map",
                "an input of concat is no map in blocks of channels",
                [2, 2, 2, 2, 2],
                new Lambda(x => Tensor.Concat([x.Relu(), x.Tanh()]))
            ),
            Case(
                "concat in place",
                "within a block",
                "1 begins at channel 24, within a block of 16",
                Wired((m, x) => Tensor.Concat([m[0].Forward(x), m[1].Forward(x)]), new Conv2d(16, 24, 1), Conv())
            ),
            Case(
                "concat in place",
                "twice",
                "0 lies in the memory of concat already",
                Wired((m, x) => m[0].Forward(x) is var y ? Tensor.Concat([y, y]) : x, Conv())
            ),
            Case(
                "concat within a later one",
                "chain",
                Fires,
                Wired(
                    (m, x) => m[0].Forward(x) is var y ? Tensor.Concat([x, y, m[1].Forward(Tensor.Concat([x, y]))]) : x,
                    Conv(),
                    new Conv2d(32, 16, 1)
                )
            ),
            Case(
                "concat within a later one",
                "a piece itself",
                "concat lies in the memory of concat#2 already",
                Wired((m, x) => Tensor.Concat([Tensor.Concat([m[0].Forward(x), x]), x]), Conv())
            ),
            Case(
                "concat within a later one",
                "no map",
                "an input of concat is no map in blocks of channels",
                [2, 2, 2, 2, 2],
                new Lambda(x => Tensor.Concat([x.Relu(), x.Tanh()]))
            ),
            Case(
                "concat within a later one",
                "the last",
                "0 is no piece of a later concatenation",
                Wired((m, x) => Tensor.Concat([m[0].Forward(x), x]), Conv())
            ),
            Case(
                "concat within a later one",
                "another order",
                "the inputs of concat do not lie behind one another in concat#2",
                Wired(
                    (m, x) => m[0].Forward(x) is var y ? Tensor.Concat([y, x, m[1].Forward(Tensor.Concat([x, y]))]) : x,
                    Conv(),
                    new Conv2d(32, 16, 1)
                )
            ),
        ];

    private static RuleCase[] Pairs =>
        [
            Case(
                "depthwise with convolution",
                "pointwise",
                Fires,
                new Sequential(new Conv2d(16, 32, 1), Depthwise(32))
            ),
            Case(
                "depthwise with convolution",
                "read twice",
                "0 is read elsewhere too, or is an output of the network",
                Wired(
                    (m, x) => m[0].Forward(x) is var y ? Tensor.Concat([m[1].Forward(y), y]) : x,
                    new Conv2d(16, 32, 1),
                    Depthwise(32)
                )
            ),
            Case(
                "depthwise with convolution",
                "third of three",
                "1 is done together with the step before it",
                new Sequential(new Conv2d(16, 32, 1), Depthwise(32), Depthwise(32))
            ),
            Case(
                "depthwise with convolution",
                "sum between",
                "0 adds another value to its results",
                Wired((m, x) => m[1].Forward(m[0].Forward(x) + x), new Conv2d(16, 16, 1), Depthwise(16))
            ),
            Case(
                "depthwise with convolution",
                "series",
                "0 has groups, one row, or several slices, or may take Winograd's algorithm",
                [16, 30],
                new Sequential(new Conv1d(16, 32, 1), new Conv1d(32, 32, 3, groups: 32))
            ),
            Case(
                "depthwise with convolution",
                "dense 3x3",
                "0 has groups, one row, or several slices, or may take Winograd's algorithm",
                new Sequential(Conv(), Depthwise(16))
            ),
            Case(
                "depthwise with convolution",
                "reflected edges",
                "0 is not computed by direct sums",
                new Sequential(new Conv2d(16, 16, 5, padding: 2, paddingMode: PaddingMode.Reflect), Depthwise(16))
            ),
        ];

    private static RuleCase[] Gates =>
        [
            Case(
                "gate into weights",
                "pointwise",
                Fires,
                Wired((m, x) => m[0].Forward(Gated(x)), new Conv2d(16, 32, 1))
            ),
            Case(
                "gate into weights",
                "read twice",
                "multiply is read elsewhere too, or is an output of the network",
                Wired((m, x) => Gated(x) is var y ? Tensor.Concat([m[0].Forward(y), y]) : x, new Conv2d(16, 32, 1))
            ),
            Case(
                "gate into weights",
                "added",
                "0 adds the product and convolves another value",
                Wired((m, x) => Gated(x) is var y ? m[0].Forward(x) + y : x, new Conv2d(16, 16, 1))
            ),
            Case(
                "gate into weights",
                "3x3",
                "0 has groups, or more than one tap",
                Wired((m, x) => m[0].Forward(Gated(x)), Conv())
            ),
            Case(
                "gate into weights",
                "groups",
                "0 has groups, or more than one tap",
                Wired((m, x) => m[0].Forward(Gated(x)), new Conv2d(32, 32, 1, groups: 2)),
                [32, 12, 12]
            ),
            Case(
                "gate into weights",
                "halo",
                "input has another halo than the product",
                Wired((m, x) => Tensor.Concat([m[0].Forward(Gated(x)), m[1].Forward(x)]), new Conv2d(16, 32, 1), Conv())
            ),
            Case(
                "gate into weights",
                "many outputs",
                "0 reads 144 pixels, fewer than 1.5 for each of its 97 output channels",
                Wired((m, x) => m[0].Forward(Gated(x)), new Conv2d(16, 97, 1))
            ),
            Case(
                "gate into weights",
                "stride of 3",
                "0 is not computed by direct sums",
                Wired((m, x) => m[0].Forward(Gated(x)), new Conv2d(16, 32, 1, stride: 3))
            ),
        ];

    private static RuleCase[] Means =>
        [
            Case(
                "mean of row sums",
                "behind a pair",
                Fires,
                new Sequential(new Conv2d(16, 32, 1), Depthwise(32), new GlobalAvgPool())
            ),
            Case(
                "mean of row sums",
                "behind a convolution",
                "0 is no depthwise convolution done together with the one before it",
                new Sequential(Conv(), new GlobalAvgPool())
            ),
        ];

    private static Tensor Gated(Tensor x) => x * x.Mean([2, 3], keepDims: true).Sigmoid();

    private static Conv2d Conv() => new(16, 16, 3, padding: 1);

    private static Conv2d Depthwise(int channels) => new(channels, channels, 3, padding: 1, groups: channels);

    private static BatchNorm2d Norm() => new(16);

    private static WiredNetwork Wired(Func<Module[], Tensor, Tensor> forward, params Module[] layers) =>
        new(forward, layers);

    private static RuleCase Case(string rule, string what, string says, Module network, Shape? item = null) =>
        new($"{rule}: {what}", rule, says == Fires ? null : says, network, item ?? Item);

    private static RuleCase Case(string rule, string what, string says, Shape item, Module network) =>
        Case(rule, what, says, network, item);
}

/// <summary>A network in which a rule fires, or refuses by one of its conditions.</summary>
/// <param name="Name">What the case is called.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Refusal">What it must say at some site; null where it must fire at some site.</param>
/// <param name="Network">The network.</param>
/// <param name="Item">Shape of an item.</param>
internal sealed record RuleCase(string Name, string Rule, string? Refusal, Module Network, Shape Item);
