using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>What is planned for the convolutions of the zoo on every processor of the table, none of which need be at
/// hand.</summary>
public sealed class ProfiledPlanTests
{
    private static readonly int[] Batches = [1, 4, 32];

    public static TheoryData<string> Processors => [.. CpuProfiles.All.Select(p => p.Name)];

    /// <summary>A tile keeps its sums, of pixels and weights the fewer, and one of the others; without a fused multiply-add
    /// the product takes one more.</summary>
    [Theory]
    [MemberData(nameof(Processors))]
    public void Plan_EveryConvolutionOfTheZoo_HasTilesThatFitTheRegisters(string processor)
    {
        CpuProfile cpu = CpuProfiles.Named(processor);
        int tiles = 0;
        foreach ((string what, _, _, IBlockedKernel kernel) in Plans(cpu))
        {
            foreach (TileCover cover in kernel is BlockedConvolution direct ? direct.Covers : [])
            {
                foreach (TileKernel k in new[] { cover.Main, cover.Last }.Where(k => k.Pixels > 0))
                {
                    int registers = (k.Pixels * k.Vectors) + Math.Min(k.Pixels, k.Vectors) + 1 + (cpu.IsFused ? 0 : 1);
                    Assert.True(
                        registers <= cpu.Registers,
                        $"{processor}, {what}: {k.Pixels} x {k.Vectors} takes {registers} of {cpu.Registers} registers"
                    );
                    tiles++;
                }
            }
        }

        Assert.True(tiles > 0, $"{processor}: no direct convolution in the zoo");
        Assert.All(
            TileChoice.For(cpu, TileCall.Block)!.Fitting,
            k => Assert.InRange(k.Sums + Math.Min(k.Pixels, k.Vectors) + 1, 1, cpu.FreeRegisters)
        );
    }

    /// <summary>The source of a block stays in the second cache beside weights and results, unless one row of it is larger. A
    /// block of Winograd's patches does, or is no larger than the weights that it saves from being read again.</summary>
    [Theory]
    [MemberData(nameof(Processors))]
    public void Plan_EveryConvolutionOfTheZoo_HasBlocksThatFitTheCaches(string processor)
    {
        CpuProfile cpu = CpuProfiles.Named(processor);
        foreach ((string what, ConvolutionGeometry g, AlgorithmChoice choice, IBlockedKernel kernel) in Plans(cpu))
        {
            if (kernel is BlockedConvolution direct)
            {
                Assert.True(
                    direct.Block.Units == 1 || direct.Block.Bytes <= cpu.SecondCache / 2,
                    $"{processor}, {what}: {direct.Block.Units} rows of {direct.Block.Bytes} bytes in a cache of {cpu.SecondCache}"
                );
            }
            else if (kernel is WinogradConvolution winograd)
            {
                long points = (choice.Side + 2) * (choice.Side + 2),
                    weights = points * g.InChannels * g.OutChannels * sizeof(float),
                    bytes = winograd.WorkspaceSize * sizeof(float);
                Assert.True(
                    bytes <= Math.Max(cpu.SecondCache / 2, weights),
                    $"{processor}, {what}, {choice.Name}: a block of {bytes} bytes, a cache of {cpu.SecondCache}, weights of {weights}"
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void Choose_PointwiseAndDepthwiseConvolutions_TakeTheirOwnKernels(string processor)
    {
        foreach ((string what, ConvolutionGeometry g, AlgorithmChoice choice, _) in Plans(CpuProfiles.Named(processor)))
        {
            bool isDepthwise = g.Groups == g.InChannels && g.InChannels == g.OutChannels && g.Groups > 1;
            ConvolutionAlgorithm? expected =
                isDepthwise ? ConvolutionAlgorithm.Depthwise
                : g.Taps == 1 ? ConvolutionAlgorithm.Direct
                : null;
            Assert.True(expected is null || choice.Algorithm == expected, $"{processor}, {what}: {choice.Name}");
        }
    }

    /// <summary>Simonyan, Zisserman 2015, configuration D: at 14 pixels and more a weight of F(4x4) is used for 16 patches or
    /// more, so that 36 products instead of 144 outweigh the transforms everywhere.</summary>
    [Theory]
    [MemberData(nameof(Processors))]
    public void Choose_LayersOfVgg16BehindTheFirst_TakeWinograd(string processor)
    {
        (int In, int Out, int Side)[] layers =
        [
            (64, 64, 224),
            (64, 128, 112),
            (128, 128, 112),
            (128, 256, 56),
            (256, 256, 56),
            (256, 512, 28),
            (512, 512, 28),
            (512, 512, 14),
        ];
        foreach ((int channels, int outputs, int side) in layers)
        {
            AlgorithmChoice choice = Choose(channels, outputs, side, 1, CpuProfiles.Named(processor));
            Assert.True(
                choice.IsWinograd,
                $"{processor}, {channels} to {outputs} channels at {side}x{side}: {choice.Name}, {choice.Reason}"
            );
        }
    }

    /// <summary>512 channels at 7x7: 38 MB of weights of F(4x4) for one item.</summary>
    [Theory]
    [MemberData(nameof(Processors))]
    public void Choose_DeepLayerOfOneItemWithSlowMemory_IsNotF4(string processor)
    {
        CpuProfile cpu = CpuProfiles.Named(processor);
        CpuProfile slow = cpu with { FloatsPerCycle = cpu.ProductsPerCycle * cpu.Lanes / 16 };
        Assert.NotEqual(ConvolutionAlgorithm.Winograd4, Choose(512, 512, 7, 1, slow).Algorithm);
        Assert.True(Choose(512, 512, 7, 32, cpu).IsWinograd, $"{processor}: {Choose(512, 512, 7, 32, cpu).Reason}");
    }

    /// <summary>Where all rates of a processor are halved, each choice takes twice as long and stays.</summary>
    [Theory]
    [MemberData(nameof(Processors))]
    public void Choose_OnAProcessorHalfAsFastInAll_IsTheSame(string processor)
    {
        CpuProfile cpu = CpuProfiles.Named(processor);
        CpuProfile half = cpu with
        {
            ProductsPerCycle = cpu.ProductsPerCycle / 2,
            FloatsPerCycle = cpu.FloatsPerCycle / 2,
        };
        foreach (ConvolutionGeometry g in DecisionList.Read().Select(d => d.Geometry))
        {
            foreach (int items in Batches)
            {
                ConvolutionQuestion question = new(ConvolutionPass.Forward, g, DecisionList.LayoutOf(g), Items: items);
                AlgorithmChoice whole = ConvolutionPlanner.Choose(question, cpu),
                    slower = ConvolutionPlanner.Choose(question, half);
                Assert.True(
                    whole.Algorithm == slower.Algorithm,
                    $"{processor}, {g}, {items} items: {whole.Name}, and {slower.Name} at half the speed: {whole.Reason}; {slower.Reason}"
                );
                Assert.Equal(2 * whole.Cycles, slower.Cycles, whole.Cycles * 1e-9);
            }
        }
    }

    /// <summary>The gradient of the weights cuts what the forward pass does: a tile for each width of chunks, none too
    /// large, and blocks for every size.</summary>
    [Theory]
    [MemberData(nameof(Processors))]
    public void WeightsGradient_OfEveryConvolutionOfTheZoo_HasAPlan(string processor)
    {
        CpuProfile cpu = CpuProfiles.Named(processor);
        Assert.Contains(1, GradientTiles.ChunkBlocks(cpu));
        foreach (ConvolutionGeometry g in DecisionList.Read().Select(d => d.Geometry).Where(g => g.InChannels >= 8))
        {
            BlockedLayout y = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
            IWeightsGradient? kernel =
                WinogradWeightsGradient.IsQuicker(g, 4, cpu)
                    ? new WinogradWeightsGradient(
                        g,
                        WinogradConvolution.Halo(g),
                        WinogradWeightsGradient.Halo(g),
                        4,
                        cpu
                    )
                : WeightsGradient.Supports(g) ? new WeightsGradient(g, BlockedConvolution.Halo(g), y, cpu)
                : null;
            Assert.True(
                kernel is null || (kernel.Units > 0 && kernel.SumsSize > 0),
                $"{processor}, {g}: {kernel?.Name} has {kernel?.Units} units, {kernel?.SumsSize} sums"
            );
        }
    }

    private static AlgorithmChoice Choose(int channels, int outputs, int side, int items, CpuProfile cpu)
    {
        WindowAxis axis = new(side, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(1, channels, outputs, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        return ConvolutionPlanner.Choose(new(ConvolutionPass.Forward, g, MapLayout.Blocked, Items: items), cpu);
    }

    /// <summary>The kernels of the convolutions of the zoo that have one for blocked maps.</summary>
    private static IEnumerable<(
        string What,
        ConvolutionGeometry Geometry,
        AlgorithmChoice Choice,
        IBlockedKernel Kernel
    )> Plans(CpuProfile cpu)
    {
        foreach (ConvolutionGeometry g in DecisionList.Read().Select(d => d.Geometry))
        {
            foreach (int items in Batches)
            {
                ConvolutionQuestion question = new(ConvolutionPass.Forward, g, DecisionList.LayoutOf(g), Items: items);
                AlgorithmChoice choice = ConvolutionPlanner.Choose(question, cpu);
                if (!choice.IsEager)
                {
                    BlockedLayout y = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
                    yield return (
                        $"{g}, {items} items",
                        g,
                        choice,
                        ConvolutionKernel
                            .KernelOf(g, ConvolutionPlanner.Halo(question, cpu), y, choice, cpu)
                            .ForItems(items)
                    );
                }
            }
        }
    }
}
