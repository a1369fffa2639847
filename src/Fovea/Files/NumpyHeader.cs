using System.Globalization;
using System.Text;

namespace Fovea.Files;

/// <summary>The header of a <c>.npy</c> file: what its elements are and how they lie.</summary>
/// <remarks>The format: numpy.lib.format, versions 1 to 3.</remarks>
/// <param name="Type">How elements are written.</param>
/// <param name="IsBigEndian">Whether the highest byte comes first.</param>
/// <param name="IsFortran">Whether the first axis is fastest.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Bytes">Bytes of the header; elements follow.</param>
internal sealed record NumpyHeader(StoredType Type, bool IsBigEndian, bool IsFortran, Shape Shape, int Bytes)
{
    /// <summary>Bytes before the text of the longest kind of header.</summary>
    public const int Start = 12;

    private const int LongestText = 1 << 16;
    private const int MostAxes = 64;

    private static readonly Dictionary<string, StoredType> Types = new(StringComparer.Ordinal)
    {
        ["f2"] = StoredType.Float16,
        ["f4"] = StoredType.Float32,
        ["f8"] = StoredType.Float64,
        ["i1"] = StoredType.Int8,
        ["i2"] = StoredType.Int16,
        ["i4"] = StoredType.Int32,
        ["i8"] = StoredType.Int64,
        ["u1"] = StoredType.UInt8,
        ["u2"] = StoredType.UInt16,
        ["u4"] = StoredType.UInt32,
        ["u8"] = StoredType.UInt64,
        ["b1"] = StoredType.Bool,
    };

    /// <summary>Whether bytes begin as a <c>.npy</c> file.</summary>
    public static bool Is(ReadOnlySpan<byte> start) =>
        start.Length >= 6 && start[0] == 0x93 && start[1..6].SequenceEqual("NUMPY"u8);

    /// <summary>Reads a header.</summary>
    /// <param name="name">The file, for messages.</param>
    /// <param name="next">Gives the bytes from the beginning of the file.</param>
    /// <exception cref="InvalidDataException">It breaks a rule, or elements are of a kind that is not read.</exception>
    public static NumpyHeader Read(string name, NextBytes next)
    {
        Span<byte> start = stackalloc byte[10];
        next(start);
        if (!Is(start))
        {
            throw new InvalidDataException($"{name}: no NumPy array: it must begin with the byte 0x93 and NUMPY.");
        }

        if (start[6] is < 1 or > 3 || start[7] != 0)
        {
            throw new InvalidDataException($"{name}: versions 1.0 to 3.0 are read, got {start[6]}.{start[7]}.");
        }

        long length = start[8] | (start[9] << 8);
        int before = 10;
        if (start[6] > 1)
        {
            Span<byte> high = stackalloc byte[2];
            next(high);
            length |= ((long)high[0] << 16) | ((long)high[1] << 24);
            before = Start;
        }

        if (length > LongestText)
        {
            throw new InvalidDataException($"{name}: a header may have up to {LongestText} bytes, got {length}.");
        }

        byte[] text = new byte[length];
        next(text);
        return Parse(name, (start[6] == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text), before + (int)length);
    }

    private static NumpyHeader Parse(string name, string text, int bytes)
    {
        PythonLiteral literal = new(name, text);
        (string? descr, bool? isFortran, Shape? shape) = (null, null, null);
        literal.Expect('{');
        while (!literal.Has('}'))
        {
            string key = literal.Text();
            literal.Expect(':');
            switch (key)
            {
                case "descr":
                    descr = literal.At('[')
                        ? throw new InvalidDataException(
                            $"{name}: elements are structured, of several fields, which is not read. Save each field as an array."
                        )
                        : literal.Text();
                    break;
                case "fortran_order":
                    isFortran = literal.Truth();
                    break;
                case "shape":
                    shape = Sizes(name, literal.Numbers(MostAxes));
                    break;
                default:
                    throw literal.Wrong($"'{ShortName.Of(key)}' is none of descr, fortran_order and shape");
            }

            literal.Skip(',');
        }

        return descr is not null && isFortran is { } order && shape is { } sizes
            ? Of(name, descr, order, sizes, bytes)
            : throw literal.Wrong("descr, fortran_order and shape must be there");
    }

    private static NumpyHeader Of(string name, string descr, bool isFortran, Shape shape, int bytes)
    {
        bool hasOrder = descr is ['<' or '>' or '|' or '=', ..];
        string kind = hasOrder ? descr[1..] : descr;
        if (Types.TryGetValue(kind, out StoredType? type))
        {
            return new NumpyHeader(type, descr[0] == '>', isFortran, shape, bytes);
        }

        string what = kind switch
        {
            ['O', ..] => "are Python objects, a pickle, which is never run",
            ['c', ..] => "are complex numbers, which are not read",
            ['U' or 'S' or 'a', ..] => "are texts, which are not read",
            ['M' or 'm', ..] => "are times, which are not read",
            ['V', ..] => "are of a structure of their own, which is not read",
            _ => "are of a kind that is not read",
        };
        throw new InvalidDataException(
            $"{name}: elements ('{ShortName.Of(descr)}') {what}. Save the array as numbers: floats, integers or truth values."
        );
    }

    private static Shape Sizes(string name, IReadOnlyList<long> sizes)
    {
        Int128 count = 1;
        foreach (long size in sizes)
        {
            count = count > StoredType.MostElements ? count : count * size;
        }

        bool fits = sizes.All(s => s <= int.MaxValue) && (sizes.Contains(0) || count <= StoredType.MostElements);
        return fits
            ? Shape.Create([.. sizes.Select(s => (int)s)])
            : throw new InvalidDataException(
                $"{name}: an array may have up to {StoredType.MostElements:N0} elements, got the shape ({string.Join(", ", sizes)})."
            );
    }
}
