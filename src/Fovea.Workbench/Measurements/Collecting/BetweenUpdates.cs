namespace Fovea.Workbench;

/// <summary>What a loop written by hand does to gradients, weights and running statistics where the trainer does nothing: between
/// Backward and the update, and from one update to the next.</summary>
/// <param name="model">The network.</param>
/// <param name="parameters">Its parameters.</param>
internal sealed class BetweenUpdates(Module model, IReadOnlyList<Parameter> parameters)
{
    private readonly ReplacedWeights _weights = new(parameters);
    private readonly GradientTrail _gradients = new(parameters);
    private readonly StatisticsKept _statistics = new(model);

    /// <summary>An update begins: notes what was moved since the one before.</summary>
    /// <param name="window">Takes what is seen.</param>
    /// <param name="isBeforeForward">Whether the network was not run yet for it.</param>
    public void Begin(UpdateWindow window, bool isBeforeForward)
    {
        window.Replaced += _weights.IsFar() ? 1 : 0;
        window.Undone = _weights.Undone() ?? window.Undone;
        window.StatisticsMoved += isBeforeForward && _statistics.HaveMoved() ? 1 : 0;
    }

    /// <summary>Backward is done.</summary>
    public void Left() => _gradients.Left();

    /// <summary>The optimizer is about to take the gradient.</summary>
    /// <param name="window">Takes what is seen.</param>
    /// <param name="isSampled">Whether the update itself is measured.</param>
    public void Ready(UpdateWindow window, bool isSampled)
    {
        if (_gradients.Taken(window.Update) is > 0 and int late)
        {
            (window.Late, window.LateBy) = (window.Late + 1, Math.Max(window.LateBy, late));
        }

        if (isSampled)
        {
            _weights.KeepBefore();
        }
    }

    /// <summary>The update is made.</summary>
    public void Updated()
    {
        _weights.Keep();
        _statistics.Keep();
    }

    /// <summary>How far weights are from those that the last update left, over their norm; NaN before one.</summary>
    public double Distance() => _weights.Distance();
}
