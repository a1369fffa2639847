namespace Fovea;

/// <summary>Switches gradient recording off on the current thread: <c>using (NoGrad.Enter()) { ... }</c>.</summary>
/// <remarks>For evaluation and for updates of parameters. Scopes nest; the outer state returns when a scope ends.</remarks>
public readonly struct NoGrad : IDisposable, IEquatable<NoGrad>
{
    [ThreadStatic]
    private static int _depth;

    /// <summary>Whether operations on this thread are recorded.</summary>
    public static bool IsRecording => _depth == 0;

    /// <summary>Stops recording until the result is disposed.</summary>
    public static NoGrad Enter()
    {
        _depth++;
        return default;
    }

    /// <summary>Runs a function without recording.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="function">The function.</param>
    public static T Run<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        using (Enter())
        {
            return function();
        }
    }

    /// <summary>Ends the scope.</summary>
    public void Dispose() => _depth--;

    /// <inheritdoc/>
    public bool Equals(NoGrad other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NoGrad;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary>All scopes are alike.</summary>
    public static bool operator ==(NoGrad left, NoGrad right) => left.Equals(right);

    /// <summary>All scopes are alike.</summary>
    public static bool operator !=(NoGrad left, NoGrad right) => !left.Equals(right);
}
