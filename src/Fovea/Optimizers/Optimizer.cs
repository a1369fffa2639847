using System.Globalization;
using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A rule that changes parameters by their gradients. Derive from it and override <see cref="Update"/> to add
/// one.</summary>
/// <remarks>
/// <para>A training step is <see cref="ZeroGrad"/>, forward, <see cref="Tensor.Backward"/>, <see cref="Step"/>.
/// Gradients add up until <see cref="ZeroGrad"/>, so
/// a large batch can be had from several small ones: divide each loss by their number, call Backward for each, then
/// <see cref="Step"/> once.</para>
/// <para>Parameters without a gradient, and frozen ones, stay as they are, and their state too. Updates are in place,
/// one pass over memory,
/// and the same to the bit for any number of threads. Nothing is checked for NaN here.</para>
/// <para>An optimizer belongs to one training loop: not synchronized.</para>
/// </remarks>
public abstract partial class Optimizer
{
    private readonly ParameterSlot[] _slots;
    private readonly (int Slot, long Start, int Length)[] _runs;
    private readonly Action<int> _updateRun;
    private double _learningRate;

    /// <summary>Creates an optimizer over groups.</summary>
    /// <param name="groups">The groups; no parameter in more than one.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <exception cref="ArgumentException">There is no parameter, one comes twice, or the learning rate is negative or
    /// not finite.</exception>
    protected Optimizer(IEnumerable<ParameterGroup> groups, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        LearningRate = learningRate;
        _slots = SlotsOf(Groups);
        _runs = RunsOf(_slots);
        _updateRun = UpdateRun;
    }

    /// <summary>The groups.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The learning rate of the next step, 0 or more; schedules set it.</summary>
    /// <exception cref="ArgumentException">Set to a negative value, or one that is not finite.</exception>
    public double LearningRate
    {
        get => _learningRate;
        set =>
            _learningRate =
                double.IsFinite(value) && value >= 0
                    ? value
                    : throw new ArgumentException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{GetType().Name}: the learning rate must be 0 or more and finite, got {value}."
                        )
                    );
    }

    /// <summary>Calls of <see cref="Step"/> so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The tensors kept for each parameter from step to step, by the names they have in
    /// <see cref="StateDict"/>; at most three.</summary>
    protected internal abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Updates every parameter that has a gradient and is not frozen.</summary>
    public void Step()
    {
        foreach (ParameterSlot slot in _slots)
        {
            slot.Begin(StateNames.Count);
        }

        try
        {
            WorkerPool.For(_runs.Length, _updateRun);
        }
        finally
        {
            foreach (ParameterSlot slot in _slots)
            {
                slot.End();
            }
        }

        Steps++;
    }

    /// <summary>Clears the gradients of all its parameters.</summary>
    public void ZeroGrad()
    {
        foreach (ParameterSlot slot in _slots)
        {
            slot.Parameter.Grad = null;
        }
    }

    /// <summary>The rule, on one run of elements. Called for float and double, for several runs at a time on different
    /// threads.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="update">Values, gradients and state; every element must be treated alike, whichever run it is
    /// in.</param>
    protected abstract void Update<T>(in ParameterUpdate<T> update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>A number in every lane.</summary>
    private protected static Vector<T> Lanes<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(T.CreateTruncating(value));

    private static ParameterSlot[] SlotsOf(IReadOnlyList<ParameterGroup> groups)
    {
        HashSet<Parameter> seen = [];
        Dictionary<string, int> uses = [];
        foreach (Parameter parameter in groups.SelectMany(g => g.Parameters))
        {
            if (!seen.Add(parameter))
            {
                throw new ArgumentException(
                    $"Optimizer: a parameter may be in one group once, got '{parameter.Path}' {parameter.Shape} twice.",
                    nameof(groups)
                );
            }

            uses[parameter.Path] = uses.GetValueOrDefault(parameter.Path) + 1;
        }

        if (seen.Count == 0)
        {
            throw new ArgumentException("Optimizer: there must be at least one parameter, got none.", nameof(groups));
        }

        // The path names a parameter's state; where it is not known or not unique, its place does.
        return
        [
            .. groups.SelectMany(
                (group, g) =>
                    group.Parameters.Select(
                        (parameter, i) =>
                            new ParameterSlot(
                                parameter,
                                group,
                                parameter.Path.Length > 0 && uses[parameter.Path] == 1
                                    ? parameter.Path
                                    : string.Create(CultureInfo.InvariantCulture, $"group{g}.{i}")
                            )
                    )
            ),
        ];
    }

    /// <summary>All elements of all parameters in runs of at most <see cref="Chunks.Size"/>, so that one loop over
    /// threads does a step.</summary>
    private static (int, long, int)[] RunsOf(ParameterSlot[] slots)
    {
        List<(int, long, int)> runs = [];
        for (int i = 0; i < slots.Length; i++)
        {
            long count = slots[i].Parameter.Count;
            for (long start = 0; start < count; start += Chunks.Size)
            {
                runs.Add((i, start, (int)Math.Min(Chunks.Size, count - start)));
            }
        }

        return [.. runs];
    }

    private void UpdateRun(int run)
    {
        (int index, long start, int length) = _runs[run];
        ParameterSlot slot = _slots[index];
        if (!slot.IsActive)
        {
            return;
        }

        if (slot.Parameter.DType == DType.Float64)
        {
            Update(slot.Run<double>(start, length, LearningRate));
        }
        else
        {
            Update(slot.Run<float>(start, length, LearningRate));
        }
    }
}
