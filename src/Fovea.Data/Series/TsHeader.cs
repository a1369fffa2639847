using System.Globalization;

namespace Fovea.Data;

/// <summary>What the <c>@</c> lines of a <c>.ts</c> file say; names and true/false in any case, later lines override
/// earlier ones.</summary>
internal sealed class TsHeader(string file)
{
    /// <summary>Values come as (time, value).</summary>
    public bool TimeStamps { get; private set; }

    /// <summary>Null where not said.</summary>
    public bool? Univariate { get; private set; }

    /// <summary>Null where not said.</summary>
    public bool? EqualLength { get; private set; }

    /// <summary>Channels; null where not said.</summary>
    public int? Dimensions { get; private set; }

    /// <summary>Points of a series; null where not said.</summary>
    public int? SeriesLength { get; private set; }

    /// <summary>Class names; empty where not said.</summary>
    public IReadOnlyList<string> Classes { get; private set; } = [];

    /// <summary>Takes a line that starts with @; returns whether the data starts after it.</summary>
    public bool Take(string line, int number)
    {
        string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        switch (words[0].ToUpperInvariant())
        {
            case "@DATA":
                return true;
            case "@TIMESTAMPS":
                TimeStamps = Flag(words, number);
                break;
            case "@UNIVARIATE":
                Univariate = Flag(words, number);
                break;
            case "@EQUALLENGTH":
                EqualLength = Flag(words, number);
                break;
            case "@DIMENSIONS" or "@DIMENSION":
                Dimensions = Number(words, number);
                break;
            case "@SERIESLENGTH":
                SeriesLength = Number(words, number);
                break;
            case "@CLASSLABEL":
                Classes = Flag(words, number)
                    ? words[2..]
                    : throw DataFormatException.AtLine(
                        file,
                        number,
                        "cases must have a class label, but the header says @classLabel false."
                    );
                break;
            case "@TARGETLABEL":
                _ = Flag(words, number)
                    ? throw DataFormatException.AtLine(
                        file,
                        number,
                        "this is a regression problem (@targetLabel true); only classification is supported."
                    )
                    : false;
                break;
            case "@PROBLEMNAME" or "@MISSING":
                break;
            default:
                throw DataFormatException.AtLine(
                    file,
                    number,
                    $"'{NumberText.Show(words[0])}' is not a header of the format. Headers are @problemName, @timeStamps, @missing, @univariate, @dimensions, @equalLength, @seriesLength, @classLabel, @targetLabel and @data."
                );
        }

        return false;
    }

    private bool Flag(string[] words, int line) =>
        words.Length >= 2 && bool.TryParse(words[1], out bool value)
            ? value
            : throw DataFormatException.AtLine(
                file,
                line,
                $"{words[0]} must be true or false, got '{NumberText.Show(string.Join(' ', words[1..]))}'."
            );

    private int Number(string[] words, int line) =>
        words.Length == 2
        && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        && value > 0
            ? value
            : throw DataFormatException.AtLine(
                file,
                line,
                $"{words[0]} must be a whole number from 1 up, got '{NumberText.Show(string.Join(' ', words[1..]))}'."
            );
}
