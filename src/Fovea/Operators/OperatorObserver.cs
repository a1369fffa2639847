namespace Fovea;

/// <summary>Lets a caller see the output of every operator that the current thread applies, and the gradients that go back
/// through it: for looking into a network, not for computing.</summary>
public static class OperatorObserver
{
    [ThreadStatic]
    private static Action<ObservedCall>? _seen;

    [ThreadStatic]
    private static Action<ObservedGradient>? _gradientSeen;

    // Operators that compute now, while calls are observed.
    [ThreadStatic]
    private static int _depth;

    /// <summary>Calls a function after every operator, on this thread, until the result is disposed. Scopes nest: the
    /// inner replaces the outer.</summary>
    /// <param name="seen">Gets the operator (its <see cref="Operator.Owner"/> is the layer) and its output, which it
    /// must not change.</param>
    public static IDisposable Observe(Action<Operator, Tensor> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return ObserveCalls(call => seen(call.Operator, call.Output));
    }

    /// <summary>As <see cref="Observe"/>, with the inputs.</summary>
    /// <param name="seen">Gets each call, whose tensors it must not change.</param>
    public static IDisposable ObserveCalls(Action<ObservedCall> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        Scope scope = new(_seen, _gradientSeen);
        _seen = seen;
        return scope;
    }

    /// <summary>Calls a function for every gradient that <see cref="Tensor.Backward"/> hands to an input of an operator, on
    /// this thread, until the result is disposed. Scopes nest: the inner replaces the outer.</summary>
    /// <param name="seen">Gets each gradient, in the order in which they are computed; it must not change its
    /// tensors.</param>
    public static IDisposable ObserveGradients(Action<ObservedGradient> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        Scope scope = new(_seen, _gradientSeen);
        _gradientSeen = seen;
        return scope;
    }

    /// <summary>Whether calls are observed on this thread.</summary>
    internal static bool SeesCalls => _seen is not null;

    /// <summary>Marks the thread as inside an operator until <see cref="LeaveOperator"/>.</summary>
    internal static void EnterOperator() => _depth++;

    /// <summary>Ends what <see cref="EnterOperator"/> began.</summary>
    internal static void LeaveOperator() => _depth--;

    internal static void Notify(OperatorCall call, ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        if (_seen is { } seen)
        {
            seen(new ObservedCall(call.Operator, [.. inputs], output, call.Id, _depth > 0));
        }
    }

    internal static void NotifyGradient(OperatorCall call, int input, Tensor gradient) =>
        _gradientSeen?.Invoke(
            new ObservedGradient(
                call.Operator,
                call.GradientOf(0),
                gradient,
                call.Targets[input].Leaf as Parameter,
                call.Id
            )
        );

    private sealed class Scope(Action<ObservedCall>? outer, Action<ObservedGradient>? outerGradients) : IDisposable
    {
        public void Dispose() => (_seen, _gradientSeen) = (outer, outerGradients);
    }
}

/// <summary>An operator that ran.</summary>
/// <param name="Operator">The operator; its <see cref="Operator.Owner"/> is the layer.</param>
/// <param name="Inputs">What it read.</param>
/// <param name="Output">The first of what it computed.</param>
/// <param name="Call">The number of the call, where it was recorded for a gradient; else 0.</param>
/// <param name="IsInner">Whether it ran inside another operator, as a part of what that one computes.</param>
public sealed record ObservedCall(
    Operator Operator,
    IReadOnlyList<Tensor> Inputs,
    Tensor Output,
    long Call,
    bool IsInner
);

/// <summary>A gradient that was computed for an input of an operator.</summary>
/// <param name="Operator">The operator; its <see cref="Operator.Owner"/> is the layer.</param>
/// <param name="OutputGradient">The gradient of its first output, from which this one comes; null where none came for
/// that output.</param>
/// <param name="Gradient">The gradient of the input.</param>
/// <param name="Parameter">The parameter that the input is; null for another tensor.</param>
/// <param name="Call">The number of the call: <see cref="ObservedCall.Call"/>.</param>
public sealed record ObservedGradient(
    Operator Operator,
    Tensor? OutputGradient,
    Tensor Gradient,
    Parameter? Parameter,
    long Call
);
