using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Fovea.Data;

/// <summary>The binary files of CIFAR-10 (<c>data_batch_1.bin</c> to <c>data_batch_5.bin</c>, <c>test_batch.bin</c>) and of
/// CIFAR-100 (<c>train.bin</c>, <c>test.bin</c>), as they ship: https://www.cs.toronto.edu/~kriz/cifar.html.</summary>
/// <remarks>A file is a row of records: a byte for the class (CIFAR-100: one for the coarse class, one for the fine, which is
/// taken), and 3072 bytes for the pixels, red, green and blue, each row by row.</remarks>
internal static partial class CifarFolder
{
    private const int Pixels = 3 * 32 * 32;
    private const int LongestNames = 1 << 16;
    private const int Batches = 5;

    private static readonly string[] TenClasses =
    [
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ];

    /// <summary>Whether file names look like a CIFAR set.</summary>
    public static bool Is(string[] files) =>
        Array.Exists(files, f => TrainOfTen().IsMatch(Path.GetFileName(f)) || Named(f, "test_batch.bin"))
        || (Array.Exists(files, f => Named(f, "train.bin")) && Array.Exists(files, f => Named(f, "test.bin")))
        || (files is [var one] && (Named(one, "train.bin") || Named(one, "test.bin")) && HasRecords(one));

    /// <summary>Reads the folder.</summary>
    public static DataSource Open(string folder, string[] files, DataOptions options)
    {
        bool isTen = Array.Exists(files, f => TrainOfTen().IsMatch(Path.GetFileName(f)) || Named(f, "test_batch.bin"));
        string[] train =
        [
            .. files.Where(f => isTen ? TrainOfTen().IsMatch(Path.GetFileName(f)) : Named(f, "train.bin")),
        ];
        string[] test = [.. files.Where(f => Named(f, isTen ? "test_batch.bin" : "test.bin"))];
        if (train.Length == 0 || test.Length == 0)
        {
            throw DataFormatException.In(
                folder,
                $"{(isTen ? "CIFAR-10 needs the files data_batch_1.bin to data_batch_5.bin and test_batch.bin" : "CIFAR-100 needs the files train.bin and test.bin")}; {(train.Length == 0 ? "those to learn from are" : "the one to be judged on is")} not there."
            );
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        string[] classes = isTen ? TenClasses : HundredClasses(folder, files);
        return new DataSource(
            name,
            "cifar",
            FirstItems.Of(Read($"{name} train", train, classes), options.TrainCount, DataOptions.TrainItems),
            FirstItems.Of(Read($"{name} test", test, classes), options.TestCount, DataOptions.TestItems)
        )
        {
            Notices =
                isTen && train.Length < Batches
                    ?
                    [
                        $"{train.Length} of the {Batches} files to learn from are there: {string.Join(", ", train.Select(Path.GetFileName))}.",
                    ]
                    : [],
        };
    }

    private static ByteImageDataset Read(string name, string[] files, string[] classes)
    {
        bool isTen = classes.Length == TenClasses.Length;
        int label = isTen ? 1 : 2,
            record = label + Pixels;
        int[] counts = [.. files.Select(f => RecordsOf(f, record, isTen))];
        long all = counts.Sum(c => (long)c);
        if (all * Pixels > FileBytes.LargestFile)
        {
            throw DataFormatException.In(
                files[0],
                $"a part may have up to {FileBytes.LargestFile / Pixels} images, this one has {all}."
            );
        }

        byte[] pixels = new byte[all * Pixels],
            labels = new byte[all];
        int at = 0;
        foreach (string file in files)
        {
            byte[] bytes = FileBytes.Read(file);
            for (int start = 0; start + record <= bytes.Length && at < labels.Length; start += record, at++)
            {
                labels[at] = bytes[start + label - 1];
                bytes.AsSpan(start + label, Pixels).CopyTo(pixels.AsSpan(at * Pixels));
                if (labels[at] >= classes.Length)
                {
                    throw DataFormatException.AtByte(
                        file,
                        start + label - 1,
                        $"classes are 0 to {classes.Length - 1}, got {labels[at]} in record {start / record}. The file is damaged, or no {(isTen ? "CIFAR-10" : "CIFAR-100")}."
                    );
                }
            }
        }

        return new ByteImageDataset(name, [3, 32, 32], classes, labels, new Lazy<byte[]>(pixels));
    }

    private static int RecordsOf(string file, int record, bool isTen)
    {
        long length = FileBytes.Length(file);
        if (length > 0 && length % record == 0 && length <= FileBytes.LargestFile)
        {
            return (int)(length / record);
        }

        int other = isTen ? record + 1 : record - 1;
        string hint =
            length == 0 ? "It is empty."
            : length % other == 0
                ? $"It has whole records of {(isTen ? "CIFAR-100" : "CIFAR-10")}, which needs other file names."
            : $"{length / record} records and {length % record} bytes: it was cut short, or is another file.";
        throw DataFormatException.In(
            file,
            $"a file of {(isTen ? "CIFAR-10" : "CIFAR-100")} has records of {record} bytes, this one has {length} bytes. {hint}"
        );
    }

    /// <summary>The names beside the files, else the numbers.</summary>
    private static string[] HundredClasses(string folder, string[] files)
    {
        const int Count = 100;
        if (Array.Find(files, f => Named(f, "fine_label_names.txt")) is not { } file)
        {
            return [.. Enumerable.Range(0, Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        }

        string[] names =
        [
            .. Encoding
                .UTF8.GetString(FileBytes.Head(file, LongestNames))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        ];
        return names.Length == Count && names.Distinct(StringComparer.Ordinal).Count() == Count
            ? names
            : throw DataFormatException.In(
                file,
                $"there must be {Count} different names, one a line, got {names.Length}. Remove the file from {folder} to use numbers."
            );
    }

    private static bool HasRecords(string file) =>
        FileBytes.Length(file) is > 0 and var length && length % (Pixels + 2) == 0;

    private static bool Named(string file, string name) =>
        Path.GetFileName(file).Equals(name, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^data_batch_\d+\.bin$", RegexOptions.IgnoreCase)]
    private static partial Regex TrainOfTen();
}
