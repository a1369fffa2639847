using System.Globalization;
using System.Text;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Measured times as text: a line that says what the file is, the names of the columns, and a line an entry,
/// with tabs between columns.</summary>
internal static class TuningFile
{
    private const string Title = "fovea tuning 1";
    private const int LargestFile = 16 << 20;
    private const int LongestLine = 500;
    private const int LongestShown = 40;

    private static readonly string[] Columns =
    [
        "processor",
        "vector bits",
        "convolution",
        "choice",
        .. TuningEntry.Names.Select(n => $"{n} ms"),
    ];

    /// <summary>Reads a file.</summary>
    /// <exception cref="TuningException">It is something else, damaged, or larger than 16 MB.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Dictionary<TuningKey, TuningEntry> Read(string file)
    {
        string text = Text(file);
        string[] lines = text.Split('\n');
        if (lines[0].TrimEnd('\r') != Title)
        {
            throw Wrong(file, 1, $"expected '{Title}'", lines[0].TrimEnd('\r'));
        }

        if (lines[^1].Length > 0)
        {
            throw Wrong(file, lines.Length, "expected a whole line; it is cut off behind", lines[^1]);
        }

        if (lines.Length < 3 || lines[1].TrimEnd('\r') != string.Join('\t', Columns))
        {
            throw Wrong(file, 2, $"expected the columns {string.Join(", ", Columns)}", lines[1].TrimEnd('\r'));
        }

        Dictionary<TuningKey, TuningEntry> entries = [];
        for (int i = 2; i < lines.Length - 1; i++)
        {
            (TuningKey key, TuningEntry entry) = Entry(file, i + 1, lines[i].TrimEnd('\r'));
            if (!entries.TryAdd(key, entry))
            {
                throw Wrong(
                    file,
                    i + 1,
                    "expected each convolution once for a processor and vector width, found again",
                    key.Convolution
                );
            }
        }

        return entries;
    }

    /// <summary>Writes a file in one step. A program that reads it at the same time finds the old file or the new one,
    /// never a part.</summary>
    /// <exception cref="TuningException">It could not be written; what was there before is intact.</exception>
    public static void Write(string file, IReadOnlyDictionary<TuningKey, TuningEntry> entries)
    {
        StringBuilder text = new($"{Title}\n{string.Join('\t', Columns)}\n");
        foreach (
            (TuningKey key, TuningEntry e) in entries
                .OrderBy(e => e.Key.Processor, StringComparer.Ordinal)
                .ThenBy(e => e.Key.Bits)
                .ThenBy(e => e.Key.Convolution, StringComparer.Ordinal)
        )
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{key.Processor}\t{key.Bits}\t{key.Convolution}\t{NameOf(e.Choice)}\t{Time(e.Direct)}\t{Time(e.Two)}\t{Time(e.Four)}\n"
            );
        }

        string temporary = $"{file}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw new TuningException(
                $"{file}: the measured times could not be saved: {e.Message.TrimEnd('.')}. What was there before is intact; make room or name another file.",
                e
            );
        }
    }

    /// <summary>The text of a file. Reading stops where the file is larger than allowed.</summary>
    private static string Text(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        using MemoryStream content = new();
        byte[] part = new byte[1 << 16];
        for (int read; (read = stream.Read(part)) > 0; )
        {
            content.Write(part, 0, read);
            if (content.Length > LargestFile)
            {
                throw new TuningException(
                    $"{file}: expected a file of measured times, at most {LargestFile >> 20} MB, found more. Name another file."
                );
            }
        }

        // Bytes that are not UTF-8 become U+FFFD, which no rule below accepts.
        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }

    private static (TuningKey Key, TuningEntry Entry) Entry(string file, int number, string line)
    {
        string[] fields = line.Split('\t');
        if (fields.Length != Columns.Length || line.Length > LongestLine)
        {
            throw Wrong(file, number, $"expected {Columns.Length} columns in at most {LongestLine} characters", line);
        }

        foreach (string text in (string[])[fields[0], fields[2]])
        {
            if (text.Length == 0 || text.Any(c => c is < ' ' or > '~'))
            {
                throw Wrong(file, number, "expected a name of printable ASCII", text);
            }
        }

        int bits = fields[1] switch
        {
            "128" => 128,
            "256" => 256,
            "512" => 512,
            _ => throw Wrong(file, number, "expected 128, 256 or 512 vector bits", fields[1]),
        };
        int choice = Array.IndexOf(TuningEntry.Names, fields[3]);
        if (choice < 0)
        {
            throw Wrong(
                file,
                number,
                $"expected one of {string.Join(", ", TuningEntry.Names)} as the choice",
                fields[3]
            );
        }

        double[] times = [.. fields[4..].Select(f => Time(file, number, f))];
        return (new(fields[0], bits, fields[2]), new(TuningEntry.Algorithms[choice], times[0], times[1], times[2]));
    }

    private static double Time(string file, int number, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double time)
        && time is > 0 and <= TuningEntry.Longest
            ? time
            : throw Wrong(file, number, "expected milliseconds above 0", text);

    private static string Time(double milliseconds) =>
        milliseconds.ToString($"F{TuningEntry.Digits}", CultureInfo.InvariantCulture);

    private static string NameOf(ConvolutionAlgorithm algorithm) =>
        TuningEntry.Names[Array.IndexOf(TuningEntry.Algorithms, algorithm)];

    private static TuningException Wrong(string file, int line, string expected, string found)
    {
        string shown = string.Concat(
            found.Take(LongestShown).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)
        );
        return new(
            $"{file}, line {line}: {expected}, found '{shown}{(found.Length > LongestShown ? "..." : "")}'. It is no file of measured times, or damaged: name another, or delete it to measure anew."
        );
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }
}
