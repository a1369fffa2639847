using System.Numerics;

namespace Fovea;

/// <summary>One parameter in an optimizer: its state, and where everything lies during a step.</summary>
internal sealed unsafe class ParameterSlot(Parameter parameter, ParameterGroup group, string name)
{
    private const int MostStates = 3;

    private Tensor? _gradient;
    private byte* _value;
    private byte* _gradientStart;
    private byte* _state0,
        _state1,
        _state2;

    public Parameter Parameter { get; } = parameter;

    public ParameterGroup Group { get; } = group;

    /// <summary>The parameter's path when the optimizer was made.</summary>
    public string Name { get; } = name;

    /// <summary>Null until the first update.</summary>
    public Tensor[]? State { get; set; }

    /// <summary>Updates so far; during a step that step counts.</summary>
    public long Updates { get; set; }

    /// <summary>Whether this step updates the parameter.</summary>
    public bool IsActive => _gradient is not null;

    public bool WantsUpdate => Parameter.RequiresGrad && Parameter.Grad is not null;

    /// <summary>Takes the pointers of this step; makes the state where there is none yet.</summary>
    public void Begin(int states)
    {
        _gradient = null; // a step that threw may have left its own
        if (!WantsUpdate)
        {
            return;
        }

        State ??= NewState(states);
        for (int i = 0; i < State.Length; i++)
        {
            if (State[i].DType != Parameter.DType)
            {
                State[i] = State[i].To(Parameter.DType); // the network was converted since
            }
        }

        Updates++;
        _gradient = Parameter.Grad;
        _gradientStart = (byte*)PointerOf(_gradient!);
        _value = (byte*)PointerOf(Parameter);
        _state0 = states > 0 ? (byte*)PointerOf(State[0]) : null;
        _state1 = states > 1 ? (byte*)PointerOf(State[1]) : null;
        _state2 = states > 2 ? (byte*)PointerOf(State[2]) : null;
    }

    /// <summary>The run of elements that starts at <paramref name="start"/>.</summary>
    public ParameterUpdate<T> Run<T>(long start, int length, double learningRate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(
            new Span<T>((T*)_value + start, length),
            new ReadOnlySpan<T>((T*)_gradientStart + start, length),
            Span<T>(_state0, start, length),
            Span<T>(_state1, start, length),
            Span<T>(_state2, start, length)
        )
        {
            LearningRate = learningRate * Group.LearningRateScale,
            WeightDecay = Group.WeightDecay,
            Update = Updates,
        };

    /// <summary>Lets go of the gradient and notes the writes.</summary>
    public void End()
    {
        if (_gradient is null)
        {
            return;
        }

        Parameter.Storage.Changed();
        foreach (Tensor state in State!)
        {
            state.Storage.Changed();
        }

        GC.KeepAlive(_gradient);
        _gradient = null;
    }

    private static Span<T> Span<T>(byte* start, long offset, int length)
        where T : unmanaged => start is null ? default : new Span<T>((T*)start + offset, length);

    private static void* PointerOf(Tensor tensor) =>
        tensor.DType == DType.Float64 ? tensor.Pointer<double>() : tensor.Pointer<float>();

    private Tensor[] NewState(int count)
    {
        if (count > MostStates)
        {
            throw new InvalidOperationException(
                $"Optimizer: a rule may keep at most {MostStates} tensors for a parameter, got {count} state names."
            );
        }

        Tensor[] state = new Tensor[count];
        for (int i = 0; i < count; i++)
        {
            state[i] = Tensor.Zeros(Parameter.Shape, Parameter.DType);
        }

        return state;
    }
}
