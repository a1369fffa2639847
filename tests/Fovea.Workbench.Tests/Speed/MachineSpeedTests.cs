using Fovea.Kernels;

namespace Fovea.Workbench.Tests;

public sealed class MachineSpeedTests
{
    /// <summary>The Opteron X2 of Williams, Waterman and Patterson (2009), "Roofline", figure 1a: 17.6 GFLOP/s and 15 GB/s in
    /// double precision; the text has its ridge at about 1 FLOP a byte.</summary>
    private static readonly MachineSpeed Opteron = new(2, 17.6, 100, 50, 0, 15);

    [Theory]
    [InlineData(0.25, 3.75)]
    [InlineData(1, 15)]
    [InlineData(17.6 / 15, 17.6)]
    [InlineData(16, 17.6)]
    public void Roof_AtAnIntensity_IsTheLesserOfMemoryAndPeak(double intensity, double expected) =>
        Assert.Equal(expected, Opteron.Roof(intensity), 1e-9);

    [Fact]
    public void Ridge_IsWhereTheRoofsMeet() => Assert.Equal(17.6 / 15, Opteron.Ridge, 1e-9);

    [Fact]
    public void Or_TwoMeasurements_KeepsTheGreaterOfEach()
    {
        MachineSpeed loaded = new(2, 20, 90, 60, 5, 10);
        Assert.Equal(new MachineSpeed(2, 20, 100, 60, 5, 15), Opteron.Or(loaded));
        Assert.Equal(Opteron.Or(loaded), loaded.Or(Opteron));
        Assert.Contains(
            "2 threads and with 3",
            Assert.Throws<ArgumentException>(() => Opteron.Or(loaded with { Threads = 3 })).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Half of a cache stays in it; what is to come from memory must not fit all caches together.</summary>
    [Fact]
    public void Blocks_OfEveryKindOfProcessor_FitTheirCacheAndNoNearerOne()
    {
        foreach (CpuProfile cpu in CpuFamilies.All.Select(f => f.Profile))
        {
            foreach (int threads in new[] { 1, 2, 64 })
            {
                (long first, long second, long third, long memory) = MachineSpeed.Blocks(cpu, threads);
                string what =
                    $"{cpu.Name}, {threads} threads: blocks of {first}, {second}, {third}, {memory}, caches of {cpu.FirstCache}, {cpu.SecondCache}, {cpu.ThirdCache}";
                Assert.True(first >= MemorySpeed.FewestBytes && first < cpu.FirstCache, what);
                Assert.True(second > cpu.FirstCache && second < cpu.SecondCache, what);
                Assert.True(third == 0 || (third > cpu.SecondCache && third * threads < cpu.ThirdCache), what);
                Assert.True(memory > cpu.SecondCache && memory * threads > cpu.ThirdCache, what);
            }
        }
    }

    [Theory]
    [InlineData(1000, 10, SpeedBound.Compute)] // 200 FLOP a byte
    [InlineData(1, 10_000_000, SpeedBound.Memory)] // 10 GB/s of 15 in a millisecond
    [InlineData(1, 30_000_000, SpeedBound.Cache)] // 30 GB/s: more than memory brings
    [InlineData(0, 10_000_000, SpeedBound.Memory)]
    public void Bound_OfALayerOfAMillisecond_IsWhatItsIntensityAndItsSpeedSay(
        long multiplyAdds,
        long bytes,
        SpeedBound expected
    ) =>
        Assert.Equal(
            expected,
            new LayerSpeed("conv", StepDirection.Forward, [], 1, multiplyAdds, bytes, Opteron).Bound
        );

    [Fact]
    public void LayerSpeed_OfPassesOfALayer_SumsThemByDirection()
    {
        StepTime[] steps =
        [
            new("a", 1, 2_000_000, "conv", 1_000_000),
            new("b", 3, 0, "conv", 500_000),
            new("c", 2, 2_000_000, "conv", 7, StepDirection.BackwardWeights),
        ];

        IReadOnlyList<LayerSpeed> layers = LayerSpeed.Of(steps, Opteron);

        Assert.Equal(2, layers.Count);
        LayerSpeed forward = layers[0];
        Assert.Equal(
            ("conv", 4.0, 2_000_000L, 1_500_000L),
            (forward.Layer, forward.Milliseconds, forward.MultiplyAdds, forward.Bytes)
        );
        Assert.Equal(["a", "b"], forward.Steps);
        Assert.Equal(1.0, forward.Gflops, 1e-12); // 4 MFLOP in 4 ms
        Assert.Equal(0.375, forward.GigabytesPerSecond, 1e-12); // 1.5 MB in 4 ms
        Assert.Equal(4 / 1.5, forward.Intensity, 1e-12);
        Assert.Equal(1 / 17.6, forward.ShareOfPeak, 1e-12);
        Assert.Equal(1 / 17.6, forward.ShareOfRoof, 1e-12); // beyond the ridge
        Assert.Equal(StepDirection.BackwardWeights, layers[1].Direction);
    }
}
