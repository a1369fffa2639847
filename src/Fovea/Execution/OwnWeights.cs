namespace Fovea;

/// <summary>The weights of the network that is compiled: they are packed as they were when it was compiled, and given
/// up afterwards where that is asked for. Not synchronized.</summary>
internal sealed class OwnWeights
{
    private const long FewestReturned = 4L << 20; // bytes that are worth a collection
    private const int Returns = 16; // collections at most until all are packed

    private readonly Dictionary<Tensor, WeightStamp> _stamps = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, int> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly List<FusedStep> _steps;
    private readonly long _returnedAt;
    private long _givenUp;

    /// <summary>Notes the weights as they are now.</summary>
    /// <param name="steps">The network.</param>
    /// <exception cref="InvalidOperationException">Some were given up when another compiled network was
    /// prepared.</exception>
    public OwnWeights(List<FusedStep> steps)
    {
        _steps = steps;
        foreach (Tensor tensor in steps.SelectMany(TensorsOf))
        {
            _stamps[tensor] = new WeightStamp(tensor.Storage);
            _readers[tensor] = _readers.GetValueOrDefault(tensor) + 1;
        }

        _returnedAt = Math.Max(FewestReturned, _readers.Keys.Sum(BytesOf) / Returns);
    }

    /// <summary>Whether each weight is given up once all steps that read it have packed it.</summary>
    public bool AreReleased { get; private set; }

    /// <summary>From now on weights are given up as soon as they are packed.</summary>
    /// <exception cref="InvalidOperationException">They are not as they were when the network was compiled; none is
    /// given up.</exception>
    public void Release()
    {
        _steps.ForEach(RequireUnchanged);
        AreReleased = true;
    }

    /// <summary>Refuses weights that are others than when the network was compiled, and gives back what was given up
    /// before another large one is packed.</summary>
    /// <exception cref="InvalidOperationException">They were changed.</exception>
    public void BeforePacking(FusedStep step)
    {
        RequireUnchanged(step);
        if (_givenUp > 0 && _givenUp + BytesOf(step.Node.Inputs[1].Tensor!) >= _returnedAt)
        {
            Return();
        }
    }

    /// <summary>Notes that a step needs its weights no more.</summary>
    public void Packed(FusedStep step)
    {
        if (!AreReleased || step.Node.Inputs[1].Tensor is not Parameter weight || --_readers[weight] != 0)
        {
            return;
        }

        _stamps.Remove(weight);
        _givenUp += BytesOf(weight);
        weight.Release();
    }

    /// <summary>Gives what was given up back to the system.</summary>
    public void Return()
    {
        if (_givenUp > 0)
        {
            _givenUp = 0;
            Storage.Reclaim();
        }
    }

    private void RequireUnchanged(FusedStep step)
    {
        foreach (Tensor tensor in TensorsOf(step))
        {
            if (_stamps.TryGetValue(tensor, out WeightStamp? stamp) && !stamp.Fits(tensor.Storage))
            {
                throw new InvalidOperationException(
                    $"{step.Node.Name}: {(tensor as Parameter)?.Path ?? "a weight"} {tensor.Shape} was written, or a span to write it was asked for, after the network was compiled and before it was packed for this number of items. Compile the module again, or call Prepare before changing weights."
                );
            }
        }
    }

    private static long BytesOf(Tensor tensor) => tensor.Count * Tensor.SizeOf(tensor.DType);

    private static IEnumerable<Tensor> TensorsOf(FusedStep step) =>
        step.Node.Inputs.Select(i => i.Tensor).OfType<Tensor>();
}
