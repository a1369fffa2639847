namespace Fovea.Testing;

/// <summary>What autograd really keeps between a forward and a backward pass.</summary>
internal static class KeptMemory
{
    /// <summary>
    /// Bytes of the tensors that the recorded calls behind a result hold, each memory once. Left out: parameters and
    /// state, which are there anyway, keys of randomness, what does not grow with the batch (the four
    /// numbers a channel of batch normalization), and what is no tensor: plans of windows.
    /// </summary>
    /// <param name="result">A recorded result.</param>
    /// <param name="network">The network that gave it.</param>
    public static long Bytes(Tensor result, Module network)
    {
        HashSet<object> own = [.. network.StateDict().Values.Select(t => (object)t.Storage)];
        Dictionary<object, long> kept = [];
        HashSet<object> seen = [];
        Stack<OperatorCall> open = new(result.Producer is { } last ? [last] : []);
        while (open.TryPop(out OperatorCall? call))
        {
            if (!seen.Add(call))
            {
                continue;
            }

            Tensor[] tensors =
            [
                .. call.Kept.Where(t => !IsOfChannels(call, t)),
                .. call.State is Tensor state ? [state] : Array.Empty<Tensor>(),
            ];
            foreach (
                Tensor tensor in tensors.Where(t =>
                    !own.Contains(t.Storage) && !(t.DType == DType.Int64 && t.Rank == 0)
                )
            )
            {
                kept[tensor.Storage] = Math.Max(
                    kept.GetValueOrDefault(tensor.Storage),
                    tensor.Count * Tensor.SizeOf(tensor.DType)
                );
            }

            foreach (OperatorCall producer in call.Targets.Select(t => t.Producer).OfType<OperatorCall>())
            {
                open.Push(producer);
            }
        }

        return kept.Values.Sum();
    }

    private static bool IsOfChannels(OperatorCall call, Tensor tensor) =>
        call.Operator is BatchNormalization && tensor.DType == DType.Float64 && tensor.Shape == call.Outputs[1].Shape;
}
