namespace Fovea.Workbench.Tests;

public sealed class TileHaloTests
{
    private const int Side = 96;

    // Whole numbers as weights and input, so that the order of additions does not matter: tiles must be equal to the
    // whole bit for bit, and a halo one unit smaller must show.
    public static TheoryData<string> Cases => new(Nets.Keys);

    private static Dictionary<string, Func<Module[]>> Nets { get; } =
        new()
        {
            ["three convolutions"] = () => [Networks.Conv(), Networks.Conv(5), Networks.Conv()],
            ["encoder and decoder"] = () =>
                [
                    Networks.Conv(),
                    new AvgPool2d(2, divisorOverride: 1),
                    Networks.Conv(),
                    new Upsample(2.0),
                    Networks.Conv(),
                ],
            ["transposed"] = () =>
                [Networks.Conv(3, 2), Networks.Conv(), new ConvTranspose2d(1, 1, 4, 2, 1, bias: false)],
            ["causal"] = () => [new Conv2d(1, 1, 3, padding: Padding.Causal, bias: false), Networks.Conv()],
            ["skip"] = () =>
                [
                    new Residual(new Sequential(Networks.Conv(3, 2), Networks.Conv(), new Upsample(2.0))),
                    Networks.Conv(),
                ],
            ["strided"] = () => [Networks.Conv(), Networks.Conv(3, 2), Networks.Conv(5, 2)],
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ask_Tiles_AreTheWholeAndOneUnitLessIsNot(string name)
    {
        Sequential net = new(Nets[name]());
        Evidence evidence = new(Graph.Trace(net, [1, Side, Side]), name);
        Answer answer = Networks.Ask<TileHalo>(evidence).Is(Verdict.Ok);
        int front = (int)answer.Number("haloFront"),
            behind = (int)answer.Number("haloBehind"),
            grid = (int)answer.Number("grid");
        foreach (Parameter weight in net.Parameters())
        {
            weight.Fill(1.0);
        }

        Rng rng = new(7);
        float[] image = [.. Enumerable.Range(0, Side * Side).Select(_ => 1f + rng.Next(8))];
        int core = 32,
            first = 32;
        Assert.True(
            front <= first && behind <= Side - first - core,
            $"{name}: halo {front} and {behind} leave no tile in {Side}"
        );
        Assert.True(
            IsSame(net, image, first, core, front, behind),
            $"{name}: with halo {front} and {behind} the tile differs from the whole"
        );
        Assert.True(
            front == 0 || !IsSame(net, image, first, core, front - grid, behind),
            $"{name}: halo {front - grid} in front is enough, {front} was said"
        );
        Assert.True(
            behind == 0 || !IsSame(net, image, first, core, front, behind - grid),
            $"{name}: halo {behind - grid} behind is enough, {behind} was said"
        );
    }

    [Fact]
    public void Ask_Classifier_SaysItForTheLastMap()
    {
        Answer answer = Networks.Ask<TileHalo>(Networks.Zoo("resnet18")).Is(Verdict.NotApplicable);
        Assert.Equal(
            (217.0, 224.0, 32.0),
            (answer.Number("reachFront"), answer.Number("haloFront"), answer.Number("grid"))
        );
    }

    [Fact]
    public void Ask_Gate_CannotBeSeamless() =>
        Networks
            .Ask<TileHalo>(
                Networks.Of(
                    [4, 16, 16],
                    Networks.Conv(channels: 4),
                    new SqueezeExcite(4, 2),
                    Networks.Conv(channels: 4)
                )
            )
            .Is(Verdict.Look);

    [Fact]
    public void Ask_GroupNormalization_CannotBeSeamless() =>
        Assert.Equal(
            ["1"],
            Networks
                .Ask<TileHalo>(Networks.Of([4, 16, 16], Networks.Conv(channels: 4), new GroupNorm(4, 2)))
                .Is(Verdict.Look)
                .Layers
        );

    private static bool IsSame(Module net, float[] image, int first, int core, int front, int behind)
    {
        float[] whole = NoGrad.Run(() => net.Forward(Tensor.From<float>(image, [1, 1, Side, Side]))).ToArray();
        int from = first - front,
            side = front + core + behind;
        float[] part =
        [
            .. Enumerable.Range(0, side * side).Select(i => image[((from + (i / side)) * Side) + from + (i % side)]),
        ];
        float[] tile = NoGrad.Run(() => net.Forward(Tensor.From<float>(part, [1, 1, side, side]))).ToArray();
        int all = (int)Math.Sqrt(whole.Length),
            own = (int)Math.Sqrt(tile.Length),
            scale = Side / all,
            count = core / scale;
        for (int i = 0; i < count * count; i++)
        {
            int row = i / count,
                column = i % count;
            if (
                whole[(((first / scale) + row) * all) + (first / scale) + column]
                != tile[(((front / scale) + row) * own) + (front / scale) + column]
            )
            {
                return false;
            }
        }

        return true;
    }
}
