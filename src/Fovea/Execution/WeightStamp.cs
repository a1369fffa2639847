namespace Fovea;

/// <summary>What tells whether a tensor was changed. Does not keep its memory.</summary>
internal sealed class WeightStamp(Storage storage)
{
    private readonly WeakReference<Storage> _storage = new(storage);
    private readonly int _version = storage.Version;

    /// <summary>Whether it is as it was.</summary>
    /// <param name="now">Where its elements are now.</param>
    public bool Fits(Storage now) => _storage.TryGetTarget(out Storage? then) && now == then && now.Version == _version;
}
