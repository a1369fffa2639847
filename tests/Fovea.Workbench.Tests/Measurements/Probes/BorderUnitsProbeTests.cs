using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class BorderUnitsProbeTests
{
    // Less what stands above: about 0 inside, the value itself in the first row, where zeros stand above.
    [Theory]
    [InlineData(PaddingMode.Zeros, 1)]
    [InlineData(PaddingMode.Circular, 0)]
    [InlineData(PaddingMode.Reflect, 0)]
    public void Try_PlantedDetector_IsFoundWithZeroPaddingAlone(PaddingMode mode, int expected)
    {
        Conv2d layer = new(1, 6, 3, padding: 1, bias: false, paddingMode: mode);
        float[] kernels = new float[6 * 9];
        for (int unit = 0; unit < 6; unit++)
        {
            kernels[(9 * unit) + 4] = unit + 1; // the others look at their own position
        }

        kernels[(9 * 3) + 1] = -4;
        layer.Weight.CopyFrom(Tensor.From(kernels, [6, 1, 3, 3]));
        MeasuredProbe line = Assert.Single(Lines(new Sequential(layer), Images(16)));
        Assert.Equal((6.0, (double)expected), (line["units"], line["found"]));
    }

    [Fact]
    public void Try_PlantedDetectorOnSeries_IsFound()
    {
        Conv1d layer = new(1, 2, 3, padding: 1, bias: false);
        layer.Weight.CopyFrom(Tensor.From([0f, 1f, 0f, 0f, 1f, -1f], [2, 1, 3]));
        Tensor series = Tensor.Normal([16, 1, 40], rng: new Rng(2)) + 5.0;
        Assert.Equal(1.0, Assert.Single(Lines(new Sequential(layer), series))["found"]);
    }

    // CornerImages are bright in a corner, so that border and middle differ in what they show.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Try_CircularPadding_FindsNoMoreThanChance(ulong seed)
    {
        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(
            new BorderUnitsProbe(),
            Labelled(Stack(PaddingMode.Circular, seed), 3, [.. Loader().Epoch(0)])
        );
        Assert.Equal(3, lines.Count);
        double found = lines.Sum(l => l["found"]),
            units = lines.Sum(l => l["units"]);
        Assert.True(Proportion.Wilson((long)found, (long)units).Low <= 0.01, $"{found} of {units} units");
    }

    [Fact]
    public void Try_ZeroPadding_FindsMoreThanCircularPadding()
    {
        double zeros = Found(PaddingMode.Zeros),
            circular = Found(PaddingMode.Circular);
        Assert.True(zeros > 5 * (1 + circular), $"{zeros} units with zero padding, {circular} with circular");

        static double Found(PaddingMode mode) => Lines(Stack(mode, 5), Images(32)).Sum(l => l["found"]);
    }

    [Fact]
    public void Try_MapsOfFewPositions_AreLeftOut() =>
        Assert.Empty(Lines(new Sequential(new Conv2d(1, 2, 3, stride: 4, padding: 1)).Initialize(1), Images(8)));

    private static IReadOnlyList<MeasuredProbe> Lines(Module model, Tensor input) =>
        ProbeRunner.Run(new BorderUnitsProbe(), Labelled(model, 3, BatchOf(input, new long[input.Shape[0]])));

    private static Tensor Images(int items) => Tensor.Normal([items, 1, 16, 16], rng: new Rng(6)) + 5.0;

    private static Module Stack(PaddingMode mode, ulong seed) =>
        new Sequential(
            new Conv2d(1, 64, 3, padding: 1, paddingMode: mode),
            new ReLU(),
            new Conv2d(64, 64, 3, padding: 1, paddingMode: mode),
            new ReLU(),
            new Conv2d(64, 64, 3, padding: 1, paddingMode: mode)
        ).Initialize(seed);
}
