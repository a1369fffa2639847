namespace Fovea.Workbench.Tests;

public sealed class TrainingStateTests
{
    [Theory]
    [InlineData(0.5, 1.0, 0.6, 9.0, true)] // accuracy decides
    [InlineData(0.5, 1.0, 0.4, 0.1, false)]
    [InlineData(0.5, 1.0, 0.5, 0.9, true)] // then the loss
    [InlineData(0.5, 1.0, 0.5, 1.0, false)]
    [InlineData(0.0, -1.0, 0.0, -0.9, false)] // negative losses too
    [InlineData(0.0, -1.0, 0.0, -1.1, true)]
    [InlineData(0.5, double.NaN, 0.5, 3.0, true)] // a number is better than none
    [InlineData(0.5, 3.0, 0.5, double.NaN, false)]
    [InlineData(0.5, double.NaN, 0.5, double.NaN, false)]
    [InlineData(0.5, double.PositiveInfinity, 0.5, 3.0, true)]
    [InlineData(0.5, double.NaN, 0.4, 3.0, false)]
    public void IsBest_SecondEpoch_IsComparedWithTheFirst(
        double accuracy,
        double loss,
        double nextAccuracy,
        double nextLoss,
        bool better
    )
    {
        TrainingState state = new();
        Assert.True(state.IsBest(accuracy, loss));
        state.NextEpoch();
        Assert.Equal(better, state.IsBest(nextAccuracy, nextLoss));
        Assert.Equal(better ? 2 : 1, state.BestEpoch);
    }
}
