namespace Fovea.Workbench;

/// <summary>The labels of nearest items, within a part and from one part to another: what labels and inputs say of each other before
/// anything is learned.</summary>
/// <remarks>A part whose labels were drawn anew, whose classes changed places or whose items were turned round agrees with itself and
/// not with the other. Turned round, it would: that is tried for each axis, and for the order of colours. Pictures are compared by the
/// means of 8 x 8 cells of each colour, others by <see cref="ItemSignature"/>.</remarks>
internal sealed class LabelNeighbours
{
    private const int Most = 600,
        MostClasses = 64;

    private readonly (float[] Cells, int Label)[] _learned,
        _others;
    private readonly int _classes;

    private LabelNeighbours((float[] Cells, int Label)[] learned, (float[] Cells, int Label)[] others, int classes) =>
        (_learned, _others, _classes) = (learned, others, classes);

    /// <summary>Of two parts; null where items have no class, or one of very many.</summary>
    public static LabelNeighbours? Of(PartLook learned, PartLook others, int classes) =>
        classes is < 2 or > MostClasses
            ? null
            : new LabelNeighbours(Some(learned, classes), Some(others, classes), classes);

    /// <summary>By label: how often the nearest other item learned from has each label.</summary>
    public int[][] Learned() => Table(_learned, _learned, null);

    /// <summary>The same within the other part.</summary>
    public int[][] Others() => Table(_others, _others, null);

    /// <summary>The same from items of the other part to those learned from.</summary>
    public int[][] Across() => Table(_others, _learned, null);

    /// <summary>The way to turn items of the other part round that most of them have the label of the nearest learned from with, and how
    /// many those are.</summary>
    /// <param name="shape">Of an item.</param>
    public (string Way, int Right) Turned(Shape shape) =>
        _others.Length == 0 || _learned.Length == 0
            ? ("", 0)
            : CellTurns
                .Of(shape, _others[0].Cells.Length)
                .Select(t => (t.Way, Right: Right(Table(_others, _learned, t.Places))))
                .DefaultIfEmpty((Way: "", Right: 0))
                .MaxBy(t => t.Right);

    /// <summary>Items whose neighbour has their label.</summary>
    public static int Right(int[][] table) => table.Select((row, k) => row[k]).Sum();

    private int[][] Table((float[] Cells, int Label)[] asked, (float[] Cells, int Label)[] known, int[]? places)
    {
        int[][] table = [.. Enumerable.Range(0, _classes).Select(_ => new int[_classes])];
        foreach ((float[] cells, int label) in asked)
        {
            float[] own = places is null ? cells : [.. places.Select(p => cells[p])];
            float least = float.PositiveInfinity;
            int nearest = -1;
            foreach ((float[] other, int its) in known)
            {
                if (ReferenceEquals(other, cells))
                {
                    continue;
                }

                float distance = NearNeighbours.SquaredDistance(own, other);
                (least, nearest) = distance < least ? (distance, its) : (least, nearest);
            }

            if (nearest >= 0)
            {
                table[label][nearest]++;
            }
        }

        return table;
    }

    private static (float[] Cells, int Label)[] Some(PartLook part, int classes)
    {
        (float[], int)[] all =
        [
            .. part
                .Looks.Where(l => l is { Cells: not null, Label: >= 0 } && l.Label < classes)
                .DistinctBy(l => l.Hash)
                .Select(l => (l.Cells!, l.Label!.Value)),
        ];
        int count = Math.Min(Most, all.Length);
        return [.. Enumerable.Range(0, count).Select(i => all[(long)i * all.Length / count])];
    }
}

/// <summary>Ways to turn an item round, as places of its cells.</summary>
internal static class CellTurns
{
    /// <summary>Those that change anything.</summary>
    /// <param name="shape">Of an item, [C, L] or [C, H, W].</param>
    /// <param name="cells">Its cells.</param>
    public static IEnumerable<(string Way, int[] Places)> Of(Shape shape, int cells)
    {
        bool isPicture = shape.Rank == 3;
        int across = isPicture ? Math.Min(ItemSignature.Side, shape[2]) : 0,
            down = isPicture ? Math.Min(ItemSignature.Side, shape[1]) : 1;
        if (isPicture && cells % (across * down) == 0)
        {
            int channels = cells / (across * down);
            yield return ("mirrored, left to right", Places((c, y, x) => (c, y, across - 1 - x)));
            yield return ("upside down", Places((c, y, x) => (c, down - 1 - y, x)));
            if (across == down)
            {
                yield return ("transposed, rows for columns", Places((c, y, x) => (c, x, y)));
                yield return ("turned by 90 degrees", Places((c, y, x) => (c, across - 1 - x, y)));
                yield return ("turned by 270 degrees", Places((c, y, x) => (c, x, across - 1 - y)));
            }

            if (channels is 3 or 4)
            {
                yield return ("with the colours in the other order", Places((c, y, x) => (c < 3 ? 2 - c : c, y, x)));
            }
        }
        else if (shape.Rank == 2 && cells % Math.Min(shape[0], ItemSignature.MostChannels) == 0)
        {
            down = 1;
            across = cells / Math.Min(shape[0], ItemSignature.MostChannels);
            yield return ("reversed, last value first", Places((c, y, x) => (c, y, across - 1 - x)));
        }

        int[] Places(Func<int, int, int, (int C, int Y, int X)> from) =>
            [
                .. Enumerable
                    .Range(0, cells)
                    .Select(i => from(i / (across * down), i / across % down, i % across))
                    .Select(p => (((p.C * down) + p.Y) * across) + p.X),
            ];
    }
}
