namespace Fovea.Tests;

/// <summary>Convolutions that no compiled kernel computes, with what usually stands behind them.</summary>
public sealed class EagerConvolutionTests
{
    public static TheoryData<string> Kinds =>
        [
            "circular",
            "reflect",
            "replicate",
            "stride 3",
            "stride 4",
            "three groups",
            "first circular",
            "first stride 3",
            "first stride 4",
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_WithNormalizationAndClampBehind_IsWhatTheModuleComputes(string kind)
    {
        bool first = kind.StartsWith("first ", StringComparison.Ordinal);
        int channels = first ? 3 : 9;
        Sequential net = new(
            Convolution(kind.Replace("first ", "", StringComparison.Ordinal), channels),
            new BatchNorm2d(9),
            new ReLU()
        );
        if (!first)
        {
            net = new Sequential(new Conv2d(3, 9, 3, padding: 1), new ReLU(), net);
        }

        net.Initialize(3);
        net.Eval();
        Tensor x = Tensor.Normal([2, 3, 17, 17], rng: new Rng(1));
        Tensor expected = NoGrad.Run(() => net.Forward(x)),
            actual = net.Compile([3, 17, 17]).Run(x);
        Assert.Equal(expected.Shape, actual.Shape);
        float[] a = expected.ToArray(),
            b = actual.ToArray();
        double off = a.Zip(b, (p, q) => Math.Abs(p - q)).Max();
        Assert.True(off < 1e-5, $"{kind}: off by {off:G3} of {a.Max():G3}");
    }

    private static Conv2d Convolution(string kind, int channels) =>
        kind switch
        {
            "stride 3" => new Conv2d(channels, 9, 3, stride: 3),
            "stride 4" => new Conv2d(channels, 9, 3, stride: 4),
            "three groups" => new Conv2d(channels, 9, 3, groups: 3),
            _ => new Conv2d(channels, 9, 3, padding: 1, paddingMode: Enum.Parse<PaddingMode>(kind, ignoreCase: true)),
        };
}
