namespace Fovea;

/// <summary>Switches gradient recording off on the current thread: <c>using (NoGrad.Enter()) { ... }</c>.</summary>
/// <remarks>For evaluation and for updates of parameters. Scopes nest; the outer state returns when a scope ends. A
/// scope belongs to its thread and cannot cross an await.</remarks>
public readonly ref struct NoGrad : IDisposable
{
    [ThreadStatic]
    private static bool _stopped;

    private readonly bool _outer;

    private NoGrad(bool outer) => _outer = outer;

    /// <summary>Whether operations on this thread are recorded.</summary>
    public static bool IsRecording => !_stopped;

    /// <summary>Stops recording until the result is disposed.</summary>
    public static NoGrad Enter()
    {
        NoGrad scope = new(_stopped);
        _stopped = true;
        return scope;
    }

    /// <summary>Records again, within a scope that does not, until the result is disposed.</summary>
    internal static NoGrad Record()
    {
        NoGrad scope = new(_stopped);
        _stopped = false;
        return scope;
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

    /// <summary>Ends the scope: recording is as it was before.</summary>
    public void Dispose() => _stopped = _outer;
}
