using System.Globalization;

namespace Fovea.Workbench;

/// <summary>Item shapes as text: <c>3x224x224</c>; or a range of them, <c>3x193..225</c> for squares,
/// <c>3x200..260x320</c> for one axis.</summary>
public sealed class InputRange
{
    /// <summary>Most sizes in a range.</summary>
    public const int MostSizes = 1000;

    /// <summary>Largest size of an axis.</summary>
    public const int LargestSize = 1 << 20;

    /// <summary>Most values of an item.</summary>
    public const long MostValues = 1L << 28;

    private readonly (int From, int To)[] _parts;

    private InputRange(string text, (int From, int To)[] parts) => (Text, _parts) = (text, parts);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it has several sizes.</summary>
    public bool IsRange => Array.FindIndex(_parts, p => p.To > p.From) >= 0;

    /// <summary>Spatial sizes written.</summary>
    public int Written => _parts.Length - 1;

    /// <summary>Reads the text.</summary>
    /// <param name="text">Channels and spatial sizes with an x between: whole numbers of 1 to 2^20; one size may be a
    /// range, <c>from..to</c>, of at most 1,000 sizes.</param>
    /// <exception cref="ArgumentException">The text has another form, a number is out of range, or an item has more
    /// than 2^28 values.</exception>
    public static InputRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Trim().Split('x', 'X');
        if (words.Length is < 2 or > 4)
        {
            throw Wrong(text, "it must be channels and 1 to 3 sizes");
        }

        (int From, int To)[] parts = [.. words.Select(w => Part(text, w))];
        if (parts.Count(p => p.To > p.From) > 1 || parts[0].To > parts[0].From)
        {
            throw Wrong(text, "one size may be a range, and not the channels");
        }

        return parts.Max(p => p.To - p.From) + 1 > MostSizes
            ? throw new ArgumentException(
                $"--input {text}: a range may have at most {MostSizes:N0} sizes, got {parts.Max(p => p.To - p.From) + 1:N0}. Narrow it."
            )
            : new InputRange(text.Trim(), parts);
    }

    /// <summary>The items, smallest first.</summary>
    /// <param name="spatialRank">Spatial axes of the network's items. A single size that is a range stands for all of
    /// them.</param>
    /// <exception cref="ArgumentException">There are more or fewer sizes than axes, or an item has more than 2^28
    /// values.</exception>
    public IReadOnlyList<Shape> Items(int spatialRank)
    {
        (int From, int To)[] sizes = _parts[1..];
        if (IsRange && sizes.Length == 1)
        {
            sizes = [.. Enumerable.Repeat(sizes[0], spatialRank)];
        }

        if (sizes.Length != spatialRank)
        {
            string form = spatialRank switch
            {
                1 => "series CxL, e.g. 1x128",
                2 => "images CxHxW, e.g. 3x224x224",
                _ => "volumes CxDxHxW, e.g. 1x32x32x32",
            };
            throw new ArgumentException(
                $"--input {Text} has {sizes.Length} spatial {(sizes.Length == 1 ? "size" : "sizes")}; the network is for {form}."
            );
        }

        int count = sizes.Max(s => s.To - s.From) + 1;
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => Item([_parts[0].From, .. sizes.Select(s => Math.Min(s.From + i, s.To))])),
        ];
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private Shape Item(int[] sizes) =>
        sizes.Aggregate(1.0, (product, size) => product * size) <= MostValues
            ? Shape.Create(sizes)
            : throw new ArgumentException(
                $"--input {Text}: an item may have at most {MostValues:N0} values, got {string.Join("x", sizes)}. Use a smaller input."
            );

    private static (int From, int To) Part(string text, string word)
    {
        string[] ends = word.Split("..");
        int from = Number(text, ends[0]),
            to = ends.Length == 1 ? from : Number(text, ends[1]);
        return ends.Length <= 2 && to >= from
            ? (from, to)
            : throw Wrong(text, $"a range is written from..to, the smaller first, got '{word}'");
    }

    private static int Number(string text, string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int size)
        && size is >= 1 and <= LargestSize
            ? size
            : throw Wrong(text, $"every size must be a whole number of 1 to {LargestSize:N0}, got '{word}'");

    private static ArgumentException Wrong(string text, string rule) =>
        new(
            $"--input '{text}': {rule}. Write e.g. 3x224x224 for images, 1x128 for series, 3x193..225 for a range of squares."
        );
}
