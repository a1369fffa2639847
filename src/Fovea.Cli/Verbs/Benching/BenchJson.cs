using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What <c>bench --json</c> prints: the contract's fields, and behind them the machine and the layers, which are null unless
/// steps were asked for.</summary>
internal static class BenchJson
{
    public static object Of(BenchResult r) =>
        new
        {
            r.Model,
            r.Whole.Batch,
            r.Whole.Threads,
            r.Request.Mode,
            r.Whole.MedianMs,
            r.Whole.MinMs,
            r.Whole.P90Ms,
            r.Whole.Gflops,
            r.Whole.PeakGflops,
            ImagesPerSecond = r.Whole.ItemsPerSecond,
            r.Whole.NotCompiled,
            Profile = MachineProfile.Current,
            r.Machine,
            Layers = r.Request.ByStep ? r.Layers.Select(Of) : null,
        };

    private static object Of(LayerSpeed l) =>
        new
        {
            l.Layer,
            Direction = NameOf(l.Direction),
            l.Milliseconds,
            Macs = l.MultiplyAdds,
            l.Bytes,
            l.Gflops,
            l.ShareOfPeak,
            l.GigabytesPerSecond,
            l.Intensity,
            Bound = NameOf(l.Bound),
            l.ShareOfRoof,
            l.Steps,
        };

    private static string NameOf(StepDirection direction) =>
        direction switch
        {
            StepDirection.Forward => "forward",
            StepDirection.BackwardData => "backward-data",
            StepDirection.BackwardWeights => "backward-weights",
            _ => "update",
        };

    private static string NameOf(SpeedBound bound) =>
        bound switch
        {
            SpeedBound.Compute => "compute",
            SpeedBound.Memory => "memory",
            _ => "cache",
        };
}
