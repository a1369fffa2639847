using System.Numerics;
using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea;

/// <summary>An exponential moving average of a network's parameters and state, often a little better to evaluate with
/// than the last values.</summary>
/// <remarks>
/// <para>average = d * average + (1 - d) * value at each <see cref="Update"/>, with d = min(decay, (1 + t) / (10 + t)),
/// t counting the updates before:
/// the warm-up that lets an early average follow. It starts as a copy. Counters, flags and whole numbers
/// (<see cref="StateBuffer.IsDiscrete"/>) are copied, not averaged. Polyak and Juditsky 1992; in this form Szegedy
/// et al., Rethinking the Inception architecture, 2015.</para>
/// <para><see cref="Apply"/> puts the average into the network and keeps the network's own values aside;
/// <see cref="Restore"/> puts them back, to the same bits.</para>
/// </remarks>
public sealed class WeightAverage
{
    private const string UpdatesKey = "updates";

    private readonly List<(string Path, Tensor Value, Tensor Average)> _pairs;

    /// <summary>Starts an average from a network's present values.</summary>
    /// <param name="model">The network, from its root; keep its element type from here on.</param>
    /// <param name="decay">The share of the average that stays, 0 up to but not including 1.</param>
    /// <exception cref="ArgumentException"><paramref name="decay"/> is out of its range.</exception>
    public WeightAverage(Module model, double decay = 0.999)
    {
        ArgumentNullException.ThrowIfNull(model);
        Decay = OptionRange.Fraction("WeightAverage", "decay", decay);
        _pairs = [.. model.StateDict().Select(s => (s.Key, s.Value, s.Value.Clone()))];
    }

    /// <summary>The share of the average that stays, once warmed up.</summary>
    public double Decay { get; }

    /// <summary>Calls of <see cref="Update"/> so far.</summary>
    public long Updates { get; private set; }

    /// <summary>Whether the network holds the average now.</summary>
    public bool IsApplied { get; private set; }

    /// <summary>Takes the network's present values into the average; call it after each step of the
    /// optimizer.</summary>
    /// <exception cref="InvalidOperationException">The average is applied, or the network was converted to another
    /// element type.</exception>
    public void Update()
    {
        RequireNotApplied("Update");
        RequireTypes();
        double decay = Math.Min(Decay, (1.0 + Updates) / (10.0 + Updates));
        foreach ((_, Tensor value, Tensor average) in _pairs)
        {
            if (value is StateBuffer { IsDiscrete: true } || value.DType == DType.Int64)
            {
                average.CopyFrom(value);
            }
            else if (value.DType == DType.Float64)
            {
                Blend<double>(average, value, decay);
            }
            else
            {
                Blend<float>(average, value, decay);
            }
        }

        Updates++;
    }

    /// <summary>Puts the average into the network and keeps the network's own values aside.</summary>
    /// <exception cref="InvalidOperationException">It is applied already, or the network was converted to another
    /// element type.</exception>
    public void Apply()
    {
        RequireNotApplied("Apply");
        RequireTypes();
        Swap();
        IsApplied = true;
    }

    /// <summary>Puts the network's own values back.</summary>
    /// <exception cref="InvalidOperationException">The average is not applied, or the network was converted to another
    /// element type.</exception>
    public void Restore()
    {
        if (!IsApplied)
        {
            throw new InvalidOperationException(
                "WeightAverage.Restore: the average must be applied, but is not. Call Apply first."
            );
        }

        RequireTypes();
        Swap();
        IsApplied = false;
    }

    /// <summary>The average by the network's paths, and <c>updates</c>, an Int64 scalar: enough to continue to the same
    /// bits. The tensors are its own, not copies.</summary>
    /// <exception cref="InvalidOperationException">The average is applied.</exception>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        RequireNotApplied("StateDict");
        Dictionary<string, Tensor> state = _pairs.ToDictionary(p => p.Path, p => p.Average);
        state.Add(UpdatesKey, Tensor.Scalar(Updates, DType.Int64));
        return state;
    }

    /// <summary>Copies an average that <see cref="StateDict"/> gave, of the same network.</summary>
    /// <param name="state">Exactly its paths, each with its shape.</param>
    /// <exception cref="InvalidOperationException">The average is applied.</exception>
    /// <exception cref="ShapeException">Paths are missing, unknown, or have another shape; all of them are listed and
    /// nothing was changed.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        StateMatch match = StateMatch.Of(StateDict(), state);
        if (!match.IsComplete)
        {
            throw new ShapeException($"WeightAverage.LoadStateDict: {match}.");
        }

        Updates = state[UpdatesKey].ToArray<long>()[0];
        foreach ((string path, _, Tensor average) in _pairs)
        {
            average.CopyFrom(state[path].To(average.DType));
        }
    }

    private static unsafe void Blend<T>(Tensor average, Tensor value, double decay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* a = average.Pointer<T>(),
            v = value.Pointer<T>();
        T entering = T.CreateTruncating(1 - decay);
        Chunks.For(
            average.Count,
            (start, length) =>
                TensorPrimitives.Lerp(
                    new ReadOnlySpan<T>(a + start, length),
                    new ReadOnlySpan<T>(v + start, length),
                    entering,
                    new Span<T>(a + start, length)
                )
        );
        average.Storage.Changed();
        GC.KeepAlive(average);
        GC.KeepAlive(value);
    }

    private void Swap()
    {
        foreach ((_, Tensor value, Tensor average) in _pairs)
        {
            Tensor own = value.Clone();
            value.CopyFrom(average);
            average.CopyFrom(own);
        }
    }

    private void RequireNotApplied(string method)
    {
        if (IsApplied)
        {
            throw new InvalidOperationException(
                $"WeightAverage.{method}: the network must hold its own values, but holds the average. Call Restore first."
            );
        }
    }

    private void RequireTypes()
    {
        foreach ((string path, Tensor value, Tensor average) in _pairs)
        {
            if (value.DType != average.DType)
            {
                throw new InvalidOperationException(
                    $"WeightAverage: the network must keep its element type, got {value.DType} for '{path}', which was {average.DType}. Convert it before making the average."
                );
            }
        }
    }
}
