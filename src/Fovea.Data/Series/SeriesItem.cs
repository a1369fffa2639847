using System.Globalization;

namespace Fovea.Data;

/// <summary>A series to be labelled.</summary>
/// <param name="Name">File and line.</param>
/// <param name="Values">[C, L], last axis fastest.</param>
/// <param name="Label">The class that the file says, where it says one that the network knows.</param>
public sealed record SeriesItem(string Name, IReadOnlyList<float> Values, string? Label)
{
    /// <summary>Reads the series of a file: <c>.ts</c>, <c>.arff</c>, or lines of numbers separated by tabs, commas or
    /// white space. Such a line starts with the label, but where it has exactly as many numbers as the network takes, all
    /// are values.</summary>
    /// <param name="file">The file.</param>
    /// <param name="itemShape">[C, L] that the network takes.</param>
    /// <param name="classes">The network's classes.</param>
    /// <param name="options">What to do with missing values and unequal lengths.</param>
    /// <exception cref="DataFormatException">The file cannot be read, is no series, or its series have another
    /// shape.</exception>
    public static IReadOnlyList<SeriesItem> Read(
        string file,
        Shape itemShape,
        IReadOnlyList<string> classes,
        DataOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(options);
        SeriesFile read = SeriesFolder.ReadFile(file, FileBytes.Read(file), options);
        if (read.Format is "tsv" or "txt" && itemShape[0] == 1)
        {
            read = read with { Cases = [.. read.Cases.Select(item => WithoutLabel(item, itemShape[1]))] };
        }

        float[][] values = new SeriesShape(itemShape, options).Fit(read);
        ClassLabels labels = new([.. classes.Select(name => new SeriesCase([], name, 0))]);
        return
        [
            .. read.Cases.Select(
                (item, i) =>
                    new SeriesItem(
                        string.Create(CultureInfo.InvariantCulture, $"{file} line {item.Line}"),
                        values[i],
                        labels.IndexOf(item.Label) is >= 0 and int index ? labels.Names[index] : null
                    )
            ),
        ];
    }

    private static SeriesCase WithoutLabel(SeriesCase item, int length) =>
        item.Channels[0].Length == length - 1
        && float.TryParse(item.Label, NumberStyles.Float, CultureInfo.InvariantCulture, out float first)
            ? item with
            {
                Channels =
                [
                    [first, .. item.Channels[0]],
                ],
                Label = "",
            }
            : item;
}
