namespace Fovea;

/// <summary>What an operator is about.</summary>
public enum OperatorFamily
{
    /// <summary>Arithmetic on each element.</summary>
    Elementwise,

    /// <summary>An activation function.</summary>
    Activation,

    /// <summary>Zeroes units at random.</summary>
    Random,

    /// <summary>Moves elements, or changes their type.</summary>
    Shaping,

    /// <summary>Sums and largest values over axes.</summary>
    Reduction,

    /// <summary>Normalization.</summary>
    Normalization,

    /// <summary>Convolutions.</summary>
    Convolution,

    /// <summary>Matrix products.</summary>
    Product,

    /// <summary>Pools.</summary>
    Pool,

    /// <summary>Resampling to another size.</summary>
    Resampling,

    /// <summary>Losses.</summary>
    Loss,

    /// <summary>What rules of gradients are written with.</summary>
    Gradient,
}

/// <summary>An operator in the catalogue: its word, its inputs, its options, and how it is made. Everything that text, edits
/// and other formats ask about an operator without looking at its class.</summary>
/// <param name="word">The operator's name in lower case, without the number of axes.</param>
/// <param name="family">What it is about.</param>
/// <param name="summary">What it computes, in one line.</param>
/// <param name="operators">The classes that it stands for; generic ones without their type argument are all of them.</param>
public abstract class OperatorEntry(string word, OperatorFamily family, string summary, IReadOnlyList<Type> operators)
{
    /// <summary>The operator's name in lower case, without the number of axes: the word of the network text, where it has
    /// one. Several entries may have one word, e.g. <c>add</c> for two tensors and for a tensor and a number.</summary>
    public string Word { get; } = word;

    /// <summary>What it is about.</summary>
    public OperatorFamily Family { get; } = family;

    /// <summary>What it computes, in one line.</summary>
    public string Summary { get; } = summary;

    /// <summary>Its inputs in order.</summary>
    public IReadOnlyList<InputSlot> Slots { get; private protected set; } = [InputSlots.X];

    /// <summary>Its options in the order in which they are written: those of the layer's sizes, those of the operator's
    /// attributes, and the layer's others.</summary>
    public abstract IReadOnlyList<OperatorField> Fields { get; }

    /// <summary>Names of the options that may stand without them, by position.</summary>
    public IReadOnlyList<string> Positional { get; private protected set; } = [];

    /// <summary>Whether the word stands in network text.</summary>
    public bool IsWord { get; private protected set; } = family is not (OperatorFamily.Loss or OperatorFamily.Gradient);

    /// <summary>Whether it joins several activations.</summary>
    public bool Joins => Activations > 1 || TakesAny;

    /// <summary>Whether it takes any number of activations.</summary>
    public bool TakesAny => Slots.Any(s => s.IsMany);

    /// <summary>How many activations it has slots for.</summary>
    public int Activations => Slots.Count(s => s.Kind == SlotKind.Activation);

    /// <summary>Whether the operator can be made from attributes alone.</summary>
    public abstract bool CanMake { get; }

    /// <summary>Whether it is a layer without parameters, which text can make.</summary>
    public abstract bool CanMakeLayer { get; }

    /// <summary>The inputs that a use has. An optional one of which the attributes do not tell, such as the bias of a
    /// convolution, is among them: such a use may have fewer.</summary>
    /// <param name="attributes">Those of the use.</param>
    public IReadOnlyList<InputSlot> SlotsOf(OperatorAttributes attributes) =>
        [.. Slots.Where(s => s.IsPresent is null || s.IsPresent(attributes))];

    /// <summary>Makes the operator.</summary>
    /// <param name="attributes">Its attributes, of the type that the entry's operators have.</param>
    /// <param name="owner">The layer that it works for.</param>
    /// <exception cref="ArgumentException">The attributes are another operator's, or out of range.</exception>
    /// <exception cref="NotSupportedException">It cannot be made from attributes: see <see cref="CanMake"/>.</exception>
    public abstract Operator Make(OperatorAttributes attributes, Module? owner = null);

    /// <summary>The classes that it stands for.</summary>
    internal IReadOnlyList<Type> Operators { get; } = operators;

    /// <summary>Whether it stands for the class of an operator with these attributes.</summary>
    internal abstract bool Fits(OperatorAttributes attributes);

    /// <summary>Whether options mean this entry rather than another of the same word.</summary>
    internal abstract bool IsMeantBy(OptionReader options);

    /// <summary>The attributes that options give, for an input.</summary>
    /// <param name="options">The options.</param>
    /// <param name="context">What follows from the input.</param>
    /// <param name="except">An option that is not asked for, as what reads has another for it.</param>
    /// <exception cref="ArgumentException">An option is wrong or missing.</exception>
    internal abstract OperatorAttributes Read(OptionReader options, OptionContext context, string? except = null);

    /// <summary>Attributes for an input within a trace: sizes that are the batch are left open.</summary>
    internal abstract OperatorAttributes For(OperatorAttributes attributes, Shape input);

    /// <summary>Attributes as text: what differs from the usual.</summary>
    internal abstract IReadOnlyList<OperatorOption> Write(OperatorAttributes attributes);

    /// <summary>A use as text: with what the layer has in the sizes of its weights.</summary>
    internal abstract IReadOnlyList<OperatorOption> Write(Operator op, OperatorShapes shapes);

    /// <summary>Makes the layer.</summary>
    internal abstract Module MakeLayer(OperatorAttributes attributes);
}

/// <summary>What attributes follow from besides options.</summary>
/// <param name="Input">The shape of the first input; [] where it is not known.</param>
/// <param name="IsTraining">Whether the operator is used in training.</param>
internal readonly record struct OptionContext(Shape Input, bool IsTraining = true)
{
    /// <summary>Spatial axes of an input [N, C, spatial...]; 1 at least.</summary>
    public int Spatial => Math.Max(1, Input.Rank - 2);

    /// <summary>Size of axis 1; 1 where there is none.</summary>
    public int Channels => Input.Rank > 1 ? Input[1] : 1;
}
