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
            ["linear decoder"] = () =>
                [
                    Networks.Conv(),
                    new AvgPool2d(4, divisorOverride: 1),
                    Networks.Conv(),
                    new Upsample(2.0, UpsampleMode.Linear),
                    Networks.Conv(),
                    new Upsample(2.0, UpsampleMode.Linear),
                    Networks.Conv(),
                ],
            ["one and a half"] = () => [Networks.Conv(), new Upsample(1.5), Networks.Conv(), Networks.Conv(3, 3)],
            ["transposed behind transposed"] = () =>
                [
                    Networks.Conv(3, 4),
                    new ConvTranspose2d(1, 1, 3, 2, 1, 1, bias: false),
                    new ConvTranspose2d(1, 1, 5, 2, 2, 1, bias: false, dilation: 1),
                    Networks.Conv(),
                ],
            // The map between is cut by positions that the input of a tile could tell: tiles need more than is seen.
            ["cropped"] = () =>
                [Networks.Conv(2, 2, 0), new ConvTranspose2d(1, 1, 2, 2, 1, bias: false), Networks.Conv()],
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
        double jump = evidence.Fields[evidence.Graph.Output]!.Stride[0];
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
            IsSame(net, jump, image, first, core, front, behind),
            $"{name}: with halo {front} and {behind} the tile differs from the whole"
        );
        Assert.True(
            front == 0 || !IsSame(net, jump, image, first, core, front - grid, behind),
            $"{name}: halo {front - grid} in front is enough, {front} was said"
        );
        Assert.True(
            behind == 0 || !IsSame(net, jump, image, first, core, front, behind - grid),
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

    // In a tile these divide another size, so that they read elsewhere.
    [Fact]
    public void Ask_ResamplingToASize_CannotBeSeamless()
    {
        Module[] dividing =
        [
            Upsample.ToSize(24, UpsampleMode.Nearest),
            new Upsample(2.0, UpsampleMode.Linear, alignCorners: true),
            new AdaptiveAvgPool2d(6),
        ];
        foreach (Module layer in dividing)
        {
            Answer answer = Networks.Ask<TileHalo>(Networks.Of([1, 16, 16], Networks.Conv(), layer, Networks.Conv()));
            Assert.True(
                answer.Verdict == Verdict.Look && answer.Layers is ["1"],
                $"{layer.GetType().Name}: {answer.Verdict}, {answer.Finding}"
            );
        }
    }

    private static bool IsSame(Module net, double jump, float[] image, int first, int core, int front, int behind)
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
            count = At(core);
        for (int i = 0; i < count * count; i++)
        {
            int row = i / count,
                column = i % count;
            if (
                whole[((At(first) + row) * all) + At(first) + column]
                != tile[((At(front) + row) * own) + At(front) + column]
            )
            {
                return false;
            }
        }

        return true;

        int At(int pixel) => (int)Math.Round(pixel / jump);
    }
}
