using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fovea;

/// <summary>An update of one vector of elements. Implemented by structs, so that the loop is compiled for
/// each.</summary>
internal interface IElementRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of states in use, 0 to 3; the others are not loaded or stored.</summary>
    static abstract int States { get; }

    /// <summary>Updates the values and the states of one vector.</summary>
    void Apply(
        ref Vector<T> value,
        Vector<T> gradient,
        ref Vector<T> state0,
        ref Vector<T> state1,
        ref Vector<T> state2
    );
}

/// <summary>The loop under every element rule: one pass over values, gradients and states.</summary>
/// <remarks>Lanes are consecutive elements. The tail goes through the same vector code by way of a padded copy, so an
/// element's result does not depend on its place.</remarks>
internal static class ElementLoop
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TRule>(in ParameterUpdate<T> update, TRule rule)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IElementRule<T>
    {
        nuint count = (nuint)update.Value.Length,
            lanes = (nuint)Vector<T>.Count,
            i = 0;
        ref T value = ref MemoryMarshal.GetReference(update.Value);
        ref T gradient = ref MemoryMarshal.GetReference(update.Gradient);
        ref T state0 = ref MemoryMarshal.GetReference(update.State(0));
        ref T state1 = ref MemoryMarshal.GetReference(update.State(1));
        ref T state2 = ref MemoryMarshal.GetReference(update.State(2));
        for (; i + lanes <= count; i += lanes)
        {
            Vector<T> v = Vector.LoadUnsafe(ref value, i);
            Vector<T> s0 = TRule.States > 0 ? Vector.LoadUnsafe(ref state0, i) : default;
            Vector<T> s1 = TRule.States > 1 ? Vector.LoadUnsafe(ref state1, i) : default;
            Vector<T> s2 = TRule.States > 2 ? Vector.LoadUnsafe(ref state2, i) : default;
            rule.Apply(ref v, Vector.LoadUnsafe(ref gradient, i), ref s0, ref s1, ref s2);
            v.StoreUnsafe(ref value, i);
            if (TRule.States > 0)
            {
                s0.StoreUnsafe(ref state0, i);
            }

            if (TRule.States > 1)
            {
                s1.StoreUnsafe(ref state1, i);
            }

            if (TRule.States > 2)
            {
                s2.StoreUnsafe(ref state2, i);
            }
        }

        if (i < count)
        {
            RunTail(update, rule, (int)i);
        }
    }

    private static void RunTail<T, TRule>(in ParameterUpdate<T> update, TRule rule, int start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IElementRule<T>
    {
        int lanes = Vector<T>.Count;
        Span<T> room = stackalloc T[lanes];
        Vector<T> v = Padded(update.Value[start..], room);
        Vector<T> gradient = Padded(update.Gradient[start..], room);
        Vector<T> s0 = TRule.States > 0 ? Padded(update.State(0)[start..], room) : default;
        Vector<T> s1 = TRule.States > 1 ? Padded(update.State(1)[start..], room) : default;
        Vector<T> s2 = TRule.States > 2 ? Padded(update.State(2)[start..], room) : default;
        rule.Apply(ref v, gradient, ref s0, ref s1, ref s2);
        Store(v, update.Value[start..], room);
        Store(s0, TRule.States > 0 ? update.State(0)[start..] : default, room);
        Store(s1, TRule.States > 1 ? update.State(1)[start..] : default, room);
        Store(s2, TRule.States > 2 ? update.State(2)[start..] : default, room);
    }

    private static Vector<T> Padded<T>(ReadOnlySpan<T> values, Span<T> room)
        where T : unmanaged
    {
        room.Clear();
        values.CopyTo(room);
        return new Vector<T>(room);
    }

    private static void Store<T>(Vector<T> vector, Span<T> values, Span<T> room)
        where T : unmanaged
    {
        vector.CopyTo(room);
        room[..values.Length].CopyTo(values);
    }
}
