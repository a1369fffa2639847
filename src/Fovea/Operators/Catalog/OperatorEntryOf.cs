namespace Fovea;

/// <summary>An entry whose operators have attributes of one type.</summary>
/// <param name="word">The word.</param>
/// <param name="family">What it is about.</param>
/// <param name="summary">What it computes.</param>
/// <param name="start">The attributes before any option is read: what follows from the input.</param>
/// <param name="operators">The classes.</param>
internal sealed class OperatorEntry<TAttributes>(
    string word,
    OperatorFamily family,
    string summary,
    Func<OptionContext, TAttributes> start,
    params Type[] operators
) : OperatorEntry(word, family, summary, operators)
    where TAttributes : OperatorAttributes
{
    private readonly List<AttributeField<TAttributes>> _fields = [];
    private readonly List<LayerField> _leading = [];
    private readonly List<LayerField> _trailing = [];
    private Func<TAttributes, Module?, Operator>? _make;
    private Func<TAttributes, Module>? _layer;
    private Func<TAttributes, Shape, TAttributes>? _for;
    private Func<TAttributes, bool>? _fits;
    private Func<OptionReader, bool>? _isMeantBy;
    private Func<OptionReader, string?>? _refusal;

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorField> Fields => [.. _leading, .. _fields, .. _trailing];

    /// <inheritdoc/>
    public override bool CanMake => _make is not null;

    /// <inheritdoc/>
    public override bool CanMakeLayer => _layer is not null;

    /// <summary>Says how the operator is made.</summary>
    public OperatorEntry<TAttributes> MadeBy(Func<TAttributes, Module?, Operator> make)
    {
        _make = make;
        return this;
    }

    /// <summary>Says which layer without parameters has it.</summary>
    public OperatorEntry<TAttributes> InLayer(Func<TAttributes, Module> layer)
    {
        _layer = layer;
        return this;
    }

    /// <summary>Says how attributes change with the input of a trace.</summary>
    public OperatorEntry<TAttributes> Opened(Func<TAttributes, Shape, TAttributes> open)
    {
        _for = open;
        return this;
    }

    /// <summary>Tells it apart from other entries of its word: by attributes, and by options.</summary>
    public OperatorEntry<TAttributes> Where(Func<TAttributes, bool> fits, Func<OptionReader, bool> isMeantBy)
    {
        (_fits, _isMeantBy) = (fits, isMeantBy);
        return this;
    }

    /// <summary>Says which options do not go together: the error, null where there is none.</summary>
    public OperatorEntry<TAttributes> Refusing(Func<OptionReader, string?> refusal)
    {
        _refusal = refusal;
        return this;
    }

    /// <summary>Says that it has no word in network text.</summary>
    public OperatorEntry<TAttributes> Unworded()
    {
        IsWord = false;
        return this;
    }

    /// <summary>Names its inputs.</summary>
    public OperatorEntry<TAttributes> Takes(params InputSlot[] slots)
    {
        Slots = slots;
        return this;
    }

    /// <summary>Names the options that may stand by position.</summary>
    public OperatorEntry<TAttributes> ByPosition(params string[] names)
    {
        Positional = names;
        return this;
    }

    /// <summary>Adds an option of the layer, in front of the operator's.</summary>
    public OperatorEntry<TAttributes> Leading(params LayerField[] fields)
    {
        _leading.AddRange(fields);
        return this;
    }

    /// <summary>Adds an option of the layer, behind the operator's.</summary>
    public OperatorEntry<TAttributes> Trailing(params LayerField[] fields)
    {
        _trailing.AddRange(fields);
        return this;
    }

    /// <summary>Adds an option that must be given.</summary>
    public OperatorEntry<TAttributes> Needs<T>(
        string name,
        OptionType<T> type,
        Func<TAttributes, T> get,
        Func<TAttributes, T, TAttributes> set
    ) => Add(new AttributeField<TAttributes, T>(name, type, get, set, get) { IsRequired = true });

    /// <summary>Adds an option with a usual value.</summary>
    public OperatorEntry<TAttributes> Option<T>(
        string name,
        OptionType<T> type,
        Func<TAttributes, T> get,
        Func<TAttributes, T, TAttributes> set,
        T usual,
        bool isAlwaysWritten = false
    ) =>
        Add(new AttributeField<TAttributes, T>(name, type, get, set, _ => usual) { IsAlwaysWritten = isAlwaysWritten });

    /// <summary>Adds an option of which the usual value follows from those before it.</summary>
    public OperatorEntry<TAttributes> Following<T>(
        string name,
        OptionType<T> type,
        Func<TAttributes, T> get,
        Func<TAttributes, T, TAttributes> set,
        Func<TAttributes, T> usual,
        bool isAlwaysWritten = false
    ) => Add(new AttributeField<TAttributes, T>(name, type, get, set, usual) { IsAlwaysWritten = isAlwaysWritten });

    /// <inheritdoc/>
    public override Operator Make(OperatorAttributes attributes, Module? owner = null) =>
        _make is null
            ? throw new NotSupportedException($"{Word}: the operator is not made from attributes; apply its layer.")
            : _make(Own(attributes), owner);

    /// <inheritdoc/>
    internal override bool Fits(OperatorAttributes attributes) =>
        attributes is TAttributes own && (_fits is null || _fits(own));

    /// <inheritdoc/>
    internal override bool IsMeantBy(OptionReader options) => _isMeantBy is null || _isMeantBy(options);

    /// <inheritdoc/>
    internal override OperatorAttributes Read(OptionReader options, OptionContext context, string? except = null) =>
        _refusal?.Invoke(options) is { } refusal
            ? throw new ArgumentException(refusal)
            : _fields
                .Where(f => f.Name != except)
                .Aggregate(start(context), (attributes, field) => field.Read(options, attributes));

    /// <inheritdoc/>
    internal override OperatorAttributes For(OperatorAttributes attributes, Shape input) =>
        _for is null ? attributes : _for(Own(attributes), input);

    /// <inheritdoc/>
    internal override IReadOnlyList<OperatorOption> Write(OperatorAttributes attributes)
    {
        TAttributes own = Own(attributes);
        return [.. Given(_fields, f => f.Write(own))];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<OperatorOption> Write(Operator op, OperatorShapes shapes) =>
        [
            .. Given(_leading, f => f.Write(op, shapes)),
            .. Write(op.Attributes),
            .. Given(_trailing, f => f.Write(op, shapes)),
        ];

    /// <inheritdoc/>
    internal override Module MakeLayer(OperatorAttributes attributes) =>
        _layer is null
            ? throw new NotSupportedException($"{Word}: there is no layer without parameters.")
            : _layer(Own(attributes));

    private static IEnumerable<OperatorOption> Given<TField>(IEnumerable<TField> fields, Func<TField, string?> write)
        where TField : OperatorField
    {
        foreach (TField field in fields)
        {
            if (write(field) is { } text)
            {
                yield return new OperatorOption(field.Name, text);
            }
        }
    }

    private OperatorEntry<TAttributes> Add(AttributeField<TAttributes> field)
    {
        _fields.Add(field);
        return this;
    }

    private TAttributes Own(OperatorAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        return attributes as TAttributes
            ?? throw new ArgumentException(
                $"{Word}: its attributes are {typeof(TAttributes).Name}, got {attributes.GetType().Name}.",
                nameof(attributes)
            );
    }
}
