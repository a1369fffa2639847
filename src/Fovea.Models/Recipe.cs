namespace Fovea.Models;

/// <summary>How a model is usually trained: what a training run takes where its user says nothing.</summary>
/// <param name="Epochs">Times through the training items, 1 or more.</param>
/// <param name="Batch">Items an update, 1 or more.</param>
/// <param name="LearningRate">The learning rate that the schedule scales.</param>
/// <param name="Optimizer">An optimizer as text, e.g. <c>sgd,momentum=0.9,nesterov,decay=5e-4</c>.</param>
/// <param name="Schedule">A schedule as text, e.g. <c>cosine,warmup=5ep</c>.</param>
/// <param name="Augment">An augmentation as text, e.g. <c>crop=4,flip</c>; null for none.</param>
/// <param name="LabelSmoothing">Fraction 0-1 of the target spread over all classes.</param>
/// <param name="ClipNorm">Largest gradient norm; null for no clipping.</param>
/// <param name="AverageDecay">Decay of the moving average of the weights, 0-1; null for none.</param>
public sealed record Recipe(
    int Epochs,
    int Batch,
    double LearningRate,
    string Optimizer,
    string Schedule,
    string? Augment = null,
    double LabelSmoothing = 0.0,
    double? ClipNorm = null,
    double? AverageDecay = null
);
