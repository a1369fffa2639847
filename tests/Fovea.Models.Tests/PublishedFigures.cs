using System.Globalization;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>Reads the published tables in tests/golden.</summary>
internal static class PublishedFigures
{
    /// <summary>The rows of a table: fields by the names in its header. Lines that begin with # are comments.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(string file)
    {
        string[] lines =
        [
            .. File.ReadLines(Path.Combine(TestData.Root, "tests", "golden", file)).Where(l => !l.StartsWith('#')),
        ];
        string[] header = lines[0].Split(',');
        return lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(f => f.First, f => f.Second));
    }

    /// <summary>Size, stride and padding in front of a value's receptive field, which must be the same along both
    /// axes.</summary>
    public static string FieldOf(ReceptiveFields fields, Value value)
    {
        ReceptiveField field = fields[value]!;
        Assert.True(
            field.Axes.Select(a => (a.Size, a.Main.Jump, a.Padding)).Distinct().Count() == 1,
            $"{value.Name}: {string.Join("; ", field.Axes)}"
        );
        return string.Create(CultureInfo.InvariantCulture, $"{field.Size[0]}/{field.Stride[0]}/{field.Padding[0]}");
    }
}
