using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>An operator with what is essential of its options: <c>Conv2d 3x3/2</c>.</summary>
internal static class OperatorText
{
    /// <summary>The text.</summary>
    public static string Of(Node node)
    {
        FilterBank? filters = node.Operator.Filters(node.Shapes);
        if (filters is { Kernel.Count: 0 })
        {
            return $"{node.Operator.Name} {filters.InChannels} to {filters.OutChannels}";
        }

        bool isPool = node.Operator.Traits.HasFlag(OperatorTraits.Pool);
        AxisMap[] maps = filters is null && !isPool ? [] : [.. MapsOf(node)];
        if (filters is not null)
        {
            return $"{node.Operator.Name} {string.Join('x', filters.Kernel)}{Stride(maps)}{Dilation(maps)}{Groups(filters)}";
        }

        return isPool && maps.Length > 0 && maps.All(m => m is WindowAxisMap)
                ? $"{node.Operator.Name} {string.Join('x', maps.Cast<WindowAxisMap>().Select(m => m.Kernel))}{Stride(maps)}"
            : isPool || node.Operator.Options.Count == 0 ? node.Operator.Name
            : $"{node.Operator.Name} {string.Join(' ', node.Operator.Options.Select(o => $"{o.Name}={o.Value}"))}";
    }

    private static IEnumerable<AxisMap> MapsOf(Node node)
    {
        int rank = node.Shapes.Inputs[0].Rank;
        return Enumerable
            .Range(2, Math.Max(0, rank - 2))
            .Select(axis => node.Operator.ReadsOf(node.Shapes, 0, axis)?.Map)
            .OfType<AxisMap>();
    }

    private static string Stride(AxisMap[] maps)
    {
        int[] strides =
        [
            .. maps.Select(m =>
                m switch
                {
                    WindowAxisMap w => w.Stride,
                    TransposedAxisMap t => t.Stride,
                    _ => 1,
                }
            ),
        ];
        return strides.All(s => s == 1) ? "" : "/" + Once(strides);
    }

    private static string Dilation(AxisMap[] maps)
    {
        int[] dilations =
        [
            .. maps.Select(m =>
                m switch
                {
                    WindowAxisMap w => w.Dilation,
                    TransposedAxisMap t => t.Dilation,
                    _ => 1,
                }
            ),
        ];
        return dilations.All(d => d == 1) ? "" : " dilation " + Once(dilations);
    }

    private static string Groups(FilterBank filters) =>
        filters.IsDepthwise ? " depthwise"
        : filters.Groups > 1 ? $" groups {filters.Groups}"
        : "";

    private static string Once(int[] values) =>
        values.Distinct().Count() == 1 ? $"{values[0]}" : string.Join('x', values);
}
