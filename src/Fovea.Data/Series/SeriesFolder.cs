namespace Fovea.Data;

/// <summary>Finds the training and test file of a UCR problem and reads them, in the format their content
/// shows.</summary>
internal static class SeriesFolder
{
    private const string TrainEnd = "_TRAIN",
        TestEnd = "_TEST";

    private static readonly string[] Endings = [".ts", ".tsv", ".txt", ".arff"];

    /// <summary>Whether a folder has files named like a UCR problem.</summary>
    public static bool Is(string[] files) =>
        files.Any(file => StemOf(file, TrainEnd) is not null || StemOf(file, TestEnd) is not null);

    /// <summary>Reads the problem of a folder: the one named like it, or the only one.</summary>
    public static DataSource Open(string folder, string[] files, DataOptions options)
    {
        string folderName = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        List<(string Stem, string Train, string Test)> pairs = [.. Pairs(files)];
        string[] stems = [.. pairs.Select(pair => pair.Stem).Distinct(StringComparer.Ordinal)];
        if (stems.Length == 0)
        {
            string found = files.First(file => StemOf(file, TrainEnd) is not null || StemOf(file, TestEnd) is not null);
            throw DataFormatException.In(
                folder,
                $"a problem needs a file X_TRAIN and a file X_TEST of the same ending; '{Path.GetFileName(found)}' has no partner."
            );
        }

        string stem =
            stems.Length == 1
                ? stems[0]
                : Array.Find(stems, s => s.Equals(folderName, StringComparison.OrdinalIgnoreCase))
                    ?? throw DataFormatException.In(
                        folder,
                        $"there are several problems here: {string.Join(", ", stems)}. Name one of the files."
                    );
        (_, string train, string test) = pairs
            .Where(pair => pair.Stem == stem)
            .MinBy(pair => Array.IndexOf(Endings, Path.GetExtension(pair.Train).ToLowerInvariant()));
        return Read(stem, train, test, options);
    }

    /// <summary>Reads the problem one of whose files is given; what kind of file it is otherwise goes into the
    /// message.</summary>
    public static DataSource OpenFile(string file, FileKind? kind, DataOptions options)
    {
        string? train = StemOf(file, TrainEnd),
            test = StemOf(file, TestEnd);
        string stem =
            train
            ?? test
            ?? throw DataFormatException.In(
                file,
                $"no data set recognised: expected an IDX file, or a series file named X_TRAIN or X_TEST with ending .ts, .tsv, .txt or .arff{(kind is null ? "." : $"; {kind.Sentence}")}"
            );
        string partner = Partner(file, train is not null);
        if (!File.Exists(partner))
        {
            throw DataFormatException.In(
                file,
                $"a problem needs a training and a test file, but '{Path.GetFileName(partner)}' is not beside it."
            );
        }

        return train is not null ? Read(stem, file, partner, options) : Read(stem, partner, file, options);
    }

    /// <summary>Reads one file in the format its content shows.</summary>
    internal static SeriesFile ReadFile(string file, ReadOnlySpan<byte> text, DataOptions options) =>
        ReadFile(new SeriesReading(file, options), text);

    /// <summary>As the other, with a reading that has its own budget of memory.</summary>
    internal static SeriesFile ReadFile(SeriesReading reading, ReadOnlySpan<byte> text)
    {
        string file = reading.File;
        if (FileKind.Of(text) is { } kind)
        {
            throw DataFormatException.In(
                file,
                $"series must be written as text (.ts, .tsv, .txt or .arff); {kind.Sentence}"
            );
        }

        SeriesFile read = FormatOf(file, text) switch
        {
            "arff" => ArffReader.Read(reading, text),
            "ts" => TsReader.Read(reading, text),
            _ => DelimitedReader.Read(reading, text),
        };
        return read.Cases.Count > 0 ? read : throw DataFormatException.In(file, "there is no case in the file.");
    }

    /// <summary>Builds the source from both files.</summary>
    internal static DataSource Build(string name, SeriesFile train, SeriesFile test, DataOptions options)
    {
        ClassLabels labels = new(train.Cases);
        SeriesShape shape = new(train, options);
        return new DataSource(
            name,
            train.Format,
            FirstItems.Of(Dataset($"{name} train", train, shape, labels), options.TrainCount, DataOptions.TrainItems),
            FirstItems.Of(Dataset($"{name} test", test, shape, labels), options.TestCount, DataOptions.TestItems)
        );
    }

    private static SeriesDataset Dataset(string name, SeriesFile file, SeriesShape shape, ClassLabels labels) =>
        new(
            name,
            [shape.Channels, shape.Length],
            labels.Names,
            new Lazy<float[][]>(shape.Fit(file)),
            labels.IndicesOf(file)
        );

    private static DataSource Read(string stem, string train, string test, DataOptions options) =>
        Build(
            stem,
            ReadFile(train, FileBytes.Read(train), options),
            ReadFile(test, FileBytes.Read(test), options),
            options
        );

    /// <summary>Decides by the first line that starts with @: <c>@relation</c> and <c>@attribute</c> mean arff, others
    /// ts; a file without one is plain.</summary>
    private static string FormatOf(string file, ReadOnlySpan<byte> text)
    {
        TextLines lines = new(file, text);
        while (lines.Next())
        {
            ReadOnlySpan<byte> line = NumberText.Trim(lines.Current);
            if (line.IsEmpty || line[0] is (byte)'#' or (byte)'%')
            {
                continue;
            }

            string start = NumberText.Show(line);
            return line[0] != '@' ? "plain"
                : start.StartsWith("@relation", StringComparison.OrdinalIgnoreCase)
                || start.StartsWith("@attribute", StringComparison.OrdinalIgnoreCase)
                    ? "arff"
                : "ts";
        }

        return "plain";
    }

    private static IEnumerable<(string Stem, string Train, string Test)> Pairs(string[] files)
    {
        foreach (string file in files)
        {
            if (
                StemOf(file, TrainEnd) is { } stem
                && Array.Find(files, other => Path.GetFileName(other) == Path.GetFileName(Partner(file, isTrain: true)))
                    is { } test
            )
            {
                yield return (stem, file, test);
            }
        }
    }

    private static string Partner(string file, bool isTrain)
    {
        string name = Path.GetFileNameWithoutExtension(file),
            own = isTrain ? TrainEnd : TestEnd;
        bool lower = name.EndsWith(own.ToLowerInvariant(), StringComparison.Ordinal);
        string other = isTrain ? TestEnd : TrainEnd;
        return Path.Combine(
            Path.GetDirectoryName(file) ?? "",
            name[..^own.Length] + (lower ? other.ToLowerInvariant() : other) + Path.GetExtension(file)
        );
    }

    private static string? StemOf(string file, string end)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        bool fits =
            Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
            && name.Length > end.Length
            && name.EndsWith(end, StringComparison.OrdinalIgnoreCase);
        return fits ? name[..^end.Length] : null;
    }
}
