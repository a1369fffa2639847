namespace Fovea;

/// <summary>An option of an operator: one line of the table that text is read and written by.</summary>
/// <param name="name">In the words of the network text.</param>
public abstract class OperatorField(string name)
{
    /// <summary>In the words of the network text, e.g. <c>stride</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it must be given.</summary>
    public bool IsRequired { get; init; }
}

/// <summary>An option that an operator's attributes hold.</summary>
internal abstract class AttributeField<TAttributes>(string name) : OperatorField(name)
{
    /// <summary>The attributes with the value that is given, or with the usual one.</summary>
    public abstract TAttributes Read(OptionReader options, TAttributes attributes);

    /// <summary>The value as text; null where it is the usual one.</summary>
    public abstract string? Write(TAttributes attributes);
}

/// <summary>An option of a type of value.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">How it is read and written.</param>
/// <param name="get">The value in attributes.</param>
/// <param name="set">Attributes with another value.</param>
/// <param name="usual">The usual value, which may follow from the options before it.</param>
internal sealed class AttributeField<TAttributes, T>(
    string name,
    OptionType<T> type,
    Func<TAttributes, T> get,
    Func<TAttributes, T, TAttributes> set,
    Func<TAttributes, T> usual
) : AttributeField<TAttributes>(name)
{
    /// <summary>Whether the usual value is written too.</summary>
    public bool IsAlwaysWritten { get; init; }

    /// <inheritdoc/>
    public override TAttributes Read(OptionReader options, TAttributes attributes) =>
        set(attributes, type.Read(options, Name, IsRequired, usual(attributes)));

    /// <inheritdoc/>
    public override string? Write(TAttributes attributes)
    {
        T value = get(attributes),
            normal = usual(attributes);
        bool isUsual = type.IsUsual?.Invoke(value, normal) ?? EqualityComparer<T>.Default.Equals(value, normal);
        return isUsual && !IsRequired && !IsAlwaysWritten ? null : type.Write(value);
    }
}

/// <summary>An option of a layer that its operator has in the sizes of its weights, or in its name.</summary>
internal abstract class LayerField(string name) : OperatorField(name)
{
    /// <summary>The value in a use as text; null where it is the usual one.</summary>
    public abstract string? Write(Operator op, OperatorShapes shapes);
}

/// <summary>An option of a layer, of a type of value.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">How it is read and written.</param>
/// <param name="usual">The usual value.</param>
/// <param name="get">The value in a use.</param>
internal sealed class LayerField<T>(string name, OptionType<T> type, T usual, Func<Operator, OperatorShapes, T> get)
    : LayerField(name)
{
    /// <summary>The value given, or the usual one.</summary>
    public T Read(OptionReader options) => type.Read(options, Name, IsRequired, usual);

    /// <inheritdoc/>
    public override string? Write(Operator op, OperatorShapes shapes)
    {
        T value = get(op, shapes);
        return !IsRequired && EqualityComparer<T>.Default.Equals(value, usual) ? null : type.Write(value);
    }
}
