namespace Fovea.Data;

/// <summary>Items prepared for one training step.</summary>
/// <param name="Inputs">The first input: Float32 [N, C, H, W] or [N, C, L].</param>
/// <param name="Targets">The first target. Of labelled items class indices, Int64 [N]; after mixup or cutmix class weights,
/// Float32 [N, classes], each row summing to 1.</param>
/// <param name="Indices">Which items of the data set these are, in order.</param>
public sealed record Batch(Tensor Inputs, Tensor Targets, IReadOnlyList<int> Indices)
{
    private readonly IReadOnlyList<Tensor> _furtherInputs = [];
    private readonly IReadOnlyList<Tensor> _furtherTargets = [];

    /// <summary>A batch of samples of several tensors.</summary>
    /// <param name="inputs">All inputs, one or more, each [N, ...].</param>
    /// <param name="targets">All targets, each [N, ...]; with none, there is one of no elements, [N, 0].</param>
    /// <param name="indices">Which samples these are, in order.</param>
    /// <exception cref="ArgumentException">There is no input.</exception>
    public Batch(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> targets, IReadOnlyList<int> indices)
        : this(First(inputs), targets is [var target, ..] ? target : Tensor.Zeros([indices.Count, 0]), indices) =>
        (_furtherInputs, _furtherTargets) = ([.. inputs.Skip(1)], [.. targets.Skip(1)]);

    /// <summary>All inputs of the network, in order.</summary>
    public IReadOnlyList<Tensor> AllInputs => [Inputs, .. _furtherInputs];

    /// <summary>All targets of the loss, in order.</summary>
    public IReadOnlyList<Tensor> AllTargets => [Targets, .. _furtherTargets];

    private static Tensor First(IReadOnlyList<Tensor> inputs) =>
        inputs is [var first, ..]
            ? first
            : throw new ArgumentException("Batch: there must be one input or more, got none.", nameof(inputs));
}
