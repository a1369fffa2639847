using System.Collections.Concurrent;
using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A function applied to every element: y = f(x), dx = f'(x) dy. All activations are uses of it.</summary>
/// <typeparam name="TFunction">The function; it also says whether backward keeps x, y or nothing.</typeparam>
internal sealed class Elementwise<TFunction>(ElementwiseAttributes<TFunction> attributes) : Operator
    where TFunction : struct, IUnaryFunction
{
    private const int MostKnown = 4096;
    private static readonly ConcurrentDictionary<(TFunction, Signal), (Signal Value, double SquaredSlope)> Known =
        new();

    /// <summary>Creates it from a name and a function.</summary>
    public Elementwise(string name, TFunction function)
        : this(new ElementwiseAttributes<TFunction>(name, function)) { }

    /// <inheritdoc/>
    public override ElementwiseAttributes<TFunction> Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => attributes.Name;

    /// <summary>The function with its options.</summary>
    public TFunction Function => attributes.Function;

    /// <summary>In a graph: whether what runs there computes the value anew in backward, from what the operator before
    /// keeps.</summary>
    public bool IsRecomputed { get; init; }

    internal override bool KeepsNothing => IsRecomputed;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        Tensor y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float64)
        {
            Compute<double>(x, y);
        }
        else
        {
            Compute<float>(x, y);
        }

        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        Function.Saves switch
        {
            SavedValue.Nothing => GradientReads.None,
            SavedValue.Input => GradientReads.Inputs(0),
            _ => GradientReads.Outputs(0),
        };

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        ElementwiseGradient<TFunction> op = new($"{Name}Gradient", Function);
        call.Give(
            0,
            Function.Saves switch
            {
                SavedValue.Nothing => op.Apply(call.Gradient()),
                SavedValue.Input => op.Apply(call.Input(0), call.Gradient()),
                _ => op.Apply(call.Output(), call.Gradient()),
            }
        );
    }

    private unsafe void Compute<T>(Tensor x, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        UnaryKernel<T, TFunction>.Forward(Function, x.Pointer<T>(), y.Pointer<T>(), x.Count);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits =>
        Function.Saves == SavedValue.Nothing ? OperatorTraits.Linear : OperatorTraits.Activation;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        input == 0 ? (axis, AxisMap.Identity(shapes.Inputs[0][axis])) : null;

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.X is not { } x ? null : Expected(x).Value with { BeforeActivation = Name == "ReLU" ? x : null };
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.X is { } x ? Expected(x).SquaredSlope : null;
    }

    /// <summary>Statistics of f and the mean square of f'; kept, as after a normalization every layer asks the
    /// same.</summary>
    private (Signal Value, double SquaredSlope) Expected(Signal x)
    {
        (TFunction, Signal) key = (Function, x with { BeforeActivation = null });
        if (Known.Count > MostKnown)
        {
            Known.Clear();
        }

        return Known.GetOrAdd(
            key,
            _ => (NormalExpectation.Of(x, Function.Value), NormalExpectation.MeanSquare(x, Derivative))
        );
    }

    private Vector<double> Derivative(Vector<double> z)
    {
        Vector<double> saved = Function.Saves switch
        {
            SavedValue.Nothing => default,
            SavedValue.Input => z,
            _ => Function.Value(z),
        };
        return Function.Gradient(saved, Vector<double>.One);
    }

    internal override unsafe ExecutionForm? Form(Node node)
    {
        TFunction function = Function;
        return function switch
        {
            IClamp clamp => new ClampForm(clamp.Low, clamp.High),
            IMapped mapped => new MapForm(mapped.Map(CpuTier.Bits)),
            _ => new MapForm((x, y, count) => UnaryKernel<float, TFunction>.Run(function, x, y, count)),
        };
    }

    internal override TrainingForm? FormInTraining(Node node) =>
        !TrainingForm.IsMap(node.Output)
            ? null
            : Form(node) switch
            {
                ClampForm clamp => new TrainedFunction(node, (clamp.Low, clamp.High), null),
                MapForm map => new TrainedFunction(node, null, map.Map),
                _ => null,
            };
}

/// <summary>A function of each element.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Function">The function with its numbers.</param>
internal sealed record ElementwiseAttributes<TFunction>(string Name, TFunction Function)
    : OperatorAttributes,
        IFunctionAttributes
    where TFunction : struct, IUnaryFunction
{
    /// <inheritdoc/>
    public OperatorAttributes Called(string name) => this with { Name = name };

    /// <summary>The same with another function.</summary>
    public ElementwiseAttributes<TFunction> With(TFunction function) => this with { Function = function };
}

/// <summary>A function of each element, whichever it is.</summary>
internal interface IFunctionAttributes
{
    /// <summary>What it is called.</summary>
    string Name { get; }

    /// <summary>The same function under another name.</summary>
    OperatorAttributes Called(string name);
}
