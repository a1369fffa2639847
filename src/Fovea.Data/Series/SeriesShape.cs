namespace Fovea.Data;

/// <summary>Brings the series of a training and a test file to one shape, as the options say.</summary>
internal sealed class SeriesShape
{
    private const long LargestSet = 1L << 29;

    private readonly DataOptions _options;
    private readonly string _model = "the first training case";

    /// <summary>Decides the shape from the training file.</summary>
    public SeriesShape(SeriesFile training, DataOptions options)
    {
        _options = options;
        Channels = training.Cases[0].Channels.Length;
        Length = training.Cases[0].Channels[0].Length;
        if (options.UnequalLength != UnequalLength.Refuse)
        {
            IEnumerable<int> lengths = training
                .Cases.SelectMany(item => item.Channels)
                .Select(channel => channel.Length);
            Length = options.UnequalLength == UnequalLength.Pad ? lengths.Max() : lengths.Min();
        }

        if (Length == 0)
        {
            throw DataFormatException.AtLine(
                training.File,
                training.Cases.Find(item => Array.Exists(item.Channels, c => c.Length == 0))!.Line,
                "a series must have at least one value."
            );
        }

        if ((long)Channels * Length > ItemLimits.MostValues)
        {
            throw DataFormatException.In(
                training.File,
                $"series of {Channels} x {Length} have {(long)Channels * Length} values; an item may have up to {ItemLimits.MostValues}."
            );
        }
    }

    /// <summary>A shape that is known: that of the items a network was trained on.</summary>
    public SeriesShape(Shape itemShape, DataOptions options) =>
        (_options, Channels, Length, _model) = (
            options,
            itemShape[0],
            itemShape[1],
            "those the network was trained on"
        );

    /// <summary>Channels of every series.</summary>
    public int Channels { get; }

    /// <summary>Points of every series.</summary>
    public int Length { get; }

    /// <summary>Every case of a file as [C, L], last axis fastest.</summary>
    public float[][] Fit(SeriesFile file)
    {
        long size = (long)file.Cases.Count * Channels * Length;
        if (size > LargestSet)
        {
            throw DataFormatException.In(
                file.File,
                $"{file.Cases.Count} series of {Channels} x {Length} make {size} values; at most {LargestSet} are taken."
            );
        }

        return [.. file.Cases.Select(item => Fit(file.File, item))];
    }

    private float[] Fit(string file, SeriesCase item)
    {
        if (item.Channels.Length != Channels)
        {
            throw DataFormatException.AtLine(
                file,
                item.Line,
                $"every case must have as many channels as {_model}, {Channels}, this one has {item.Channels.Length}."
            );
        }

        if (Channels == 1 && item.Channels[0].Length == Length)
        {
            FillMissing(file, item.Line, item.Channels[0]);
            return item.Channels[0];
        }

        float[] values = new float[Channels * Length];
        for (int c = 0; c < Channels; c++)
        {
            float[] channel = item.Channels[c];
            if (channel.Length != Length && _options.UnequalLength == UnequalLength.Refuse)
            {
                throw DataFormatException.AtLine(
                    file,
                    item.Line,
                    $"every series must have as many points as {_model}, {Length}, this one has {channel.Length}. {OptionHint.Unequal}"
                );
            }

            FillMissing(file, item.Line, channel);
            Span<float> destination = values.AsSpan(c * Length, Length);
            int kept = Math.Min(Length, channel.Length);
            channel.AsSpan(0, kept).CopyTo(destination);
            destination[kept..].Fill(channel[^1]);
        }

        return values;
    }

    /// <summary>Puts the straight line between the neighbours where values are NaN.</summary>
    private static void FillMissing(string file, int line, float[] values)
    {
        if (Array.TrueForAll(values, float.IsNaN))
        {
            throw DataFormatException.AtLine(
                file,
                line,
                values.Length == 0
                    ? "a series must have at least one value."
                    : "a channel has no value at all, so there is nothing to interpolate from."
            );
        }

        int before = -1;
        for (int i = 0; i <= values.Length; i++)
        {
            if (i < values.Length && float.IsNaN(values[i]))
            {
                continue;
            }

            for (int gap = before + 1; gap < i; gap++)
            {
                values[gap] =
                    before < 0 ? values[i]
                    : i == values.Length ? values[before]
                    : (float)(values[before] + (((double)values[i] - values[before]) * (gap - before) / (i - before)));
            }

            before = i;
        }
    }
}
