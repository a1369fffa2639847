namespace Fovea.Workbench;

/// <summary>A layer with filters among the points of a run.</summary>
/// <param name="Place">Its place in <see cref="MeasuredRun.Points"/>.</param>
/// <param name="Result">The place of what it hands on: behind its normalization, where it has one.</param>
/// <param name="Depth">Layers on the longest path from an input, itself included.</param>
/// <param name="Point">Its point.</param>
internal sealed record SignalLayer(int Place, int Result, int Depth, MeasuredPoint Point)
{
    /// <summary>Its name.</summary>
    public string Name => Point.Name;

    /// <summary>Whether a normalization takes its scale away.</summary>
    public bool IsNormalized => Result != Place;

    /// <summary>Logarithm of the norm of all its values in an item, by their mean square.</summary>
    /// <param name="power">The mean square.</param>
    public double LogNorm(double power) => Math.Log(power * Point.Units * Point.Positions) / 2.0;
}

/// <summary>The layers of a run, by the points that were measured.</summary>
internal static class SignalLayers
{
    /// <summary>The layers, in the order of execution.</summary>
    public static IReadOnlyList<SignalLayer> Of(MeasuredRun run)
    {
        int[] depth = new int[run.Points.Count];
        List<SignalLayer> layers = [];
        for (int i = 0; i < run.Points.Count; i++)
        {
            MeasuredPoint point = run.Points[i];
            bool filters = point.Kind == PointKind.Filters;
            depth[i] = point.From.Select(f => depth[f]).DefaultIfEmpty(0).Max() + (filters ? 1 : 0);
            if (filters)
            {
                layers.Add(new SignalLayer(i, ResultOf(run, i), depth[i], point));
            }
        }

        return layers;
    }

    /// <summary>The layers whose output has positions; of a network with fewer than three such, all: gates and heads have
    /// gradients of another scale.</summary>
    public static IReadOnlyList<SignalLayer> Trunk(MeasuredRun run)
    {
        IReadOnlyList<SignalLayer> all = Of(run);
        SignalLayer[] maps = [.. all.Where(l => l.Point.Positions > 1)];
        return maps.Length > 2 ? maps : all;
    }

    /// <summary>Places of the weights of a layer in <see cref="MeasuredRun.Parameters"/>.</summary>
    public static IEnumerable<int> WeightsOf(MeasuredRun run, int place) =>
        Enumerable
            .Range(0, run.Parameters.Count)
            .Where(i => run.Parameters[i].Layer == place && run.Parameters[i].IsWeight);

    /// <summary>The layer's name of a parameter, or else its own.</summary>
    public static string LayerName(MeasuredRun run, MeasuredParameter parameter) =>
        parameter.Layer >= 0 && parameter.Layer < run.Points.Count ? run.Points[parameter.Layer].Name : parameter.Name;

    /// <summary>Size of an update over the size of the weight; NaN where the weight is 0 or nothing was measured.</summary>
    public static double Ratio(MeasuredStep sample, int parameter) =>
        sample.Weights is { } w && sample.Updates is { } u && w[parameter] > 0.0
            ? u[parameter] / w[parameter]
            : double.NaN;

    /// <summary>The node of a point; null where the graph has none of its name.</summary>
    public static Node? NodeOf(Evidence evidence, MeasuredPoint point) =>
        evidence.Graph.Nodes.FirstOrDefault(n => n.Output.Name == point.Name);

    /// <summary>Whether a pool stands between a point and those before it: what it does to a signal depends on how alike
    /// neighbours are, which structure does not know.</summary>
    public static bool IsPooled(Evidence evidence, MeasuredRun run, MeasuredPoint point)
    {
        HashSet<string> before = [.. point.From.Select(f => run.Points[f].Name)];
        Stack<Value> open = new(NodeOf(evidence, point)?.Activations.Select(a => a.Value) ?? []);
        HashSet<Value> seen = [];
        while (open.TryPop(out Value? value))
        {
            if (!seen.Add(value) || before.Contains(value.Name) || value.Producer is not { } node)
            {
                continue;
            }

            bool averages =
                !node.Has(OperatorTraits.Moves)
                && node.Activations.Any(a => a.Value.Shape.Single.Count > node.Output.Shape.Single.Count);
            if (averages || node.Has(OperatorTraits.Pool))
            {
                return true;
            }

            foreach ((_, Value next) in node.Activations)
            {
                open.Push(next);
            }
        }

        return false;
    }

    private static int ResultOf(MeasuredRun run, int place)
    {
        int[] readers = [.. Enumerable.Range(0, run.Points.Count).Where(i => run.Points[i].From.Contains(place))];
        return readers is [int only] && run.Points[only].Kind == PointKind.Normalization ? only : place;
    }
}
