using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>How much each batch of an update counts, so that the update is that of one batch of all their items.</summary>
/// <remarks>
/// Means weigh by what they divided by: items, or the total weight of the labels. The sum of those weights is known
/// after the last batch alone, so gradients are gathered by weight over <paramref name="unit"/> and divided then. An
/// update of one batch is left as it is.
/// </remarks>
/// <param name="task">What is learned; it says what its loss divides by.</param>
/// <param name="unit">A usual weight, which keeps gradients in their range meanwhile.</param>
/// <param name="batches">Batches of the update.</param>
internal sealed class UpdateShares(TrainingTask task, double unit, int batches)
{
    private double _total;

    /// <summary>Notes a batch.</summary>
    /// <returns>The gradient of its loss; what turns its loss into a sum; and what divides the sum of those.</returns>
    public (double Share, double Factor, double Divisor) Add(IReadOnlyList<Tensor> outputs, Batch batch)
    {
        double divisor = task.Divisor(outputs, batch),
            factor = IsSum || divisor == 0 ? 1.0 : divisor;
        _total += divisor;
        return (batches == 1 || IsSum ? 1.0 : factor / unit, factor, divisor);
    }

    /// <summary>Divides the gradients by the weight of all batches.</summary>
    public void Complete(IReadOnlyList<Parameter> parameters)
    {
        if (batches == 1 || IsSum || _total == 0)
        {
            return;
        }

        using (NoGrad.Enter())
        {
            foreach (Parameter parameter in parameters.Where(p => p.Grad is not null))
            {
                parameter.Grad = parameter.Grad! * (unit / _total);
            }
        }
    }

    private bool IsSum => task.IsSum;
}
