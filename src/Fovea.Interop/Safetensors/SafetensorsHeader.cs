using System.Text.Json;
using Fovea.Files;

namespace Fovea.Interop;

/// <summary>Reads the JSON of a header into entries, and checks that they tile the data. A cursor over the text:
/// nothing is built that the rules do not allow.</summary>
/// <param name="file">For messages.</param>
/// <param name="dataBytes">Bytes of the file after the header.</param>
internal sealed class SafetensorsHeader(string file, long dataBytes)
{
    /// <summary>Bytes before the header: its length.</summary>
    public const int PreambleBytes = 8;

    /// <summary>Name of the entry that is no tensor.</summary>
    public const string Metadata = "__metadata__";

    /// <summary>Most bytes of a name, as it is written.</summary>
    public const int LongestName = 1 << 16;

    private const int DeepestJson = 4;
    private const int MostTensors = 1_000_000;
    private const int MostAxes = 64;

    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private bool _hasMetadata;

    /// <summary>The tensors, in the order of their bytes.</summary>
    /// <exception cref="ModelFormatException">The header breaks a rule of the format.</exception>
    public IReadOnlyList<SafetensorsEntry> Parse(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Wrong(
                0,
                $"the header must begin with '{{', got {(json.IsEmpty ? "nothing" : $"0x{json[0]:x2}")}. The file is damaged or no safetensors file."
            );
        }

        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = DeepestJson });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader);
            }

            reader.Read(); // refuses what follows the object
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(
                $"{file}, byte {PreambleBytes + reader.BytesConsumed}: the header is not the JSON of a safetensors file: {e.Message}",
                e
            );
        }

        return Tile();
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        long at = reader.TokenStartIndex;
        string name = Text(ref reader, "a name");
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong(reader.TokenStartIndex, $"'{ShortName.Of(name)}' must be an object, got {reader.TokenType}.");
        }

        if (name == Metadata)
        {
            ReadMetadata(ref reader, at);
            return;
        }

        if (_entries.Count == MostTensors)
        {
            throw Wrong(at, $"a file may have at most {MostTensors:N0} tensors.");
        }

        if (!_entries.TryAdd(name, ReadEntry(ref reader, name)))
        {
            throw Wrong(at, $"tensor '{ShortName.Of(name)}' is there twice.");
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader, long at)
    {
        if (_hasMetadata)
        {
            throw Wrong(at, $"'{Metadata}' is there twice.");
        }

        _hasMetadata = true;
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(ref reader, "a name");
            if (!names.Add(name))
            {
                throw Wrong(reader.TokenStartIndex, $"'{Metadata}' has '{ShortName.Of(name)}' twice.");
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Wrong(
                    reader.TokenStartIndex,
                    $"'{Metadata}' may only hold texts, '{ShortName.Of(name)}' is {reader.TokenType}."
                );
            }
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        long at = reader.TokenStartIndex;
        SafetensorsType? type = null;
        long[]? sizes = null,
            offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            long key = reader.TokenStartIndex;
            string member = Text(ref reader, "a name");
            reader.Read();
            bool isNew = member switch
            {
                "dtype" => type is null && (type = ReadType(ref reader, name)) is not null,
                "shape" => sizes is null && (sizes = ReadNumbers(ref reader, name, member, MostAxes)) is not null,
                "data_offsets" => offsets is null && (offsets = ReadNumbers(ref reader, name, member, 2)) is not null,
                _ => throw Wrong(
                    key,
                    $"tensor '{ShortName.Of(name)}' has '{ShortName.Of(member)}'; there may be dtype, shape and data_offsets only."
                ),
            };
            if (!isNew)
            {
                throw Wrong(key, $"tensor '{ShortName.Of(name)}' has '{member}' twice.");
            }
        }

        return type is not null && sizes is not null && offsets is { Length: 2 }
            ? Entry(at, name, type, sizes, offsets[0], offsets[1])
            : throw Wrong(
                at,
                $"tensor '{ShortName.Of(name)}' must have dtype, shape, and data_offsets of two numbers."
            );
    }

    private SafetensorsType ReadType(ref Utf8JsonReader reader, string name)
    {
        long at = reader.TokenStartIndex;
        string text =
            reader.TokenType == JsonTokenType.String
                ? Text(ref reader, "a dtype")
                : throw Wrong(at, $"tensor '{ShortName.Of(name)}': dtype must be a text, got {reader.TokenType}.");
        return SafetensorsType.All.FirstOrDefault(t => t.Name == text)
            ?? throw Wrong(
                at,
                $"tensor '{ShortName.Of(name)}' has dtype '{ShortName.Of(text)}'; {string.Join(", ", SafetensorsType.All.Select(t => t.Name))} are read. Convert the tensor before saving it."
            );
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string member, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(
                reader.TokenStartIndex,
                $"tensor '{ShortName.Of(name)}': {member} must be an array, got {reader.TokenType}."
            );
        }

        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            bool isWhole =
                reader.TokenType == JsonTokenType.Number
                && !reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                && reader.TryGetInt64(out long value)
                && Add(value);
            if (!isWhole)
            {
                throw Wrong(
                    reader.TokenStartIndex,
                    $"tensor '{ShortName.Of(name)}': {member} must be at most {most} whole numbers of 0 to 2^63 - 1."
                );
            }
        }

        return [.. numbers];

        bool Add(long value)
        {
            numbers.Add(value);
            return numbers.Count <= most;
        }
    }

    private SafetensorsEntry Entry(long at, string name, SafetensorsType type, long[] sizes, long begin, long end)
    {
        Int128 product = 1;
        bool fits = true;
        foreach (long size in sizes)
        {
            product = fits ? product * size : product;
            fits = fits && size <= int.MaxValue && product <= long.MaxValue;
        }

        if (!fits || product > StoredType.MostElements)
        {
            throw Wrong(
                at,
                $"tensor '{ShortName.Of(name)}': a size may be up to {int.MaxValue} and a tensor have up to {StoredType.MostElements:N0} elements, got shape [{string.Join(", ", sizes)}]."
            );
        }

        long count = (long)product;
        if (begin > end || end > dataBytes)
        {
            throw Wrong(
                at,
                $"tensor '{ShortName.Of(name)}': data_offsets must lie in order within the {dataBytes} bytes after the header, got [{begin}, {end}]. The file may have been cut short."
            );
        }

        return end - begin == count * type.Bytes
            ? new SafetensorsEntry(name, type, Shape.Create([.. sizes.Select(s => (int)s)]), begin, end)
            : throw Wrong(
                at,
                $"tensor '{ShortName.Of(name)}': {type.Name} of shape [{string.Join(", ", sizes)}] takes {count * type.Bytes} bytes, data_offsets [{begin}, {end}] hold {end - begin}."
            );
    }

    /// <summary>The entries by place. Every byte of the data must belong to exactly one.</summary>
    private List<SafetensorsEntry> Tile()
    {
        List<SafetensorsEntry> entries = [.. _entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End)];
        long end = 0;
        string before = "";
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Begin != end)
            {
                string problem =
                    entry.Begin < end ? $"overlaps tensor '{ShortName.Of(before)}'" : "leaves a hole before it";
                throw new ModelFormatException(
                    $"{file}: header: tensor '{ShortName.Of(entry.Name)}' {problem}: it must begin at byte {end} of the data, got {entry.Begin}."
                );
            }

            (end, before) = (entry.End, entry.Name);
        }

        return end == dataBytes
            ? entries
            : throw new ModelFormatException(
                $"{file}: header: the tensors end at byte {end} of the data, which has {dataBytes}. Nothing may follow the last tensor."
            );
    }

    private string Text(ref Utf8JsonReader reader, string what)
    {
        if (reader.ValueSpan.Length > LongestName)
        {
            throw Wrong(
                reader.TokenStartIndex,
                $"{what} may have up to {LongestName} bytes, got {reader.ValueSpan.Length}."
            );
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFormatException(
                $"{file}, byte {PreambleBytes + reader.TokenStartIndex}: {what} is not valid UTF-8.",
                e
            );
        }
    }

    private ModelFormatException Wrong(long at, string problem) => new($"{file}, byte {PreambleBytes + at}: {problem}");
}
