using System.Diagnostics.CodeAnalysis;

namespace Fovea;

/// <summary>What one run at a time uses, kept for the next one. Any number of threads may take and give back; what was
/// used last is taken first, as it is most likely in the caches.</summary>
/// <remarks>A <see cref="System.Collections.Concurrent.ConcurrentBag{T}"/> would not do: threads hold what they put into
/// it until the bag is finalized, and where that leads back to the bag, as a workspace does to its plan, neither is ever
/// collected.</remarks>
internal sealed class IdleStack<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _items = new();

    /// <summary>Takes what was given back last, if there is any.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            return _items.TryPop(out item);
        }
    }

    /// <summary>Gives back.</summary>
    public void Add(T item)
    {
        lock (_gate)
        {
            _items.Push(item);
        }
    }
}
