using System.Globalization;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>Blocks that repeat the one before them.</summary>
/// <param name="Start">First row.</param>
/// <param name="End">Row behind the last.</param>
/// <param name="First">Name of the first block of the run that is left out.</param>
/// <param name="Last">Name of the last.</param>
/// <param name="Like">Name of the block that they repeat.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Rows">Their rows.</param>
internal sealed record BlockFold(
    int Start,
    int End,
    string First,
    string Last,
    string Like,
    int Count,
    IReadOnlyList<InspectedLayer> Rows
)
{
    /// <summary>In a line.</summary>
    public string Describe(string unit)
    {
        string field = Rows[^1].Field is { Size.Count: > 0 } f
            ? $"; field {NumberText.Sizes(f.Size.Select(s => (double)s))} at the end"
            : "";
        string parameters =
            Rows.All(r => r.SharedWith is not null || r.Params == 0) && Rows.Any(r => r.SharedWith is not null)
                ? "params shared"
                : $"{NumberText.Grouped(Rows.Sum(r => r.Params))} params";
        return $"{First} to {Last}: {Count} blocks like {Like}, {parameters}, {NumberText.Short(Rows.Sum(r => r.Macs))} {unit} in all{field}";
    }
}

/// <summary>Finds runs of equal blocks, <c>layer3.1</c> to <c>layer3.35</c>: the first is shown, two or more after it
/// are told in a line.</summary>
internal sealed class RepeatedBlocks
{
    private const int LeastFolded = 2;

    private readonly Dictionary<int, BlockFold> _folds = [];
    private readonly InspectedLayer[] _rows;
    private readonly string[][] _paths;
    private readonly string[] _texts;

    /// <summary>Looks for them.</summary>
    /// <param name="rows">The rows that are shown.</param>
    /// <param name="none">Whether none is to be folded.</param>
    public RepeatedBlocks(InspectedLayer[] rows, bool none)
    {
        _rows = rows;
        _paths = [.. rows.Select(r => r.Node.Name.Split('.'))];
        _texts =
        [
            .. rows.Select(r =>
                $"{OperatorText.Of(r.Node)}|{r.Node.Output.Shape}|{r.Params}|{r.Macs}|{r.SharedWith is not null}"
            ),
        ];
        for (int i = 0; i < rows.Length && !none; )
        {
            i = Fold(i) is { } fold ? (_folds[fold.Start] = fold).End : i + 1;
        }
    }

    /// <summary>The fold that begins at a row; null where none does.</summary>
    public BlockFold? FoldAt(int row) => _folds.GetValueOrDefault(row);

    /// <summary>The fold behind the block that begins at a row, the outermost kind of block first.</summary>
    private BlockFold? Fold(int start)
    {
        string[] path = _paths[start];
        for (int depth = 0; depth < path.Length - 1; depth++)
        {
            if (
                !int.TryParse(path[depth], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || (start > 0 && IsIn(start - 1, path, depth, number))
            )
            {
                continue;
            }

            int length = Length(start, path, depth, number),
                count = 0;
            while (Repeats(start, length, depth, count + 1, number))
            {
                count++;
            }

            if (count >= LeastFolded)
            {
                int first = start + length,
                    end = first + (count * length);
                return new BlockFold(
                    first,
                    end,
                    Name(path, depth, number + 1),
                    Name(path, depth, number + count),
                    Name(path, depth, number),
                    count,
                    _rows[first..end]
                );
            }
        }

        return null;
    }

    private int Length(int start, string[] path, int depth, int number)
    {
        int end = start;
        while (end < _rows.Length && IsIn(end, path, depth, number))
        {
            end++;
        }

        return end - start;
    }

    private bool Repeats(int start, int length, int depth, int step, int number)
    {
        int offset = start + (step * length);
        string[] path = _paths[start];
        if (
            offset + length > _rows.Length
            || (offset + length < _rows.Length && IsIn(offset + length, path, depth, number + step))
        )
        {
            return false;
        }

        return Enumerable
            .Range(0, length)
            .All(i =>
                _texts[start + i] == _texts[offset + i]
                && IsIn(offset + i, path, depth, number + step)
                && _paths[start + i].AsSpan(depth + 1).SequenceEqual(_paths[offset + i].AsSpan(depth + 1))
            );
    }

    private bool IsIn(int row, string[] path, int depth, int number) =>
        _paths[row].Length > depth + 1
        && _paths[row].AsSpan(0, depth).SequenceEqual(path.AsSpan(0, depth))
        && _paths[row][depth] == number.ToString(CultureInfo.InvariantCulture);

    private static string Name(string[] path, int depth, int number) =>
        string.Join('.', [.. path[..depth], number.ToString(CultureInfo.InvariantCulture)]);
}
