using System.Globalization;

namespace Fovea.Data.Tests;

/// <summary>One problem in every notation gives the same tensors, or is refused in all: what a missing value at the end
/// means does not depend on the format.</summary>
public sealed class SeriesEndTests
{
    private static readonly string[] Formats = ["ts", "ts stamped", "tsv", "txt", "csv", "arff", "arff sparse"];
    private static readonly string[] ChannelFormats = ["ts", "ts stamped", "arff"];

    public static TheoryData<MissingValues, UnequalLength> Options =>
        new()
        {
            { MissingValues.Refuse, UnequalLength.Refuse },
            { MissingValues.Refuse, UnequalLength.Pad },
            { MissingValues.Refuse, UnequalLength.Truncate },
            { MissingValues.Interpolate, UnequalLength.Refuse },
            { MissingValues.Interpolate, UnequalLength.Pad },
            { MissingValues.Interpolate, UnequalLength.Truncate },
        };

    [Theory, MemberData(nameof(Options))]
    public void Open_RowsThatEndEarly_AreTheSameInEveryFormat(MissingValues missing, UnequalLength unequal)
    {
        DataOptions options = new() { MissingValues = missing, UnequalLength = unequal };
        AssertSame(
            Formats,
            [
                [
                    [1, 2, null, null],
                ],
                [
                    [3, 4, 5, null],
                ],
                [
                    [6, 7, 8, 9],
                ],
            ],
            options
        );
        AssertSame(
            Formats,
            [
                [
                    [1, 2, 3, null],
                ],
                [
                    [3, 4, 5, null],
                ],
            ],
            options
        );
        AssertSame(
            Formats,
            [
                [
                    [1, null, 3, null],
                ],
                [
                    [3, 4, 5, 6],
                ],
            ],
            options
        ); // a gap, and an end
        AssertSame(
            Formats,
            [
                [
                    [null, 2, 3, 4],
                ],
                [
                    [3, 4, 5, 6],
                ],
            ],
            options
        );
        AssertSame(
            Formats,
            [
                [
                    [null, null, null, null],
                ],
                [
                    [3, 4, 5, 6],
                ],
            ],
            options
        ); // nothing at all
        AssertSame(
            Formats,
            [
                [
                    [1, 2, 3, 4],
                ],
                [
                    [3, 4, 5, 6],
                ],
            ],
            options
        );
        AssertSame(
            ChannelFormats,
            [
                [
                    [1, 2, null],
                    [3, 4, 5],
                ],
                [
                    [6, 7, 8],
                    [9, 1, null],
                ],
            ],
            options
        );
        AssertSame(
            ChannelFormats,
            [
                [
                    [1, 2, null],
                    [3, 4, null],
                ],
                [
                    [6, 7, null],
                    [null, 1, null],
                ],
            ],
            options
        );
    }

    [Fact]
    public void Open_EndedSeries_HaveTheLengthOfTheLongestOrShortest()
    {
        double?[][][] cases =
        [
            [
                [1, 2, null, null],
            ],
            [
                [3, 4, 5, null],
            ],
        ];
        foreach (string format in Formats)
        {
            Assert.Equal("1 2 2; 3 4 5", Read(format, cases, new DataOptions { UnequalLength = UnequalLength.Pad }));
            Assert.Equal("1 2; 3 4", Read(format, cases, new DataOptions { UnequalLength = UnequalLength.Truncate }));
            Assert.Equal(
                "1 2 2 2; 3 4 5 5",
                Read(format, cases, new DataOptions { MissingValues = MissingValues.Interpolate })
            );
            Assert.Equal("refused", Read(format, cases, new DataOptions()));
        }
    }

    private static void AssertSame(string[] formats, double?[][][] cases, DataOptions options)
    {
        string[] results = [.. formats.Select(format => Read(format, cases, options))];
        Assert.True(
            results.Distinct().Count() == 1,
            $"{options.MissingValues}, {options.UnequalLength}: {string.Join(" | ", formats.Zip(results))}"
        );
    }

    private static string Read(string format, double?[][][] cases, DataOptions options)
    {
        try
        {
            float[][] items = SeriesText.Content(SeriesText.Open(Text(format, cases), options).Train).Items;
            return string.Join("; ", items.Select(item => string.Join(' ', item)));
        }
        catch (DataFormatException)
        {
            return "refused";
        }
    }

    /// <summary>The cases, all of class k, as a file of a format has them.</summary>
    private static string Text(string format, double?[][][] cases)
    {
        int length = cases[0][0].Length;
        string attributes = string.Concat(Enumerable.Range(0, length).Select(i => $"@attribute a{i} numeric\n"));
        string arff =
            "@relation P\n"
            + (cases[0].Length > 1 ? $"@attribute dims relational\n{attributes}@end dims\n" : attributes)
            + "@attribute cls {k}\n@data\n";
        string ts =
            $"@timeStamps {(format == "ts" ? "false" : "true")}\n@equalLength true\n@seriesLength {length}\n@data\n";
        return string.Concat(
            cases
                .Select(c =>
                    format switch
                    {
                        "ts" => string.Join(':', c.Select(v => Values(v, ",", "NaN"))) + ":k\n",
                        "ts stamped" => string.Join(
                            ':',
                            c.Select(v => string.Join(',', v.Select((x, i) => $"({i},{Value(x, "NaN")})")))
                        ) + ":k\n",
                        "tsv" => $"k\t{Values(c[0], "\t", "NaN")}\n",
                        "txt" => $"  k  {Values(c[0], "  ", "NaN")}\n",
                        "csv" => $"k,{Values(c[0], ",", "")}\n",
                        "arff sparse" => $"{{{string.Join(',', c[0].Select((x, i) => $"{i} {Value(x, "?")}"))}}}\n",
                        _ when c.Length > 1 => $"'{string.Join("\\n", c.Select(v => Values(v, ",", "?")))}',k\n",
                        _ => $"{Values(c[0], ",", "?")},k\n",
                    }
                )
                .Prepend(
                    format.StartsWith("ts", StringComparison.Ordinal) && format != "tsv" ? ts
                    : format.StartsWith("arff", StringComparison.Ordinal) ? arff
                    : ""
                )
        );
    }

    private static string Values(double?[] values, string separator, string missing) =>
        string.Join(separator, values.Select(v => Value(v, missing)));

    private static string Value(double? value, string missing) =>
        value?.ToString(CultureInfo.InvariantCulture) ?? missing;
}
