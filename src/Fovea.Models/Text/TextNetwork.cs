namespace Fovea.Models;

/// <summary>A network made from text: layers in the order of its lines, each reading the outputs of lines before
/// it.</summary>
/// <remarks>A layer's path is its label: parameters are named <c>label.weight</c>.</remarks>
public sealed class TextNetwork : Module
{
    private readonly TextStep[] _steps;
    private readonly int[] _lastUse;
    private readonly int _output;

    internal TextNetwork(string text, IEnumerable<TextStep> steps, int output)
    {
        (Text, _steps, _output) = (text, [.. steps], output);
        _lastUse = new int[_steps.Length + 1];
        for (int i = 0; i < _steps.Length; i++)
        {
            foreach (int input in _steps[i].Inputs)
            {
                _lastUse[input] = i;
            }
        }
    }

    /// <summary>The text it was made from.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor?[] values = new Tensor?[_steps.Length + 1];
        values[0] = x;
        for (int i = 0; i < _steps.Length; i++)
        {
            values[i + 1] = _steps[i].Apply(values);
            foreach (int input in _steps[i].Inputs)
            {
                values[input] = _lastUse[input] == i && input != _output ? null : values[input];
            }
        }

        return values[_output]!;
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<(string Name, object Member)> Members() =>
        _steps.Where(s => s.IsFirstUse).Select(s => (s.Name, (object)s.Layer));
}

/// <summary>A use of a layer.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">Which values it reads: 0 the network's input, i the output of step i - 1.</param>
/// <param name="IsFirstUse">Whether no step before uses the same layer.</param>
internal sealed record TextStep(string Name, Module Layer, int[] Inputs, bool IsFirstUse = true)
{
    /// <summary>Computes the step.</summary>
    public Tensor Apply(IReadOnlyList<Tensor?> values) =>
        Layer is Operation operation
            ? operation.Forward(Array.ConvertAll(Inputs, i => values[i]!))
            : Layer.Forward(values[Inputs[0]]!);
}
