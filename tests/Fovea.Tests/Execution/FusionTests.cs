using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>Which nodes become one step, and which steps are done together: tables.</summary>
public sealed class FusionTests
{
    private static readonly Shape Item = [16, 12, 12];

    private static readonly Dictionary<string, (Module Network, string[] Lines)> Fused = new()
    {
        ["convolution, normalization, clamp"] = (
            new Sequential(Conv(), new BatchNorm2d(16), new ReLU()),
            ["0 .. 2: convolution, scaled, 0 to Infinity"]
        ),
        ["two normalizations"] = (
            new Sequential(Conv(), new BatchNorm2d(16), new BatchNorm2d(16)),
            ["0 .. 2: convolution, scaled"]
        ),
        ["normalization behind a clamp"] = (
            new Sequential(Conv(), new ReLU(), new BatchNorm2d(16)),
            ["0 .. 1: convolution, 0 to Infinity", "2: scaleshift"]
        ),
        ["normalization behind a pool"] = (
            new Sequential(new MaxPool2d(2), new BatchNorm2d(16)),
            ["0: pool", "1: scaleshift"]
        ),
        ["two clamps"] = (new Sequential(Conv(), new ReLU(), new ReLU6()), ["0 .. 2: convolution, 0 to 6"]),
        ["function"] = (new Sequential(Conv(), new SiLU()), ["0 .. 1: convolution, map"]),
        ["function behind a clamp"] = (
            new Sequential(Conv(), new ReLU(), new SiLU()),
            ["0 .. 1: convolution, 0 to Infinity", "2: map"]
        ),
        ["clamp behind a function"] = (
            new Sequential(Conv(), new SiLU(), new ReLU()),
            ["0 .. 1: convolution, map", "2: clamp, 0 to Infinity"]
        ),
        ["two functions"] = (new Sequential(Conv(), new SiLU(), new Tanh()), ["0 .. 1: convolution, map", "2: map"]),
        ["clamps alone"] = (new Sequential(new ReLU(), new ReLU6()), ["0: clamp, 0 to Infinity", "1: clamp, 0 to 6"]),
        ["normalization alone"] = (
            new Sequential(new BatchNorm2d(16), new ReLU(), new ReLU6()),
            ["0 .. 2: scaleshift, 0 to 6"]
        ),
        ["clamp behind a pool"] = (
            new Sequential(new MaxPool2d(2), new ReLU()),
            ["0: pool", "1: clamp, 0 to Infinity"]
        ),
        ["matrix product"] = (
            new Sequential(new Flatten(), new Linear(2304, 8), new ReLU()),
            ["0: view", "1 .. 2: linear, 0 to Infinity"]
        ),
        ["sum with the input"] = (
            new WiredNetwork((m, x) => (m[1].Forward(m[0].Forward(x)) + x).Relu(), Conv(), new BatchNorm2d(16)),
            ["l.0 .. relu: convolution, scaled, plus input, 0 to Infinity"]
        ),
        ["normalization behind a sum"] = (
            new WiredNetwork((m, x) => m[1].Forward(m[0].Forward(x) + x), Conv(), new BatchNorm2d(16)),
            ["l.0 .. add: convolution, plus input", "l.1: scaleshift"]
        ),
        ["two sums"] = (
            new WiredNetwork((m, x) => m[0].Forward(x) + x + x, Conv()),
            ["l.0 .. add: convolution, plus input", "l.add#2: sum"]
        ),
        ["sum of two convolutions: the later takes it in"] = (
            new WiredNetwork((m, x) => m[0].Forward(x) + m[1].Forward(x), Conv(), Conv()),
            ["l.0: convolution", "l.1 .. add: convolution, plus l.0"]
        ),
        ["sum behind a clamp"] = (
            new WiredNetwork((m, x) => m[0].Forward(x).Relu() + x, Conv()),
            ["l.0 .. relu: convolution, 0 to Infinity", "l.add: sum"]
        ),
        ["a convolution added to itself"] = (
            new WiredNetwork((m, x) => m[0].Forward(x) is var y ? y + y : y, Conv()),
            ["l.0: convolution", "l.add: sum"]
        ),
        ["sum behind a depthwise convolution"] = (
            new WiredNetwork((m, x) => m[0].Forward(x) + x, Depthwise()),
            ["l.0: convolution", "l.add: sum"]
        ),
        ["sum over one position"] = (
            new WiredNetwork((m, x) => m[0].Forward(x) + x.Mean([2, 3], keepDims: true), Conv()),
            ["l.0: convolution", "mean: eager", "add: eager"]
        ),
        ["sum, then clamp"] = (
            new WiredNetwork((m, x) => (m[0].Forward(x) + x).Relu(), new MaxPool2d(3, stride: 1, padding: 1)),
            ["l.0: pool", "l.add .. relu: sum, 0 to Infinity"]
        ),
        ["read twice"] = (
            new WiredNetwork((m, x) => m[0].Forward(x) is var y ? y.Relu() * y.Sigmoid() : y, Conv()),
            ["l.0: convolution", "l.relu: clamp, 0 to Infinity", "l.sigmoid: map", "l.multiply: eager"]
        ),
    };

    private static readonly Dictionary<string, (Module Network, Shape Item, string[] Lines)> Together = new()
    {
        ["pointwise and depthwise"] = (
            new Sequential(new Conv2d(16, 32, 1), new ReLU(), Depthwise(32), new ReLU()),
            Item,
            ["input", "0 .. 1: direct, 0 to Infinity and 2 .. 3: depthwise, 0 to Infinity"]
        ),
        ["pair and mean"] = (
            new Sequential(new Conv2d(16, 32, 1), Depthwise(32), new GlobalAvgPool()),
            Item,
            ["input", "0: direct and 1: depthwise, sums rows", "2: pool"]
        ),
        ["depthwise and depthwise"] = (
            new Sequential(Depthwise(), Depthwise()),
            Item,
            ["input, halo 0+0 1+1 1+1", "0: depthwise, halo 0+0 1+1 1+1", "1: depthwise"]
        ),
        ["series are no pairs"] = (
            new Sequential(new Conv1d(16, 32, 1), new Conv1d(32, 32, 3, padding: 1, groups: 32)),
            [16, 30],
            ["input", "0: direct, halo 0+0 0+0 1+1", "1: depthwise"]
        ),
        ["a sum between is no pair"] = (
            new WiredNetwork((m, x) => m[1].Forward(m[0].Forward(x) + x), new Conv2d(16, 16, 1), Depthwise()),
            Item,
            ["input, halo 0+0 1+1 1+1", "l.0 .. add: direct, plus input, halo 0+0 1+1 1+1", "l.1: depthwise"]
        ),
        ["gate before a convolution with fewer outputs than pixels"] = (
            new WiredNetwork(
                (m, x) => m[0].Forward(x * x.Mean([2, 3], keepDims: true).Sigmoid()),
                new Conv2d(16, 32, 1)
            ),
            Item,
            ["input", "mean: eager", "sigmoid: map", "multiply: product and l.0: direct"]
        ),
        ["gate before a convolution with many outputs"] = (
            new WiredNetwork(
                (m, x) => m[0].Forward(x * x.Mean([2, 3], keepDims: true).Sigmoid()),
                new Conv2d(16, 97, 1)
            ),
            Item,
            ["input", "mean: eager", "sigmoid: map", "multiply: product", "l.0: direct"]
        ),
        ["gate before three taps"] = (
            new WiredNetwork((m, x) => m[0].Forward(x * x.Mean([2, 3], keepDims: true).Sigmoid()), Conv()),
            Item,
            ["input", "mean: eager", "sigmoid: map", "multiply: product, halo 0+0 1+1 1+1", "l.0: direct"]
        ),
        ["gated map read twice"] = (
            new WiredNetwork(
                (m, x) =>
                    x * x.Mean([2, 3], keepDims: true).Sigmoid() is var y ? Tensor.Concat([m[0].Forward(y), y]) : x,
                new Conv2d(16, 32, 1)
            ),
            Item,
            [
                "input",
                "mean: eager",
                "sigmoid: map",
                "multiply: product, in l.concat at block 2",
                "l.0: direct, in l.concat at block 0",
                "l.concat: concat copies 0 of 2",
            ]
        ),
        ["image"] = (
            new Sequential(new Conv2d(3, 16, 3, padding: 1), new ReLU(), new MaxPool2d(2)),
            [3, 12, 12],
            ["input, planes, halo 0+0 1+1 1+1", "0 .. 1: direct, 0 to Infinity", "2: pool"]
        ),
        ["image read by a sum too"] = (
            new WiredNetwork((m, x) => m[0].Forward(x) + x, new Conv2d(3, 3, 3, padding: 1)),
            [3, 12, 12],
            ["input, halo 0+0 1+1 1+1", "l.0 .. add: direct, plus input, halo 0+0 1+1 1+1"]
        ),
    };

    public static TheoryData<string> FusedNames => [.. Fused.Keys];

    public static TheoryData<string> TogetherNames => [.. Together.Keys];

    [Theory]
    [MemberData(nameof(FusedNames))]
    public void Fused_OfNodes_IsAsInTheTable(string name) =>
        AssertLines(name, Fused[name].Lines, PlanText.Fused(Graph.Trace(Fused[name].Network, Item)));

    [Theory]
    [MemberData(nameof(TogetherNames))]
    public void Lines_OfSteps_AreAsInTheTable(string name)
    {
        (Module network, Shape item, string[] lines) = Together[name];
        foreach (int bits in new[] { 512, 256, 128 })
        {
            PlanText plan = new(Graph.Trace(network, item), Precision.Strict, bits);
            AssertLines($"{name}, {bits} bits", lines, plan.Lines(1));
        }
    }

    private static void AssertLines(string name, string[] expected, IReadOnlyList<string> found) =>
        Assert.True(
            expected.SequenceEqual(found),
            $"{name}: expected\n  {string.Join("\n  ", expected)}\ngot\n  {string.Join("\n  ", found)}"
        );

    private static Conv2d Conv() => new(16, 16, 3, padding: 1);

    private static Conv2d Depthwise(int channels = 16) => new(channels, channels, 3, padding: 1, groups: channels);
}
