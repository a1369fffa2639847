using System.Text;

namespace Fovea.Data;

/// <summary>The reading of one series file: what it is called, the choices, and a budget of memory that is checked
/// before each piece is kept, so that a file of very many tiny series is refused while it is read.</summary>
/// <param name="file">The file's path.</param>
/// <param name="options">What to do with missing values and unequal lengths.</param>
/// <param name="mostBytes">The memory that the cases may take.</param>
internal sealed class SeriesReading(string file, DataOptions options, long mostBytes = SeriesReading.MostBytes)
{
    /// <summary>The memory that the cases of a file may take: 2 GiB.</summary>
    public const long MostBytes = 1L << 31;

    private const int CaseBytes = 112; // of a case, its list of channels, its place in the list of cases and its label's frame
    private const int ChannelBytes = 40; // of an array without its values, and of the reference to it
    private const int LongestLabel = 1000;
    private const int LongestHeaderLine = 1 << 20;

    private long _bytes;

    /// <summary>The file's path, for messages.</summary>
    public string File => file;

    /// <summary>What a value that is missing becomes while the file is read. Where lengths may differ it is kept as NaN,
    /// since it may stand behind the end of a series.</summary>
    public MissingValues Missing => MayEnd ? MissingValues.Interpolate : options.MissingValues;

    /// <summary>The cases so far.</summary>
    public List<SeriesCase> Cases { get; } = [];

    /// <summary>Requires that a channel may have so many values and that memory is left for them.</summary>
    public void TakeChannel(int line, int values)
    {
        if (values > ItemLimits.MostValues)
        {
            throw DataFormatException.AtLine(
                file,
                line,
                $"a series may have up to {ItemLimits.MostValues} values, this one has {values}."
            );
        }

        Take(line, ChannelBytes + ((long)values * sizeof(float)));
    }

    /// <summary>The label of a case as text; every case has one, so this also takes the memory of the case
    /// itself.</summary>
    public string Label(ReadOnlySpan<byte> text, int line)
    {
        if (text.Length > LongestLabel)
        {
            throw DataFormatException.AtLine(
                file,
                line,
                $"a class label may have up to {LongestLabel} bytes, this one has {text.Length}: '{NumberText.Show(text)}'."
            );
        }

        Take(line, CaseBytes + ((long)text.Length * sizeof(char)));
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>A line of the header as text.</summary>
    public string HeaderLine(ReadOnlySpan<byte> text, int line)
    {
        RequireHeaderLine(text, line);
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>Refuses a line of the header that is too long.</summary>
    public void RequireHeaderLine(ReadOnlySpan<byte> text, int line)
    {
        if (text.Length > LongestHeaderLine)
        {
            throw DataFormatException.AtLine(
                file,
                line,
                $"a line before @data may have up to {LongestHeaderLine} bytes, this one has {text.Length}."
            );
        }
    }

    /// <summary>Keeps a case. Where lengths may differ, missing values at the end of a channel are the archive's way to
    /// say that it has ended, in every format; elsewhere they are missing.</summary>
    public void Add(SeriesCase item) => Cases.Add(MayEnd ? Ended(item) : item);

    private bool MayEnd => options.UnequalLength != UnequalLength.Refuse;

    private SeriesCase Ended(SeriesCase item)
    {
        float[][] channels = new float[item.Channels.Length][];
        for (int c = 0; c < channels.Length; c++)
        {
            float[] values = item.Channels[c];
            int length = values.AsSpan().LastIndexOfAnyExcept(float.NaN) + 1;
            channels[c] = length == values.Length ? values : values[..length];
            if (
                options.MissingValues == MissingValues.Refuse
                && Array.FindIndex(channels[c], float.IsNaN) is >= 0 and int gap
            )
            {
                throw DataFormatException.AtLine(
                    file,
                    item.Line,
                    $"value {gap + 1}{(channels.Length > 1 ? $" of channel {c + 1}" : "")} is missing. {OptionHint.Missing}"
                );
            }
        }

        return item with
        {
            Channels = channels,
        };
    }

    private void Take(int line, long bytes)
    {
        _bytes += bytes;
        if (_bytes > mostBytes)
        {
            throw DataFormatException.AtLine(
                file,
                line,
                $"the {Cases.Count} series before this line and those on it would take more than the {mostBytes} bytes of memory a file may fill."
            );
        }
    }
}
