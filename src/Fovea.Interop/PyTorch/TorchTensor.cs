namespace Fovea.Interop.PyTorch;

/// <summary>A stretch of memory in a file that tensors look at.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="First">Where it begins in the stretch of that name, in elements.</param>
internal sealed record TorchStorage(string Key, TorchType Type, long Count, long First = 0);

/// <summary>A tensor as a file describes it: a view of a storage.</summary>
/// <param name="Storage">What it looks at.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Offset">Its first element, from the beginning of the storage.</param>
/// <param name="Sizes">Its sizes.</param>
/// <param name="Strides">Elements from one index to the next, an axis each.</param>
/// <param name="Refusal">Why it cannot be read; null where it can.</param>
internal sealed record TorchTensor(
    TorchStorage? Storage,
    TorchType Type,
    long Offset,
    long[] Sizes,
    long[] Strides,
    string? Refusal = null
)
{
    /// <summary>A tensor of a kind that is not read.</summary>
    public static TorchTensor Unread(string kind) => new(null, TorchType.Untyped, 0, [], [], kind);

    /// <summary>Number of elements, as far as it fits 63 bits.</summary>
    public Int128 Count
    {
        get
        {
            Int128 count = 1;
            foreach (long size in Sizes)
            {
                count = count > long.MaxValue ? count : count * size;
            }

            return Array.IndexOf(Sizes, 0L) >= 0 ? 0 : count;
        }
    }

    /// <summary>The index of the last element that it looks at, from its first; -1 where it has none.</summary>
    public Int128 Last
    {
        get
        {
            Int128 last = 0;
            for (int i = 0; i < Sizes.Length; i++)
            {
                last += (Int128)(Sizes[i] - 1) * Strides[i];
            }

            return Count == 0 ? -1 : last;
        }
    }

    /// <summary>Whether its elements lie one behind the other, last axis fastest.</summary>
    public bool IsContiguous
    {
        get
        {
            Int128 expected = 1;
            for (int i = Sizes.Length - 1; i >= 0; i--)
            {
                if (Sizes[i] != 1 && Strides[i] != expected)
                {
                    return false;
                }

                expected *= Sizes[i];
            }

            return true;
        }
    }

    /// <summary>What two names of one tensor have in common.</summary>
    public string Identity =>
        $"{Storage?.Key}:{Type.Name}:{Storage?.First + Offset}:{string.Join(',', Sizes)}:{string.Join(',', Strides)}";
}
