namespace Fovea.Workbench;

/// <summary>Says what is wrong with a training run, where, since when, and what to do.</summary>
public static partial class Diagnosis
{
    /// <summary>Watches a training loop written by hand.</summary>
    /// <param name="model">The network.</param>
    /// <param name="optimizer">What updates it.</param>
    /// <param name="loss">First output and first target to the mean loss of a batch, one number: the loss that the loop means
    /// to learn from.</param>
    /// <param name="options">What else is known of the loop.</param>
    /// <returns>What the loop tells each batch and each update to.</returns>
    public static TrainingWatch Watch(
        Module model,
        Optimizer optimizer,
        Func<Tensor, Tensor, Tensor> loss,
        WatchOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(loss);
        return WatchAll(model, optimizer, (outputs, targets) => loss(outputs[0], targets[0]), options);
    }

    /// <summary>As <see cref="Watch"/>, for a network of several outputs or targets.</summary>
    /// <param name="model">The network.</param>
    /// <param name="optimizer">What updates it.</param>
    /// <param name="loss">All outputs and all targets to the mean loss of a batch, one number.</param>
    /// <param name="options">What else is known of the loop.</param>
    /// <returns>What the loop tells each batch and each update to.</returns>
    public static TrainingWatch WatchAll(
        Module model,
        Optimizer optimizer,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        WatchOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        return new TrainingWatch(model, optimizer, loss, options ?? new WatchOptions());
    }
}
