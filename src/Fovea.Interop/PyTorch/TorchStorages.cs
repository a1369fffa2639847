using System.Globalization;
using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>Storages that a pickle refers to by persistent ids, of the zip form and the stream.</summary>
internal static class TorchStorages
{
    private const long BytesOfOne = 160;

    /// <summary>What stands for a persistent id: a storage, or a class that was saved with its source.</summary>
    /// <param name="id">('storage', class, key, location, elements), in the stream with a view or None behind it; or
    /// ('module', class, ...).</param>
    /// <param name="known">Storages so far, by key.</param>
    /// <param name="budget">What their memory is taken from.</param>
    /// <param name="input">For messages.</param>
    /// <exception cref="ModelFormatException">It is none of these.</exception>
    public static object? Find(
        object? id,
        Dictionary<string, TorchStorage> known,
        PickleBudget budget,
        PickleInput input
    )
    {
        if (id is object?[] saved && saved is ["module", var type, ..])
        {
            return type;
        }

        if (
            id is not object?[] { Length: 5 or 6 } parts
            || parts is not ["storage", PickleGlobal kind, var name, _, long count, ..]
            || Key(name) is not { } key
            || count < 0
        )
        {
            throw input.Wrong(
                input.Position,
                "a storage must be named here by class, key, place and number of elements"
            );
        }

        TorchType element =
            TorchType.OfStorage(kind)
            ?? throw new ModelFormatException(
                $"{input.Name}: storages of the class {ShortName.Of(kind.ToString())} are not known."
            )
            {
                IsUnsupported = true,
            };
        if (!known.TryGetValue(key, out TorchStorage? storage))
        {
            budget.Take(BytesOfOne);
            storage = new TorchStorage(key, element, count);
            known.Add(key, storage);
        }
        else if (storage.Type != element)
        {
            // The same bytes with another type: each tensor tells its own.
            budget.Take(BytesOfOne);
            storage = storage with { Type = element, Count = count };
        }

        return parts.Length == 6 && parts[5] is object?[] view ? View(storage, view, budget, input) : storage;
    }

    /// <summary>A storage that a pickle names in its place, without a reference: ('storage', class, key, location, elements);
    /// null where it is something else.</summary>
    public static TorchStorage? Named(object? value, PickleBudget budget)
    {
        if (
            value is not object?[] parts
            || parts is not ["storage", PickleGlobal kind, var name, _, long count and >= 0]
            || Key(name) is not { } key
            || TorchType.OfStorage(kind) is not { } type
        )
        {
            return null;
        }

        budget.Take(BytesOfOne);
        return new TorchStorage(key, type, count);
    }

    /// <summary>A key as text: keys of old files are numbers.</summary>
    public static string? Key(object? key) =>
        key switch
        {
            string text => text,
            long number => number.ToString(CultureInfo.InvariantCulture),
            System.Numerics.BigInteger large => large.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };

    private static TorchStorage View(TorchStorage root, object?[] view, PickleBudget budget, PickleInput input)
    {
        if (
            view is not [_, long first, long count]
            || first < 0
            || count < 0
            || first > root.Count
            || count > root.Count - first
        )
        {
            throw input.Wrong(
                input.Position,
                $"a view must lie within storage {ShortName.Of(root.Key)} of {root.Count} elements"
            );
        }

        budget.Take(BytesOfOne);
        return root with { First = first, Count = count };
    }
}
