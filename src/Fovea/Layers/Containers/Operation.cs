namespace Fovea;

/// <summary>An operation without parameters as a module, made from the operator's name and options: what a network
/// writes as <c>a + b</c> or <c>x.Mean([2, 3])</c>.</summary>
/// <remarks>The reverse of <see cref="Operator.Name"/> and <see cref="Operator.Options"/> for operators that have no
/// layer of their own.</remarks>
public sealed class Operation : Module
{
    private readonly OperatorEntry _entry;
    private readonly OperatorAttributes _attributes;
    private readonly Operator _operator;

    /// <summary>Makes the operation.</summary>
    /// <param name="word">One of <see cref="Words"/>.</param>
    /// <param name="options">Its options; each one it knows is asked for.</param>
    /// <exception cref="ArgumentException">There is no such operation, or an option is wrong or missing.</exception>
    public Operation(string word, OptionReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Word = word;
        _entry =
            Words.Contains(word) && OperatorCatalog.Find(word, options) is { } entry
                ? entry
                : throw new ArgumentException(
                    $"Operation: there is no '{word}'; there are {string.Join(", ", Words)}.",
                    nameof(word)
                );
        _attributes = _entry.Read(options, new OptionContext([]));
        _operator = _entry.Make(_attributes, this);
    }

    /// <summary>The operations: the words of <see cref="OperatorCatalog"/> for operators that read activations alone and have
    /// no layer of their own.</summary>
    public static IReadOnlyCollection<string> Words { get; } =
    [.. OperatorCatalog.All.Where(IsOperation).Select(e => e.Word).Distinct()];

    /// <summary>The operator's name in lower case.</summary>
    public string Word { get; }

    /// <summary>How many tensors it takes; null for any number.</summary>
    public int? Takes => _entry.TakesAny ? null : _entry.Activations;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward([x]);

    /// <summary>Computes the operation.</summary>
    /// <param name="inputs">As many as <see cref="Takes"/> says.</param>
    /// <exception cref="ShapeException">The inputs do not fit, or are too few or too many.</exception>
    public Tensor Forward(params ReadOnlySpan<Tensor> inputs)
    {
        if (Takes is { } count && count != inputs.Length)
        {
            throw new ShapeException(
                $"{Word}: takes {count} {(count == 1 ? "input" : "inputs")}, got {inputs.Length}."
            );
        }

        OperatorAttributes attributes = inputs.IsEmpty ? _attributes : _entry.For(_attributes, inputs[0].Shape);
        Operator op = ReferenceEquals(attributes, _attributes) ? _operator : _entry.Make(attributes, this);
        return op.Apply(inputs);
    }

    private static bool IsOperation(OperatorEntry entry) =>
        entry.IsWord && entry.CanMake && !entry.CanMakeLayer && entry.Slots.All(s => s.Kind == SlotKind.Activation);
}
