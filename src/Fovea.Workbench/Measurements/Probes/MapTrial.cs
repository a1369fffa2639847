using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>A network in evaluation as a graph, and some items to look at its maps with.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Evidence">Its structure.</param>
/// <param name="Input">The items.</param>
internal sealed record MapTrial(Graph Graph, Evidence Evidence, Tensor Input)
{
    /// <summary>Prepares it; null for a network that cannot be traced, has several inputs, or one without
    /// positions.</summary>
    /// <param name="context">What a probe is given.</param>
    /// <param name="items">Items at most.</param>
    public static MapTrial? Of(ProbeContext context, int items)
    {
        if (context.Train.Concat(context.HeldOut).FirstOrDefault() is not { } whole)
        {
            return null;
        }

        context.Model.Eval();
        Batch batch = Trials.First(whole, items);
        return
            batch.AllInputs is [{ Rank: > 2 } input]
            && input.DType != DType.Int64
            && context.Trace(batch) is { SpatialRank: > 0 } graph
            ? new MapTrial(graph, new Evidence(graph), input)
            : null;
    }

    /// <summary>Runs items through the network.</summary>
    /// <param name="input">The items.</param>
    /// <param name="see">Sees each value as it is computed; maps of all layers together may be more than memory holds.</param>
    public void Run(Tensor input, Interpreter.Probe see) =>
        new Interpreter(Graph) { AppliesUpdates = false }.Run([input], see);
}
