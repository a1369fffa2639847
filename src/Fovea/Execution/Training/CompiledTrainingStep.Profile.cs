using Fovea.Kernels;

namespace Fovea.Graphs;

/// <summary>Where the time of a step goes.</summary>
public sealed unsafe partial class CompiledTrainingStep
{
    private const int WarmUps = 2;

    /// <summary>Runs the step several times and measures its passes. Gradients are left on the parameters as by a run, and
    /// running statistics move.</summary>
    /// <param name="inputs">Of the network.</param>
    /// <param name="targets">Of the loss.</param>
    /// <param name="runs">How often it is timed, 1 or more; two runs before are not.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <returns>The passes in the order in which they run.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than one run.</exception>
    /// <exception cref="ShapeException">An input does not fit, or there are no items.</exception>
    public IReadOnlyList<StepTime> Profile(
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<Tensor> targets,
        int runs = 5,
        CancellationToken cancel = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        List<double>[] times = [];
        for (int run = -WarmUps; run < runs; run++)
        {
            cancel.ThrowIfCancellationRequested();
            List<double> pass = [];
            Run(inputs, targets, 1.0, pass.Add);
            times = times.Length > 0 ? times : [.. pass.Select(_ => new List<double>())];
            for (int i = 0; i < pass.Count && run >= 0; i++)
            {
                times[i].Add(pass[i]);
            }
        }

        int batch = inputs[0].Shape[0];
        return
        [
            .. PlanFor(batch)
                .Entries.SelectMany(e => StepCost.Of(e, batch))
                .Zip(times, (cost, t) => cost.At(t.Order().ElementAt(runs / 2))),
        ];
    }
}
