namespace Fovea.Models;

/// <summary>A network made from text: layers in the order of its lines, each reading the outputs of lines before
/// it.</summary>
/// <remarks>A layer's path is its label: parameters are named <c>label.weight</c>.</remarks>
public sealed class TextNetwork : MultiModule
{
    private readonly TextStep[] _steps;
    private readonly int[] _lastUse;
    private readonly int[] _outputs;

    internal TextNetwork(
        string text,
        IReadOnlyList<GraphInput> inputs,
        IEnumerable<TextStep> steps,
        IReadOnlyList<TextOutput> outputs
    )
    {
        (Text, Inputs, _steps) = (text, inputs, [.. steps]);
        OutputNames = [.. outputs.Select(o => o.Name)];
        _outputs = [.. outputs.Select(o => o.Value)];
        _lastUse = new int[_steps.Length + inputs.Count];
        for (int i = 0; i < _steps.Length; i++)
        {
            foreach (int input in _steps[i].Inputs)
            {
                _lastUse[input] = i;
            }
        }

        Array.ForEach(_outputs, output => _lastUse[output] = -1);
    }

    /// <summary>The text it was made from.</summary>
    public string Text { get; }

    /// <summary>Its inputs, in the order of <see cref="ForwardAll"/>: names and shapes.</summary>
    public IReadOnlyList<GraphInput> Inputs { get; }

    /// <summary>What its outputs are called, in the order of <see cref="ForwardAll"/>.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">Another number of inputs than the text names.</exception>
    public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count != Inputs.Count)
        {
            throw new ShapeException(
                $"Network text: takes {string.Join(", ", Inputs.Select(i => $"{i.Name} {i.Shape}"))}, got {inputs.Count} tensors."
            );
        }

        Tensor?[] values = new Tensor?[_steps.Length + inputs.Count];
        for (int i = 0; i < inputs.Count; i++)
        {
            values[i] = inputs[i] ?? throw new ArgumentNullException(nameof(inputs));
        }

        for (int i = 0; i < _steps.Length; i++)
        {
            values[i + inputs.Count] = _steps[i].Apply(values);
            foreach (int input in _steps[i].Inputs)
            {
                values[input] = _lastUse[input] == i ? null : values[input];
            }
        }

        return Array.ConvertAll(_outputs, o => values[o]!);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<(string Name, object Member)> Members() =>
        _steps.Where(s => s.IsFirstUse).Select(s => (s.Name, (object)s.Layer));
}

/// <summary>A use of a layer.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">Which values it reads: the network's inputs come first, then the output of each step.</param>
/// <param name="IsFirstUse">Whether no step before uses the same layer.</param>
internal sealed record TextStep(string Name, Module Layer, int[] Inputs, bool IsFirstUse = true)
{
    /// <summary>Computes the step.</summary>
    public Tensor Apply(IReadOnlyList<Tensor?> values) =>
        Layer is Operation operation
            ? operation.Forward(Array.ConvertAll(Inputs, i => values[i]!))
            : Layer.Forward(values[Inputs[0]]!);
}
