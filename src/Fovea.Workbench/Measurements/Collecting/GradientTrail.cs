using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Fovea.Workbench;

/// <summary>Tells a gradient of an earlier update from that of this one: by the bits of one parameter's, as Backward left it in the
/// updates before.</summary>
/// <param name="parameters">All parameters of the network.</param>
internal sealed class GradientTrail(IReadOnlyList<Parameter> parameters)
{
    // Updates that are remembered.
    private const int Length = 256;

    // The fewest values whose bits do not come again by chance.
    private const int FewestValues = 8;

    private readonly Parameter? _asked = parameters
        .Where(p => p.DType == DType.Float32 && p.RequiresGrad)
        .OrderBy(p => p.Count < FewestValues)
        .ThenBy(p => p.Count)
        .FirstOrDefault();
    private readonly Dictionary<ulong, long> _updates = [];
    private readonly Queue<ulong> _order = new();
    private ulong _left;

    /// <summary>Backward is done; of several batches of an update the last counts.</summary>
    public void Left() => _left = Hash();

    /// <summary>The optimizer is about to take the gradient.</summary>
    /// <param name="update">Its number.</param>
    /// <returns>How many updates ago Backward left it; 0 where it did in this one, or never.</returns>
    public int Taken(long update)
    {
        ulong now = Hash();
        int late = now != _left && now != 0 && _updates.TryGetValue(now, out long from) ? (int)(update - from) : 0;
        if (_left != 0 && _updates.TryAdd(_left, update))
        {
            _order.Enqueue(_left);
            if (_order.Count > Length)
            {
                _updates.Remove(_order.Dequeue());
            }
        }

        return late;
    }

    /// <summary>0 for no gradient, or one of 0.</summary>
    private ulong Hash()
    {
        if (_asked?.Grad is not { DType: DType.Float32 } gradient)
        {
            return 0;
        }

        ReadOnlySpan<float> values = gradient.AsReadOnlySpan<float>();
        return values.ContainsAnyExcept(0f) ? Math.Max(1, XxHash3.HashToUInt64(MemoryMarshal.AsBytes(values))) : 0;
    }
}
