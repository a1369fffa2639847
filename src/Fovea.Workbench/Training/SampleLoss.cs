namespace Fovea.Workbench;

/// <summary>A loss of samples, and how the losses of several batches make that of all.</summary>
internal sealed class SampleLoss
{
    private readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> _function;
    private readonly Loss? _known;

    /// <summary>A loss of the user's own; its means weigh by items.</summary>
    public SampleLoss(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

    /// <summary>A loss of the first output and the first target; its means weigh by what it divides by.</summary>
    public SampleLoss(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        _known = loss;
        _function = (outputs, targets) =>
            outputs.Count > 0 && targets.Count > 0
                ? loss.Forward(outputs[0], targets[0])
                : throw new ShapeException(
                    $"{loss.Name}: needs an output and a target, got {outputs.Count} and {targets.Count}."
                );
    }

    /// <summary>Whether the loss is a sum over items, so that it divides by nothing.</summary>
    public bool IsSum => _known is { Reduction: LossReduction.Sum };

    /// <summary>The loss of a batch.</summary>
    public Tensor Forward(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) => _function(outputs, targets);

    /// <summary>What it divided by; of a loss that is not known to be another mean, the number of items.</summary>
    public double Divisor(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets, int items) =>
        _known?.Divisor(outputs[0], targets[0]) ?? items;
}
