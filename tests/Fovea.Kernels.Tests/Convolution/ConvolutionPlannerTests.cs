using Fovea.Testing;

namespace Fovea.Kernels.Tests;

public sealed class ConvolutionPlannerTests
{
    private static readonly WindowAxis Axis = new(56, 3, 1, 1, 1, 1);
    private static readonly ConvolutionGeometry Layer = new(
        16,
        64,
        64,
        1,
        WindowAxis.None,
        Axis,
        Axis,
        PaddingMode.Zeros
    );

    private static readonly ConvolutionPass[] Passes = Enum.GetValues<ConvolutionPass>();

    public static TheoryData<string> Processors => [.. CpuProfiles.All.Select(p => p.Name)];

    [Fact]
    public void Choose_LayerOfARealNetworkOnTensors_IsPlanesInEveryPass() =>
        Assert.All(Passes, p => Assert.Equal(ConvolutionAlgorithm.Planes, OnTensors(p, Layer).Algorithm));

    [Fact]
    public void Choose_EmptyBatch_IsReferenceAndSaysWhy() =>
        Assert.All(
            Passes,
            pass =>
            {
                AlgorithmChoice choice = OnTensors(pass, Layer with { Batch = 0 });
                Assert.Equal(ConvolutionAlgorithm.Reference, choice.Algorithm);
                Assert.Contains("empty", choice.Reason, StringComparison.Ordinal);
            }
        );

    [Fact]
    public void Choose_GroupBeyond32BitOffsets_IsReferenceAndSaysWhy() =>
        Assert.All(
            Passes,
            pass =>
            {
                WindowAxis large = new(40_000, 3, 1, 1, 1, 1);
                AlgorithmChoice choice = OnTensors(
                    pass,
                    new(1, 2, 2, 1, WindowAxis.None, large, large, PaddingMode.Zeros)
                );
                Assert.Equal(ConvolutionAlgorithm.Reference, choice.Algorithm);
                Assert.Contains("32-bit offsets", choice.Reason, StringComparison.Ordinal);
            }
        );

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Choose_GradientOfBlockedMaps_IsOnTensors(int pass)
    {
        AlgorithmChoice choice = ConvolutionPlanner.Choose(
            new((ConvolutionPass)pass, Layer with { Batch = 1 }, MapLayout.Blocked),
            CpuProfiles.SapphireRapids
        );
        Assert.Equal(pass != 0, choice.IsEager);
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void Choose_StrictOnAnyProcessor_IsNeverWinograd(string processor)
    {
        CpuProfile cpu = CpuProfiles.All.Single(p => p.Name == processor).Cpu;
        Assert.All(
            DecisionList.Read(),
            d =>
                Assert.False(
                    ConvolutionPlanner
                        .Choose(
                            new(
                                ConvolutionPass.Forward,
                                d.Geometry,
                                DecisionList.LayoutOf(d.Geometry),
                                Precision.Strict
                            ),
                            cpu
                        )
                        .IsWinograd,
                    d.Geometry.ToString()
                )
        );
    }

    /// <summary>Weights that are read once: F(4x4) has 36 of them a filter, F(2x2) 16, direct sums 9. 512 channels at
    /// 7x7 have four patches of 4x4 and 18.9 million products a million weights; so the slower the memory beside the
    /// multiply-adds, the fewer weights are wanted.</summary>
    [Fact]
    public void Choose_DeepLayerOfOneItem_TakesFewerWeightsWhereMemoryIsSlower()
    {
        WindowAxis seven = new(7, 3, 1, 1, 1, 1);
        ConvolutionGeometry deep = new(1, 512, 512, 1, WindowAxis.None, seven, seven, PaddingMode.Zeros);
        ConvolutionAlgorithm At(double floats) =>
            ConvolutionPlanner
                .Choose(
                    new(ConvolutionPass.Forward, deep, MapLayout.Blocked),
                    CpuProfiles.Zen3 with
                    {
                        FloatsPerCycle = floats,
                    }
                )
                .Algorithm;
        Assert.Equal(ConvolutionAlgorithm.Winograd4, At(16));
        Assert.Equal(ConvolutionAlgorithm.Winograd2, At(1.1));
        Assert.Equal(ConvolutionAlgorithm.Direct, At(0.2));
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void WorkspaceFloats_OfEveryChoiceOfTheZoo_AreWhatTheKernelWorksIn(string processor)
    {
        CpuProfile cpu = CpuProfiles.All.Single(p => p.Name == processor).Cpu;
        int winograds = 0;
        foreach (ConvolutionGeometry g in DecisionList.Read().Select(d => d.Geometry))
        {
            foreach (int items in new[] { 1, 3 })
            {
                ConvolutionQuestion question = new(ConvolutionPass.Forward, g, DecisionList.LayoutOf(g), Items: items);
                AlgorithmChoice choice = ConvolutionPlanner.Choose(question, cpu);
                long needed = 0;
                if (choice.IsWinograd)
                {
                    winograds++;
                    BlockedLayout y = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
                    BlockedLayout x = ConvolutionPlanner.Halo(question, cpu);
                    needed = new WinogradConvolution(g, x, y, cpu, choice.Side, items: items).WorkspaceSize;
                }

                Assert.True(
                    needed == choice.WorkspaceFloats,
                    $"{g}, {items} items: {choice.Name} works in {needed} floats, the planner says {choice.WorkspaceFloats}"
                );
            }
        }

        Assert.True(winograds > 0, $"{processor} takes Winograd's algorithm for no convolution of the zoo");
    }

    [Fact]
    public void For_AGeometryTwice_IsTheSamePlan()
    {
        ConvolutionGeometry g = Layer with { Batch = 3 };
        Assert.Same(ConvolutionPlan.For(g), ConvolutionPlan.For(g));
        Assert.Equal(Layer with { Batch = 5 }, ConvolutionPlan.For(Layer with { Batch = 5 }).Geometry);
    }

    [Fact]
    public void For_MoreGeometriesThanAreKept_StillPlansEach()
    {
        for (int batch = 1; batch <= 400; batch++)
        {
            Assert.Equal(batch, ConvolutionPlan.For(Layer with { Batch = batch }).Geometry.Batch);
        }
    }

    [Fact]
    public void ToString_OfAGeometry_ReadsAsOneLine() =>
        Assert.Equal(
            "64x56x56 * 3x3 -> 128x56x56, stride 1x1, pad 1x1+1x1 Zeros, dilation 1x1, groups 1, batch 16",
            (Layer with { OutChannels = 128 }).ToString()
        );

    private static AlgorithmChoice OnTensors(ConvolutionPass pass, ConvolutionGeometry g) =>
        ConvolutionPlanner.Choose(new(pass, g, MapLayout.Tensor), CpuProfiles.Zen3);
}
