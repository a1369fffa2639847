using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What became of learning one batch by heart.</summary>
/// <param name="First">The loss at first.</param>
/// <param name="Lowest">The lowest loss seen.</param>
/// <param name="Updates">Updates made.</param>
/// <param name="InTime">Whether the updates were made, or enough was seen, before the time was up.</param>
public sealed record PreflightResult(double First, double Lowest, int Updates, bool InTime)
{
    /// <summary>Whether the loss at least halved.</summary>
    public bool Learned => Lowest <= 0.5 * First;

    /// <summary>Whether all updates were made and the loss did not halve.</summary>
    public bool IsStuck => InTime && !Learned;
}

/// <summary>A check before training: a network that cannot learn one batch by heart has a fault that no amount of data mends.</summary>
/// <remarks>The advice is Karpathy's (A Recipe for Training Neural Networks, 2019: "overfit one batch"); the bar, half the first loss within a few dozen steps, is ours.</remarks>
internal static class Preflight
{
    private const int Updates = 40;

    /// <summary>Trains on one batch until the loss has halved, the steps are used up, or the time is; the caller restores the weights.</summary>
    public static PreflightResult Run(
        Module model, Optimizer optimizer, Batch batch, Func<Tensor, Tensor, Tensor> loss, TimeSpan limit, TimeProvider time)
    {
        long start = time.GetTimestamp();
        double first = double.NaN, lowest = double.PositiveInfinity;
        int update = 0;
        while (true)
        {
            optimizer.ZeroGrad();
            Tensor value = loss(model.Forward(batch.Inputs), batch.Targets);
            double now = value.Item();
            first = update == 0 ? now : first;
            lowest = Math.Min(lowest, now);
            PreflightResult result = new(first, lowest, update, InTime: update == Updates || !double.IsFinite(now));
            if (result.InTime || result.Learned || time.GetElapsedTime(start) > limit)
            {
                return result;
            }

            value.Backward();
            optimizer.Step();
            update++;
        }
    }
}
