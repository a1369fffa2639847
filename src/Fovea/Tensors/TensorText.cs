using System.Globalization;
using System.Text;

namespace Fovea;

/// <summary>A tensor as text in nested brackets, columns lined up.</summary>
internal static class TensorText
{
    /// <summary>The text; see <see cref="Tensor.ToText"/>.</summary>
    public static string Of(Tensor tensor, int digits, int edge)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 17);
        ArgumentOutOfRangeException.ThrowIfLessThan(edge, 1);
        int[][] shown = [.. tensor.Shape.Sizes.ToArray().Select(size => Shown(size, edge))];
        List<string> numbers = [];
        Collect(tensor, shown, digits, numbers);
        int width = numbers.Count == 0 ? 0 : numbers.Max(n => n.Length);
        StringBuilder text = new();
        using IEnumerator<string> next = numbers.GetEnumerator();
        Write(text, shown, 0, width, next);
        return text.ToString();
    }

    /// <summary>Positions of an axis that are shown; -1 stands for those left out.</summary>
    private static int[] Shown(int size, int edge) =>
        size <= 2 * edge
            ? [.. Enumerable.Range(0, size)]
            : [.. Enumerable.Range(0, edge), -1, .. Enumerable.Range(size - edge, edge)];

    private static void Collect(Tensor part, int[][] shown, int digits, List<string> numbers)
    {
        if (part.Rank == 0)
        {
            numbers.Add(part.Item().ToString($"G{digits}", CultureInfo.InvariantCulture));
            return;
        }

        foreach (int position in shown[^part.Rank].Where(p => p >= 0))
        {
            long inner = part.Shape.Sizes[0] == 0 ? 0 : part.Count / part.Shape.Sizes[0];
            Collect(part.View(Shape.Create(part.Shape.Sizes[1..]), position * inner), shown, digits, numbers);
        }
    }

    private static void Write(StringBuilder text, int[][] shown, int axis, int width, IEnumerator<string> next)
    {
        if (axis == shown.Length)
        {
            next.MoveNext();
            text.Append(next.Current.PadLeft(width));
            return;
        }

        bool isRow = axis == shown.Length - 1;
        string between = isRow ? ", " : "," + new string('\n', shown.Length - 1 - axis) + new string(' ', axis + 1);
        text.Append('[');
        for (int i = 0; i < shown[axis].Length; i++)
        {
            text.Append(i == 0 ? "" : between);
            if (shown[axis][i] < 0)
            {
                text.Append("...");
            }
            else
            {
                Write(text, shown, axis + 1, width, next);
            }
        }

        text.Append(']');
    }
}
