using System.Buffers.Binary;
using System.Text;

namespace Fovea.Interop.PyTorch;

/// <summary>Containers and numbers of Python and NumPy that a pickle makes by name.</summary>
internal static class PlainCalls
{
    /// <summary>The value; null where the class or function is none of these.</summary>
    /// <exception cref="InvalidDataException">It is given what it does not take.</exception>
    public static object? Make(PickleGlobal type, object?[] arguments, PickleBudget budget) =>
        (type.Module, type.Name) switch
        {
            ("collections", "OrderedDict" or "Counter") or ("builtins" or "__builtin__", "dict") => Dictionary(
                type,
                arguments.FirstOrDefault(),
                budget
            ),
            ("collections", "defaultdict") => Dictionary(type, arguments.ElementAtOrDefault(1), budget),
            ("builtins" or "__builtin__", "set" or "frozenset" or "list") or ("collections", "deque") => List(
                type,
                arguments.FirstOrDefault(),
                budget
            ),
            ("builtins" or "__builtin__", "tuple") => Items(type, arguments.FirstOrDefault(), budget).ToArray(),
            ("builtins" or "__builtin__", "bytearray" or "bytes") => arguments.FirstOrDefault() as byte[] ?? [],
            ("_codecs", "encode") => arguments is [string text, ..]
                ? Encoding.Latin1.GetBytes(text)
                : throw Wrong(type),
            ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => Scalar(arguments),
            ("numpy", "dtype") => new PickleObject(type, arguments),
            _ => null,
        };

    private static InvalidDataException Wrong(PickleGlobal type) => new($"{type} is given what it does not take");

    private static PickleDictionary Dictionary(PickleGlobal type, object? content, PickleBudget budget)
    {
        PickleDictionary result = new();
        if (content is PickleDictionary other)
        {
            budget.Take(16L * other.Items.Count);
            result.Items.AddRange(other.Items);
            return result;
        }

        foreach (object? pair in Items(type, content, budget))
        {
            (object? key, object? value) = pair switch
            {
                object?[] { Length: 2 } two => (two[0], two[1]),
                PickleList { Items: { Count: 2 } two } => (two[0], two[1]),
                _ => throw Wrong(type),
            };
            result.Items.Add((key, value));
        }

        return result;
    }

    private static PickleList List(PickleGlobal type, object? content, PickleBudget budget)
    {
        PickleList list = new();
        list.Items.AddRange(Items(type, content, budget));
        return list;
    }

    private static List<object?> Items(PickleGlobal type, object? content, PickleBudget budget)
    {
        List<object?> items = content switch
        {
            null => [],
            PickleList list => list.Items,
            object?[] tuple => [.. tuple],
            _ => throw Wrong(type),
        };
        budget.Take(32L * items.Count);
        return items;
    }

    /// <summary>A number of NumPy; null where it is of another kind than those of a log.</summary>
    private static object? Scalar(object?[] arguments)
    {
        if (
            arguments is not [PickleObject { Arguments: object?[] and [string kind, ..] } type, var bytes]
            || (bytes as byte[] ?? (bytes is string text ? Encoding.Latin1.GetBytes(text) : null)) is not { } raw
            || (type.State is object?[] state && state.ElementAtOrDefault(1) is ">")
        )
        {
            return null;
        }

        return (kind, raw.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(raw),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(raw),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(raw),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(raw),
            ("b1", 1) => raw[0] != 0,
            _ => null,
        };
    }
}
