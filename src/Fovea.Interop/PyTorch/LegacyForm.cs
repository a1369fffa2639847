using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>The form before PyTorch 1.6: pickles one behind the other (a magic number, a version, facts on the machine, the
/// value, the keys of storages), and then the storages, each with its number of elements before it.</summary>
/// <remarks>Elements are little-endian whatever the machine: PyTorch swapped them when it wrote.</remarks>
internal static class LegacyForm
{
    private const long Version = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse(
        "1950a86a20f9469cfc6c",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    /// <summary>Whether a file begins with a pickle of a number, as these do.</summary>
    public static bool Is(ReadOnlySpan<byte> head) =>
        head is [0x80, <= 5, ..] || head.StartsWith("L119547037146038801333356L"u8);

    /// <summary>Reads a file.</summary>
    public static TorchContainer Read(ByteSource source, PickleCalls calls, PickleBudget budget)
    {
        Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);
        PickleInput input = new(source, 0, source.Length);
        object? first = Next();
        if (first is not BigInteger magic || magic != Magic)
        {
            throw new ModelFormatException(
                $"{source.Name}: a pickle, but no checkpoint of PyTorch: it must begin with the number 0x{Magic:x}, got {Describe(first)}. Save with torch.save."
            );
        }

        object? version = Next();
        if (version is not Version)
        {
            throw new ModelFormatException($"{source.Name}: the version must be {Version}, got {Describe(version)}.");
        }

        _ = Next(); // facts on the machine, which nothing depends on
        object? value = Next();
        if (Next() is not PickleList keys)
        {
            throw input.Wrong(input.Position, "a list of the storages must stand before this place");
        }

        return new TorchContainer(
            source,
            "stream",
            value,
            Stretches(source, input, keys.Items, storages),
            false,
            calls,
            budget
        );

        object? Next() =>
            new PickleMachine(input, budget, calls, id => TorchStorages.Find(id, storages, budget, input)).Run();
    }

    private static Dictionary<string, (long, long)> Stretches(
        ByteSource source,
        PickleInput input,
        List<object?> keys,
        Dictionary<string, TorchStorage> storages
    )
    {
        Dictionary<string, (long, long)> stretches = new(StringComparer.Ordinal);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (object? written in keys)
        {
            string key = TorchStorages.Key(written) ?? "?";
            if (!storages.TryGetValue(key, out TorchStorage? storage))
            {
                throw input.Wrong(input.Position, $"storage {ShortName.Of(key)} is listed, and nothing uses it");
            }

            long at = input.Position;
            input.Skip(sizeof(long));
            source.Read(at, number);
            long count = BinaryPrimitives.ReadInt64LittleEndian(number);
            if (count < 0 || count > input.Left / storage.Type.Bytes)
            {
                throw input.Wrong(
                    at,
                    $"storage {ShortName.Of(key)} has {count} elements of {storage.Type.Bytes} bytes by its count, and {input.Left} bytes are left"
                );
            }

            if (!stretches.TryAdd(key, (input.Position, count * storage.Type.Bytes)))
            {
                throw input.Wrong(at, $"storage {ShortName.Of(key)} is listed twice");
            }

            input.Skip(count * storage.Type.Bytes);
        }

        return stretches;
    }

    private static string Describe(object? value) =>
        value switch
        {
            null => "None",
            long or double or bool or BigInteger => string.Create(CultureInfo.InvariantCulture, $"{value}"),
            string => "a text",
            PickleDictionary => "a dictionary",
            PickleList => "a list",
            object?[] => "a tuple",
            PickleObject unknown => $"an object of {ShortName.Of(unknown.Type.ToString())}",
            _ => "something else",
        };
}
