using System.Globalization;

namespace Fovea.Data;

/// <summary>The classes of a training set: its distinct labels, sorted by value where all are numbers (so <c>1</c> and
/// <c>1.0000000e+00</c> are one class), else by character codes.</summary>
internal sealed class ClassLabels
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly bool _numeric;

    public ClassLabels(IReadOnlyList<SeriesCase> training)
    {
        string[] written = [.. training.Select(item => item.Label).Distinct(StringComparer.Ordinal)];
        _numeric = Array.TrueForAll(written, label => Number(label) is not null);
        Names = _numeric
            ? [.. written.Select(label => Number(label)!.Value).Distinct().Order().Select(Name)]
            : [.. written.Order(StringComparer.Ordinal)];
        for (int i = 0; i < Names.Count; i++)
        {
            _indices.Add(Names[i], i);
        }
    }

    /// <summary>The names in order of class index.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The class index of a label as written, or -1 where the training set has no such class.</summary>
    public int IndexOf(string label)
    {
        string? name =
            !_numeric ? label
            : Number(label) is { } value ? Name(value)
            : null;
        return name is not null && _indices.TryGetValue(name, out int index) ? index : -1;
    }

    /// <summary>The class index of every case; refuses a label the training set or the file's own header does not
    /// have.</summary>
    public int[] IndicesOf(SeriesFile file)
    {
        int[] indices = new int[file.Cases.Count];
        HashSet<string> declared = [.. file.DeclaredClasses.Select(Canonical)];
        for (int i = 0; i < indices.Length; i++)
        {
            SeriesCase item = file.Cases[i];
            if (declared.Count > 0 && !declared.Contains(Canonical(item.Label)))
            {
                throw DataFormatException.AtLine(
                    file.File,
                    item.Line,
                    $"the label '{NumberText.Show(item.Label)}' is not among the classes the header lists: {NumberText.Show(file.DeclaredClasses)}."
                );
            }

            indices[i] = IndexOf(item.Label);
            if (indices[i] < 0)
            {
                throw DataFormatException.AtLine(
                    file.File,
                    item.Line,
                    $"the label '{NumberText.Show(item.Label)}' does not occur in the training set, whose classes are {NumberText.Show(Names)}."
                );
            }
        }

        return indices;
    }

    private static string Canonical(string label) => Number(label) is { } value ? Name(value) : label;

    private static double? Number(string label) =>
        double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value)
            ? value + 0.0
            : null;

    private static string Name(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
