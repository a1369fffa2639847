namespace Fovea.Kernels.Tests;

public sealed class BroadcastPlanTests
{
    [Fact]
    public void Create_SameShape_IsOneRun()
    {
        BroadcastPlan plan = BroadcastPlan.Create([2, 3, 4], [2, 3, 4], [2, 3, 4]);
        Assert.Equal([24], plan.Sizes);
        Assert.Equal([1L], plan.StepsA);
        Assert.Equal([1L], plan.StepsB);
    }

    [Fact]
    public void Create_PerChannel_MergesSpatialAxesAndRepeatsOverThem()
    {
        BroadcastPlan plan = BroadcastPlan.Create([2, 3, 4, 5], [3, 1, 1], [2, 3, 4, 5]);
        Assert.Equal([2, 3, 20], plan.Sizes);
        Assert.Equal([60L, 20L, 1L], plan.StepsA);
        Assert.Equal([0L, 1L, 0L], plan.StepsB);
    }

    [Fact]
    public void Create_LastAxisAndScalar_MergeLeadingAxes()
    {
        Assert.Equal([6, 4], BroadcastPlan.Create([2, 3, 4], [4], [2, 3, 4]).Sizes);
        Assert.Equal([24], BroadcastPlan.Create([2, 3, 4], [], [2, 3, 4]).Sizes);
        Assert.Equal([1], BroadcastPlan.Create([], [1, 1], [1, 1]).Sizes);
    }
}
