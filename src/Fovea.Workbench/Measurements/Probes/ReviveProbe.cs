using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>revive</c>: whether units that are never above 0 would be of use.</summary>
/// <remarks>
/// <para>For layers whose activation had dead units at the end of the last epoch (<see cref="MeasuredEpoch.DeadUnits"/>), the four with
/// the most: the bias of each dead unit, or the shift of the normalization in between, is raised so that it is above 0 somewhere in
/// half of the fixed items learned from; then 20 steps on the coming batches, beside 20 steps without it.</para>
/// <para>Values by layer: <c>loss</c>, mean loss of the fixed items after 20 steps, with statistics of the batch and without dropping units;
/// <c>revived</c>; <c>error</c>, the standard error of their paired difference; <c>units</c>, units revived. No lines for layers
/// without bias or shift, or for networks of several inputs.</para>
/// </remarks>
public sealed class ReviveProbe : Probe
{
    private const int Layers = 4;
    private const double Lift = 1e-3;

    /// <inheritdoc/>
    public override string Name => "revive";

    /// <inheritdoc/>
    public override double Cost => 40;

    /// <inheritdoc/>
    public override bool NeedsOptimizer => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (string Point, string Layer)[] dead = [.. Dead(context.Measured)];
        IReadOnlyList<Batch> coming = context.Coming(Trials.Steps);
        if (dead.Length == 0 || coming.Count == 0 || context.Train.Count == 0 || context.Train[0].AllInputs.Count > 1)
        {
            return [];
        }

        Graph? graph = context.Trace(context.Train[0]);
        ProbeState start = new(context);
        LossSample? own = null;
        List<MeasuredProbe> lines = [];
        foreach ((string point, string layer) in dead)
        {
            start.Restore();
            if (graph?.Nodes.FirstOrDefault(n => n.Name == point) is { } node && Remedy(context, node) is { } remedy)
            {
                start.Restore();
                own ??= context.TrainedLoss(coming, context.Train);
                start.Restore();
                LossSample revived = Revived(context, remedy, coming);
                lines.Add(
                    Line(
                        context,
                        layer,
                        ("loss", own.Mean),
                        ("revived", revived.Mean),
                        ("error", revived.ErrorOf(own)),
                        ("units", remedy.Lifts.Count(l => l != 0))
                    )
                );
            }
        }

        return lines;
    }

    private static LossSample Revived(
        ProbeContext context,
        (Parameter Shift, double[] Lifts) remedy,
        IReadOnlyList<Batch> coming
    )
    {
        Tensor lifts = Tensor.From(remedy.Lifts, remedy.Shift.Shape).To(remedy.Shift.DType);
        remedy.Shift.CopyFrom(NoGrad.Run(() => remedy.Shift + lifts));
        return context.TrainedLoss(coming, context.Train);
    }

    /// <summary>What to add to which shift; null where none is added before an activation, or no unit of it is dead.</summary>
    private static (Parameter Shift, double[] Lifts)? Remedy(ProbeContext context, Node activation)
    {
        context.Model.Eval();
        return
            Shift(activation) is { } shift
            && Lifts(context, activation, shift) is { } lifts
            && Array.Exists(lifts, l => l != 0)
            ? (shift, lifts)
            : null;
    }

    /// <summary>The activations with the most dead units, and what their layers are called.</summary>
    private static IEnumerable<(string Point, string Layer)> Dead(Measurements? measured)
    {
        if (measured?.Epochs is not [.., { DeadUnits: { Count: > 0 } counts }])
        {
            return [];
        }

        IReadOnlyList<MeasuredPoint> points = measured.Run.Points;
        return Enumerable
            .Range(0, Math.Min(points.Count, counts.Count))
            .Where(i => counts[i] > 0 && points[i].Kind == PointKind.Activation)
            .OrderByDescending(i => counts[i])
            .Take(Layers)
            .Select(i => (points[i].Name, points[i].Layer >= 0 ? points[points[i].Layer].Name : points[i].Name));
    }

    /// <summary>The bias or shift that is added, by unit, right before an activation; null where there is none.</summary>
    private static Parameter? Shift(Node activation)
    {
        Node? before = activation.Inputs[0].Producer;
        return before
            ?.Parameters.Where(p => p.Rank == 1 && p.Kind is ParameterKind.Bias or ParameterKind.Norm)
            .LastOrDefault(p => IsShift(before, p));
    }

    /// <summary>A normalization reads its scale before its shift.</summary>
    private static bool IsShift(Node node, Parameter parameter) =>
        parameter.Kind == ParameterKind.Bias
        || (node.Has(OperatorTraits.Normalizes) && node.Parameters.Count() == 2 && node.Parameters.Last() == parameter);

    /// <summary>By unit what to add; 0 for units that are alive. Null where units are not those of the shift.</summary>
    private static double[]? Lifts(ProbeContext context, Node activation, Parameter shift)
    {
        if (activation.Inputs[0].Producer is not { } before || activation.Shapes.Output.Rank < 2)
        {
            return null;
        }

        int units = activation.Shapes.Output[1];
        List<double>[] highest = [.. Enumerable.Range(0, units).Select(_ => new List<double>())];
        double[] above = new double[units];
        using NoGrad scope = NoGrad.Enter();
        foreach (Batch batch in context.Train)
        {
            IReadOnlyDictionary<string, Tensor> maps = context.Model.Features(
                batch.Inputs,
                before.Name,
                activation.Name
            );
            double[] inputs = Highest(maps[before.Name]),
                outputs = Highest(maps[activation.Name]);
            for (int i = 0; i < inputs.Length; i++)
            {
                highest[i % units].Add(inputs[i]);
                above[i % units] = Math.Max(above[i % units], outputs[i]);
            }
        }

        return shift.Count != units ? null : [.. highest.Select((z, unit) => above[unit] > 0 ? 0.0 : Lift - Median(z))];
    }

    /// <summary>[N, C, ...] to the highest of each item and channel.</summary>
    private static double[] Highest(Tensor map) =>
        map.Reshape([map.Shape[0], map.Shape[1], -1]).Max([2]).ToArray<double>();

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
