using System.Numerics;

namespace Fovea;

/// <summary>One run of a parameter's elements, and what is needed to update it: what <see cref="Optimizer"/> hands to a
/// rule.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>All spans have one length. Elements are independent: a run may be any part of a parameter.</remarks>
public readonly ref struct ParameterUpdate<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Span<T> _state0,
        _state1,
        _state2;

    internal ParameterUpdate(Span<T> value, ReadOnlySpan<T> gradient, Span<T> state0, Span<T> state1, Span<T> state2)
    {
        Value = value;
        Gradient = gradient;
        _state0 = state0;
        _state1 = state1;
        _state2 = state2;
    }

    /// <summary>The elements, to be changed.</summary>
    public Span<T> Value { get; }

    /// <summary>Their gradient.</summary>
    public ReadOnlySpan<T> Gradient { get; }

    /// <summary>The learning rate, the group's scale included.</summary>
    public double LearningRate { get; init; }

    /// <summary>The group's weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Which update of this parameter it is, from 1. Parameters that were frozen for a while have had fewer
    /// than the optimizer had steps.</summary>
    public long Update { get; init; }

    /// <summary>What the rule keeps from update to update; zeros before the first.</summary>
    /// <param name="index">Index into <see cref="Optimizer.StateNames"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such index; at most three are possible.</exception>
    public Span<T> State(int index) =>
        index switch
        {
            0 => _state0,
            1 => _state1,
            2 => _state2,
            _ => throw new ArgumentOutOfRangeException(
                nameof(index),
                index,
                "ParameterUpdate.State: states are numbered 0 to 2."
            ),
        };
}
