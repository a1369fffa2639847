namespace Fovea.Kernels.Tests;

public sealed class ConvolutionPlannerTests
{
    private static readonly WindowAxis Axis = new(56, 3, 1, 1, 1, 1);

    [Fact]
    public void Plan_LayerOfARealNetwork_IsDirect() =>
        Assert.Equal(
            ConvolutionAlgorithm.Direct,
            ConvolutionPlanner
                .Plan(new ConvolutionGeometry(16, 64, 64, 1, WindowAxis.None, Axis, Axis, PaddingMode.Zeros))
                .Algorithm
        );

    [Fact]
    public void Plan_EmptyBatch_IsReferenceAndSaysWhy()
    {
        ConvolutionPlan plan = ConvolutionPlanner.Plan(
            new ConvolutionGeometry(0, 64, 64, 1, WindowAxis.None, Axis, Axis, PaddingMode.Zeros)
        );
        Assert.Equal(ConvolutionAlgorithm.Reference, plan.Algorithm);
        Assert.Contains("empty", plan.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_GroupBeyond32BitOffsets_IsReferenceAndSaysWhy()
    {
        WindowAxis large = new(40_000, 3, 1, 1, 1, 1);
        ConvolutionPlan plan = ConvolutionPlanner.Plan(
            new ConvolutionGeometry(1, 2, 2, 1, WindowAxis.None, large, large, PaddingMode.Zeros)
        );
        Assert.Equal(ConvolutionAlgorithm.Reference, plan.Algorithm);
        Assert.Contains("32-bit offsets", plan.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_OfAGeometry_ReadsAsOneLine() =>
        Assert.Equal(
            "64x56x56 * 3x3 -> 128x56x56, stride 1x1, pad 1x1+1x1 Zeros, dilation 1x1, groups 1, batch 16",
            new ConvolutionGeometry(16, 64, 128, 1, WindowAxis.None, Axis, Axis, PaddingMode.Zeros).ToString()
        );
}
