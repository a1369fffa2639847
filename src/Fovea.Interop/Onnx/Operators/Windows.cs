using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>The attributes that convolutions and pools share: kernel, strides, dilations and padding.</summary>
/// <param name="Kernel">Taps of each spatial axis.</param>
/// <param name="Stride">Steps between windows.</param>
/// <param name="Dilation">Steps between taps.</param>
/// <param name="Padding">The padding; by numbers, or by TensorFlow's rule, which is <c>SAME_UPPER</c>.</param>
/// <param name="Before">Padding in front of each axis.</param>
/// <param name="After">Padding behind each axis.</param>
internal sealed record Windows(int[] Kernel, int[] Stride, int[] Dilation, Padding Padding, int[] Before, int[] After)
{
    /// <summary>Spatial axes.</summary>
    public int Rank => Kernel.Length;

    /// <summary>Reads them from a node.</summary>
    /// <param name="c">The node.</param>
    /// <param name="x">The input's shape.</param>
    /// <param name="kernel">Taps where the node does not say; null where it must.</param>
    /// <exception cref="ModelFormatException">Their numbers do not fit the input.</exception>
    public static Windows Of(OnnxCall c, Shape x, ReadOnlySpan<int> kernel = default)
    {
        int rank = x.Rank - 2;
        if (rank < 1)
        {
            throw c.Error($"needs an input [N, C, spatial...], got {x}");
        }

        int[] taps = Numbers(c, "kernel_shape", rank, kernel.IsEmpty ? null : kernel.ToArray()),
            stride = Numbers(c, "strides", rank, [.. Enumerable.Repeat(1, rank)]),
            dilation = Numbers(c, "dilations", rank, [.. Enumerable.Repeat(1, rank)]),
            before = new int[rank],
            after = new int[rank];
        string rule = c.Node.Text("auto_pad", "NOTSET");
        if (rule is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER" or ""))
        {
            throw c.Error($"auto_pad '{rule}' is not known");
        }

        if (rule is "NOTSET" or "")
        {
            int[] pads = Numbers(c, "pads", 2 * rank, new int[2 * rank]);
            (before, after) = (pads[..rank], pads[rank..]);
        }

        for (int i = 0; i < rank && rule.StartsWith("SAME", StringComparison.Ordinal); i++)
        {
            int size = x[2 + i],
                windows = (size + stride[i] - 1) / stride[i],
                total = Math.Max(0, ((windows - 1) * stride[i]) + ((taps[i] - 1) * dilation[i]) + 1 - size);
            before[i] = rule == "SAME_LOWER" ? total - (total / 2) : total / 2;
            after[i] = total - before[i];
        }

        Padding padding =
            rule == "SAME_UPPER" ? Padding.SameTensorFlow
            : rank > 3 ? Padding.Valid
            : Padding.Explicit(Short(before), Short(after));
        return new Windows(taps, stride, dilation, padding, before, after);
    }

    /// <summary>Those of an operator that is written.</summary>
    /// <exception cref="ModelFormatException">The input has no batch axis.</exception>
    public static Windows Of(OnnxUse use, int rank, int[] kernel, PerAxis stride, Padding padding, PerAxis dilation)
    {
        Shape x = use.From.Single;
        if (x.Rank != rank + 2)
        {
            throw use.Cannot($"its input {use.From} has no batch axis; ONNX needs [N, C, spatial...]");
        }

        int[] before = new int[rank],
            after = new int[rank],
            strides = All(stride, rank),
            dilations = All(dilation, rank);
        for (int i = 0; i < rank; i++)
        {
            (long front, long back) = padding.Resolve(i, rank, x[2 + i], kernel[i], strides[i], dilations[i]);
            (before[i], after[i]) = ((int)front, (int)back);
        }

        return new Windows(kernel, strides, dilations, padding, before, after);
    }

    /// <summary>A number for each axis.</summary>
    public static int[] All(PerAxis values, int rank) => [.. Enumerable.Range(0, rank).Select(i => values.At(i, rank))];

    /// <summary>The attributes of a node: padding in numbers, but by rule where it depends on the input's size.</summary>
    public IEnumerable<AttributeProto> Write() =>
        [
            OnnxAttribute.Ints("kernel_shape", Kernel),
            OnnxAttribute.Ints("strides", Stride),
            OnnxAttribute.Ints("dilations", Dilation),
            Padding == Padding.SameTensorFlow
                ? OnnxAttribute.Text("auto_pad", "SAME_UPPER")
                : OnnxAttribute.Ints("pads", Before.Concat(After)),
        ];

    /// <summary>Numbers of an attribute, one for each axis.</summary>
    /// <exception cref="ModelFormatException">They are absent and needed, too few or too many, or negative.</exception>
    public static int[] Numbers(OnnxCall c, string name, int count, int[]? usual)
    {
        long[]? given = c.Node.Ints(name);
        if (given is null or { Length: 0 })
        {
            return usual ?? throw c.Error($"needs {name}");
        }

        return given.Length == count && given.All(v => v is >= 0 and < 1 << 30)
            ? Array.ConvertAll(given, v => (int)v)
            : throw c.Error($"{name} must be {count} numbers of 0 or more, got [{string.Join(", ", given)}]");
    }

    /// <summary>One number where all are equal.</summary>
    public static PerAxis Short(int[] values) => values.Distinct().Count() == 1 ? values[0] : PerAxis.Create(values);

    /// <summary>The windows along an axis.</summary>
    /// <param name="axis">The spatial axis.</param>
    /// <param name="size">The input's size.</param>
    /// <param name="ceil">Whether a last, partial window counts, unless it would begin behind the input and its front
    /// padding.</param>
    public int Count(int axis, int size, bool ceil = false)
    {
        int room = size + Before[axis] + After[axis] - (((Kernel[axis] - 1) * Dilation[axis]) + 1);
        if (!ceil)
        {
            return room < 0 ? 0 : (room / Stride[axis]) + 1;
        }

        int windows = Math.Max(0, (int)Math.Ceiling((double)room / Stride[axis]) + 1);
        return windows > 0 && (windows - 1) * Stride[axis] >= size + Before[axis] ? windows - 1 : windows;
    }
}
