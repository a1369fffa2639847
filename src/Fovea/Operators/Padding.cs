namespace Fovea;

/// <summary>How much padding a convolution or pool puts around its input. What the padding holds is
/// <see cref="PaddingMode"/>'s matter.</summary>
/// <remarks>Written as a number (<c>1</c>: on both ends of every axis), a tuple (one number an axis), or a rule by
/// name. Every rule works with every stride, dilation, kernel size and mode.</remarks>
public readonly record struct Padding
{
    private enum Rule
    {
        Explicit,
        SamePyTorch,
        SameTensorFlow,
        Causal,
    }

    private readonly Rule _rule;
    private readonly PerAxis _before;
    private readonly PerAxis _after;

    private Padding(Rule rule, PerAxis before, PerAxis after)
    {
        _rule = rule;
        _before = before;
        _after = after;
    }

    /// <summary>No padding: only windows that lie wholly in the input.</summary>
    public static Padding Valid => new(Rule.Explicit, 0, 0);

    /// <summary>Output size ceil(in / stride), by PyTorch's rule: (kernel - 1) * dilation in all, half in front
    /// (rounded down), the rest behind. The same as <see cref="SamePyTorch"/>.</summary>
    public static Padding Same => SamePyTorch;

    /// <summary>
    /// PyTorch's <c>same</c>: in all (kernel - 1) * dilation, whatever the stride; the smaller half in front.
    /// PyTorch itself refuses strides above 1; here the rule goes on to hold, and is what <c>padding = kernel / 2</c>
    /// gives for odd kernels.
    /// </summary>
    public static Padding SamePyTorch => new(Rule.SamePyTorch, 0, 0);

    /// <summary>
    /// TensorFlow's <c>SAME</c>: in all max((ceil(in / stride) - 1) * stride + (kernel - 1) * dilation + 1 - in, 0);
    /// the smaller half in front.
    /// Depends on the input size, so that windows start and end evenly at the borders.
    /// </summary>
    public static Padding SameTensorFlow => new(Rule.SameTensorFlow, 0, 0);

    /// <summary>All padding in front, (kernel - 1) * dilation: on every axis an output sees its own position and what
    /// comes before. Output size ceil(in / stride).</summary>
    public static Padding Causal => new(Rule.Causal, 0, 0);

    /// <summary>Whether the amounts were given as numbers rather than by rule.</summary>
    public bool IsExplicit => _rule == Rule.Explicit;

    /// <summary>Different padding at the two ends.</summary>
    /// <param name="before">In front (top, left), 0 or more.</param>
    /// <param name="after">Behind (bottom, right), 0 or more.</param>
    public static Padding Explicit(PerAxis before, PerAxis after) => new(Rule.Explicit, before, after);

    /// <summary>The same padding at both ends.</summary>
    /// <param name="both">0 or more.</param>
    public static Padding Symmetric(PerAxis both) => new(Rule.Explicit, both, both);

    /// <summary>The same padding at both ends of every axis.</summary>
    /// <param name="both">0 or more.</param>
    public static implicit operator Padding(int both) => Symmetric(both);

    /// <summary>Padding of height and width, at both ends.</summary>
    /// <param name="both">Height, width.</param>
    public static implicit operator Padding((int Height, int Width) both) => Symmetric(both);

    /// <summary>Padding of depth, height and width, at both ends.</summary>
    /// <param name="both">Depth, height, width.</param>
    public static implicit operator Padding((int Depth, int Height, int Width) both) => Symmetric(both);

    /// <summary>The padding of one axis.</summary>
    /// <param name="axis">0 is the outermost spatial axis.</param>
    /// <param name="rank">Number of spatial axes.</param>
    /// <param name="size">Input size.</param>
    /// <param name="kernel">Kernel size.</param>
    /// <param name="stride">Stride.</param>
    /// <param name="dilation">Dilation.</param>
    /// <returns>Padding in front and behind.</returns>
    /// <exception cref="ArgumentException">The number of values given does not fit the number of axes.</exception>
    public (long Before, long After) Resolve(int axis, int rank, int size, int kernel, int stride, int dilation)
    {
        long reach = (kernel - 1L) * dilation;
        long total = _rule switch
        {
            Rule.SameTensorFlow => Math.Max(
                ((((size + (long)stride - 1) / stride) - 1) * stride) + reach + 1 - size,
                0
            ),
            _ => reach,
        };
        return _rule switch
        {
            Rule.Explicit => (_before.At(axis, rank), _after.At(axis, rank)),
            Rule.Causal => (reach, 0),
            _ => (total / 2, total - (total / 2)),
        };
    }

    /// <summary>Reads what <see cref="ToString"/> writes: <c>1</c>, <c>1x2</c>, <c>0+1</c> (before and behind),
    /// <c>same</c>, <c>same-tensorflow</c>, <c>causal</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="padding">The padding.</param>
    /// <returns>Whether it has such a form.</returns>
    public static bool TryParse(string text, out Padding padding)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] sides = text.Split('+');
        bool numbers = PerAxis.TryParse(sides[0], out PerAxis before);
        PerAxis after = before;
        numbers &= sides.Length == 1 || (sides.Length == 2 && PerAxis.TryParse(sides[1], out after));
        (bool known, padding) = text switch
        {
            "same" => (true, SamePyTorch),
            "same-tensorflow" => (true, SameTensorFlow),
            "causal" => (true, Causal),
            "valid" => (true, Valid),
            _ => (numbers, numbers ? Explicit(before, after) : default),
        };
        return known;
    }

    /// <summary>E.g. <c>1</c>, <c>same</c>, <c>0+1</c>.</summary>
    public override string ToString() =>
        _rule switch
        {
            Rule.SamePyTorch => "same",
            Rule.SameTensorFlow => "same-tensorflow",
            Rule.Causal => "causal",
            _ when _before == _after => _before.ToString(),
            _ => $"{_before}+{_after}",
        };
}
