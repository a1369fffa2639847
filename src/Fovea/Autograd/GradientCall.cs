namespace Fovea;

/// <summary>What a gradient rule works with: the values it said it reads, the gradients of the outputs, and where the
/// gradients of the inputs go.</summary>
/// <remarks>
/// A rule is written once, with operators on tensors. In an eager backward pass the tensors have values, and the rule
/// computes; when the gradient of a graph is made they have none, and the same lines become nodes. So a rule must not read
/// values, and must not put sizes of a batch into an operator: <see cref="Open"/> says a shape without them.
/// </remarks>
public sealed class GradientCall
{
    private readonly Operator _operator;
    private readonly TensorSpec[] _inputs;
    private readonly IReadOnlyList<OutputSpec> _outputs;
    private readonly Tensor?[] _inputValues;
    private readonly Tensor?[] _outputValues;
    private readonly Tensor?[] _gradients;
    private readonly bool[] _needs;
    private readonly bool[] _answered;
    private readonly List<(int Input, Tensor Gradient)> _given = [];

    internal GradientCall(
        Operator op,
        TensorSpec[] inputs,
        IReadOnlyList<OutputSpec> outputs,
        Tensor?[] inputValues,
        Tensor?[] outputValues,
        Tensor?[] gradients,
        bool[] needs
    )
    {
        (_operator, _inputs, _outputs) = (op, inputs, outputs);
        (_inputValues, _outputValues, _gradients, _needs) = (inputValues, outputValues, gradients, needs);
        _answered = new bool[needs.Length];
    }

    /// <summary>Number of inputs.</summary>
    public int InputCount => _inputs.Length;

    /// <summary>Number of outputs.</summary>
    public int OutputCount => _outputs.Count;

    /// <summary>The gradients given so far, in the order in which they were given.</summary>
    internal IReadOnlyList<(int Input, Tensor Gradient)> Given => _given;

    /// <summary>The shape of an input.</summary>
    /// <param name="input">Its position.</param>
    public Shape InputShape(int input) => _inputs[input].Shape;

    /// <summary>The element type of an input.</summary>
    /// <param name="input">Its position.</param>
    public DType InputType(int input) => _inputs[input].DType;

    /// <summary>The shape of an output.</summary>
    /// <param name="output">Its position.</param>
    public Shape OutputShape(int output = 0) => _outputs[output].Shape;

    /// <summary>A shape as an operator may hold it: sizes that are the batch of a graph are left open.</summary>
    /// <param name="shape">A shape of this call.</param>
    public static SymbolicShape Open(Shape shape) => GraphTracer.Open(shape);

    /// <summary>The value of an input.</summary>
    /// <param name="input">Its position; one that <see cref="Operator.Reads"/> names.</param>
    /// <exception cref="InvalidOperationException">The operator did not say that it reads it.</exception>
    public Tensor Input(int input) => _inputValues[input] ?? throw NotRead("input", input);

    /// <summary>The value of an output.</summary>
    /// <param name="output">Its position; one that <see cref="Operator.Reads"/> names.</param>
    /// <exception cref="InvalidOperationException">The operator did not say that it reads it.</exception>
    public Tensor Output(int output = 0) => _outputValues[output] ?? throw NotRead("output", output);

    /// <summary>The gradient of an output; null where none came, as nothing behind it matters to the loss.</summary>
    /// <param name="output">Its position.</param>
    public Tensor? GradientOrNone(int output) => _gradients[output];

    /// <summary>The gradient of an output.</summary>
    /// <param name="output">Its position.</param>
    /// <exception cref="InvalidOperationException">None came; ask <see cref="GradientOrNone"/> for outputs of which that may
    /// be so: all but the only one.</exception>
    public Tensor Gradient(int output = 0) =>
        _gradients[output]
        ?? throw new InvalidOperationException(
            $"{_operator.Subject}: no gradient came for output {output}. An operator of several outputs asks GradientOrNone."
        );

    /// <summary>Whether the gradient of an input is wanted.</summary>
    /// <param name="input">Its position.</param>
    public bool Needs(int input) => input < _needs.Length && _needs[input];

    /// <summary>Hands over the gradient of an input. Ignored where it is not wanted; several for one input add up.</summary>
    /// <param name="input">Its position.</param>
    /// <param name="gradient">A tensor of the input's shape and type.</param>
    /// <exception cref="InvalidOperationException">The gradient has another shape or type.</exception>
    public void Give(int input, Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (!Needs(input))
        {
            return;
        }

        if (gradient.Shape != _inputs[input].Shape || gradient.DType != _inputs[input].DType)
        {
            throw new InvalidOperationException(
                $"{_operator.Subject}: the gradient of input {input} must have its shape and type, {GraphTracer.Text(_inputs[input].Shape)} {_inputs[input].DType}, got {GraphTracer.Text(gradient.Shape)} {gradient.DType}."
            );
        }

        _answered[input] = true;
        _given.Add((input, gradient));
    }

    /// <summary>Says that an input has no gradient: the operator does not change with it, or only in steps.</summary>
    /// <param name="input">Its position.</param>
    public void GiveNone(int input) => _answered[input] = true;

    /// <summary>Checks that the rule answered for every input whose gradient is wanted.</summary>
    internal void RequireAnswers()
    {
        for (int i = 0; i < _needs.Length; i++)
        {
            if (_needs[i] && !_answered[i])
            {
                throw new InvalidOperationException(
                    $"{_operator.Subject}: the gradient rule gave nothing for input {i}, whose gradient is wanted. Call Give, or GiveNone where there is no gradient."
                );
            }
        }
    }

    private InvalidOperationException NotRead(string kind, int position) =>
        new($"{_operator.Subject}: the gradient rule reads {kind} {position}, which Reads does not name.");
}
