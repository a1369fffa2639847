namespace Fovea;

/// <summary>Lets a caller see the output of every operator that the current thread applies: for looking into a network,
/// not for computing.</summary>
public static class OperatorObserver
{
    [ThreadStatic]
    private static Action<Operator, Tensor>? _seen;

    /// <summary>Calls a function after every operator, on this thread, until the result is disposed. Scopes nest: the
    /// inner replaces the outer.</summary>
    /// <param name="seen">Gets the operator (its <see cref="Operator.Owner"/> is the layer) and its output, which it
    /// must not change.</param>
    public static IDisposable Observe(Action<Operator, Tensor> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        Scope scope = new(_seen);
        _seen = seen;
        return scope;
    }

    internal static void Notify(Operator op, Tensor output) => _seen?.Invoke(op, output);

    private sealed class Scope(Action<Operator, Tensor>? outer) : IDisposable
    {
        public void Dispose() => _seen = outer;
    }
}
