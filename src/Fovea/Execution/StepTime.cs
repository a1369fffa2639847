namespace Fovea;

/// <summary>What a part of a training step is for.</summary>
public enum StepDirection
{
    /// <summary>The network and its loss, and what of it is computed once more for a gradient.</summary>
    Forward,

    /// <summary>Gradients of values that items have: of maps and scores.</summary>
    BackwardData,

    /// <summary>Gradients of parameters alone.</summary>
    BackwardWeights,

    /// <summary>New parameters by the optimizer.</summary>
    Update,
}

/// <summary>How long a step of a compiled network, or a pass of a compiled training step, took.</summary>
/// <param name="Step">What it runs, as in <see cref="CompiledNetwork.Steps"/> and <see
/// cref="CompiledTrainingStep.Passes"/>.</param>
/// <param name="Milliseconds">Median of its times.</param>
/// <param name="MultiplyAdds">Of all items, counted as direct sums; 0 for steps that multiply no weights.</param>
/// <param name="Layer">The node it belongs to: a gradient belongs to the node that it is the gradient of.</param>
/// <param name="Bytes">The least it must read and write: each value and weight once.</param>
/// <param name="Direction">What it is for; <see cref="StepDirection.Forward"/> outside of training.</param>
public sealed record StepTime(
    string Step,
    double Milliseconds,
    long MultiplyAdds,
    string Layer = "",
    long Bytes = 0,
    StepDirection Direction = StepDirection.Forward
);
