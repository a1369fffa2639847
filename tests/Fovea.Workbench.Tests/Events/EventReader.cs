using System.Buffers.Binary;
using System.Text;

namespace Fovea.Workbench.Tests;

/// <summary>One event, as a reader sees it.</summary>
internal sealed record SeenEvent(
    double Time,
    long Step,
    string? Version,
    byte[]? Graph,
    bool IsStart,
    SeenValue? Value
);

/// <summary>One value of an event: a number, or a tensor of numbers or of strings.</summary>
internal sealed record SeenValue(
    string Tag,
    double? Number,
    string Plugin,
    IReadOnlyList<long> Shape,
    double[] Numbers,
    IReadOnlyList<byte[]> Strings
);

/// <summary>Reads event files from the description of their format, and shares no code with the writer.</summary>
internal static class EventReader
{
    public static IReadOnlyList<SeenEvent> Read(string path) => [.. Records(File.ReadAllBytes(path)).Select(Event)];

    /// <summary>All events of a run: of its files, in the order of their making, less what a restart takes back.</summary>
    public static IReadOnlyList<SeenEvent> ReadRun(string folder)
    {
        List<SeenEvent> shown = [];
        foreach (string file in Directory.GetFiles(folder, "*tfevents*").Order(StringComparer.Ordinal))
        {
            foreach (SeenEvent seen in Read(file))
            {
                if (seen.IsStart)
                {
                    shown.RemoveAll(e => e.Step >= seen.Step);
                }

                shown.Add(seen);
            }
        }

        return shown;
    }

    public static IEnumerable<byte[]> Records(byte[] file)
    {
        for (int at = 0; at < file.Length; )
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)));
            Expect(file, at, 8);
            Expect(file, at + 12, length);
            yield return file[(at + 12)..(at + 12 + length)];
            at += 16 + length;
        }
    }

    public static SeenEvent Event(byte[] bytes)
    {
        Dictionary<int, List<object>> fields = Fields(bytes);
        byte[]? value = Bytes(fields, 5) is { } summary ? Bytes(Fields(summary), 1) : null;
        byte[]? session = Bytes(fields, 7);
        return new SeenEvent(
            BitConverter.UInt64BitsToDouble(Number(fields, 1)),
            (long)Number(fields, 2),
            Text(fields, 3),
            Bytes(fields, 4),
            session is not null && Number(Fields(session), 1) == 1,
            value is null ? null : Value(Fields(value))
        );
    }

    public static Dictionary<int, List<object>> Fields(byte[] bytes)
    {
        Dictionary<int, List<object>> fields = [];
        int at = 0;
        while (at < bytes.Length)
        {
            ulong tag = Varint();
            object value;
            switch (tag & 7)
            {
                case 0:
                    value = Varint();
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint();
                    value = bytes[at..(at + length)];
                    at += length;
                    break;
                case 5:
                    value = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7} at {at}");
            }

            (fields.TryGetValue((int)(tag >> 3), out List<object>? list) ? list : fields[(int)(tag >> 3)] = []).Add(
                value
            );
        }

        return fields;

        ulong Varint()
        {
            ulong result = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte b = bytes[at++];
                result |= (ulong)(b & 0x7F) << shift;
                if (b < 0x80)
                {
                    return result;
                }
            }
        }
    }

    public static IEnumerable<byte[]> All(Dictionary<int, List<object>> fields, int field) =>
        fields.TryGetValue(field, out List<object>? values) ? values.Cast<byte[]>() : [];

    public static byte[]? Bytes(Dictionary<int, List<object>> fields, int field) => All(fields, field).FirstOrDefault();

    public static string? Text(Dictionary<int, List<object>> fields, int field) =>
        Bytes(fields, field) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public static ulong Number(Dictionary<int, List<object>> fields, int field) =>
        fields.TryGetValue(field, out List<object>? values) ? (ulong)values[0] : 0;

    public static IReadOnlyList<long> Sizes(byte[] shape) =>
        [.. All(Fields(shape), 2).Select(d => (long)Number(Fields(d), 1))];

    private static SeenValue Value(Dictionary<int, List<object>> fields)
    {
        Dictionary<int, List<object>> tensor = Fields(Bytes(fields, 8) ?? []),
            metadata = Fields(Bytes(fields, 9) ?? []);
        byte[] content = Bytes(tensor, 4) ?? [];
        double[] numbers = Number(tensor, 1) switch
        {
            1 => [.. content.Chunk(4).Select(b => (double)BitConverter.ToSingle(b))],
            2 => [.. content.Chunk(8).Select(b => BitConverter.ToDouble(b))],
            _ => [],
        };
        double? number = fields.ContainsKey(2) ? BitConverter.UInt32BitsToSingle((uint)Number(fields, 2)) : null;
        IReadOnlyList<long> shape = Sizes(Bytes(tensor, 2) ?? []);
        return new SeenValue(
            Text(fields, 1)!,
            number ?? (shape.Count == 0 && numbers.Length == 1 ? numbers[0] : null),
            Text(Fields(Bytes(metadata, 1) ?? []), 1) ?? "",
            shape,
            numbers,
            [.. All(tensor, 8)]
        );
    }

    private static void Expect(byte[] file, int at, int length)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in file.AsSpan(at, length))
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        uint masked = ((~crc >> 15) | (~crc << 17)) + 0xA282EAD8,
            stored = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + length));
        if (masked != stored)
        {
            throw new InvalidDataException(
                $"checksum of {length} bytes at {at}: {stored:x8} stored, {masked:x8} computed"
            );
        }
    }
}
