namespace Fovea.Data;

/// <summary>Items prepared for one training step.</summary>
/// <param name="Inputs">Float32 [N, C, H, W] or [N, C, L].</param>
/// <param name="Targets">Class indices, Int64 [N]; after mixup or cutmix class weights, Float32 [N, classes], each row
/// summing to 1.</param>
/// <param name="Indices">Which items of the data set these are, in order.</param>
public sealed record Batch(Tensor Inputs, Tensor Targets, IReadOnlyList<int> Indices);
