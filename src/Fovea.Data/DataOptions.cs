namespace Fovea.Data;

/// <summary>What to do with a missing value (<c>?</c>, <c>NaN</c> or nothing between separators) in a series.</summary>
public enum MissingValues
{
    /// <summary>Report it with file, line and column.</summary>
    Refuse,

    /// <summary>Fill it on the straight line between its neighbours in the same channel; before the first and after the
    /// last value, repeat that value.</summary>
    Interpolate,
}

/// <summary>What to do with series of different lengths.</summary>
public enum UnequalLength
{
    /// <summary>Report the first that differs, with file and line.</summary>
    Refuse,

    /// <summary>Bring all to the length of the longest training series, by repeating each channel's last value; longer
    /// test series lose their end.</summary>
    Pad,

    /// <summary>Bring all to the length of the shortest training series by dropping the end; shorter test series repeat
    /// each channel's last value.</summary>
    Truncate,
}

/// <summary>Choices when opening a data set.</summary>
public sealed record DataOptions
{
    /// <summary>How messages name <see cref="TrainCount"/>: by the option of the command line and the member.</summary>
    internal const string TrainItems = "the number of training items (--train-items, TrainCount)";

    /// <summary>How messages name <see cref="TestCount"/>.</summary>
    internal const string TestItems = "the number of test items (--test-items, TestCount)";

    /// <summary>Seed of generated sets, and of the split of an image folder that has no split of its own; other files do
    /// not use it.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of training items, 1 up: how many to generate, at most as many as fit 512 MiB (524288 shapes,
    /// 1048576 cbf series), or how many of a file's first items to use. Null: the set's own number.</summary>
    public int? TrainCount { get; init; }

    /// <summary>Number of test items, 1 up: how many to generate, at most as many as fit 512 MiB (524288 shapes,
    /// 1048576 cbf series), or how many of a file's first items to use. Null: the set's own number.</summary>
    public int? TestCount { get; init; }

    /// <summary>What to do with missing values in series.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>What to do with series of different lengths. Where not <see cref="UnequalLength.Refuse"/>, missing values
    /// at the end of a channel mean that it has ended, as in the UCR archive, in whatever format it is written.</summary>
    public UnequalLength UnequalLength { get; init; }

    /// <summary>Image folders: the shape pictures are brought to, [1, H, W] or [3, H, W]; null for [3, 224, 224].</summary>
    public Shape? ItemShape { get; init; }

    /// <summary>Image folders: how pictures are brought to it; null for <see cref="ImageSizing.Usual"/>.</summary>
    public ImageSizing? Sizing { get; init; }

    /// <summary>Image folders: the classes of a trained network, in its order. Folders are matched with them by name; others
    /// are left out and named. Null: the folders are the classes, in ordinal order.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Image folders: refuse a damaged picture instead of leaving it out with a notice.</summary>
    public bool Strict { get; init; }

    /// <summary>Image folders: the most pixels of a picture, 1 up; larger ones count as damaged.</summary>
    public long MostPixels { get; init; } = ImageFile.DefaultMostPixels;

    /// <summary>Image folders without a split of their own: all pictures are for judging, none is learned from.</summary>
    public bool AllForTest { get; init; }

    /// <summary>Image folders: the most bytes that resized pictures may take in memory, 0 up, so that each is decoded once
    /// only; where all of a part do not fit, none is kept.</summary>
    public long CacheBytes { get; init; } = 512L << 20;
}
