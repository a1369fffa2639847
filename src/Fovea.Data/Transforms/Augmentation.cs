using System.Globalization;

namespace Fovea.Data;

/// <summary>What happens to training items at random: transforms of items in order, then at most one that mixes a
/// batch. Immutable.</summary>
public sealed class Augmentation
{
    /// <summary>Creates an augmentation.</summary>
    /// <param name="items">Transforms of each item, applied in order.</param>
    /// <param name="batch">A transform of the batch afterwards, or null.</param>
    public Augmentation(IReadOnlyList<ItemTransform> items, BatchTransform? batch = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        Items = [.. items];
        Batch = batch;
    }

    /// <summary>No augmentation.</summary>
    public static Augmentation None { get; } = new([]);

    /// <summary>What the text form knows: name, what it does, and the number used where none is given.</summary>
    public static IReadOnlyList<(string Name, string Description, double Default)> Available { get; } =
    [.. AugmentationEntry.All.Select(entry => (entry.Name, entry.Description, entry.Default))];

    /// <summary>Transforms of each item, applied in order.</summary>
    public IReadOnlyList<ItemTransform> Items { get; }

    /// <summary>The transform of the batch afterwards, or null.</summary>
    public BatchTransform? Batch { get; }

    /// <summary>Reads a text such as <c>crop=4,flip,erase=0.25,mixup=0.2</c>: names of <see cref="Available"/>, each at
    /// most once, each with or without its number; <c>none</c> or nothing for none.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">A name does not exist or comes twice, a number is not in its range, or both
    /// mixup and cutmix are asked for.</exception>
    public static Augmentation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Trim() is "" or "none")
        {
            return None;
        }

        List<ItemTransform> items = [];
        BatchTransform? batch = null;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string part in text.Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = (equals < 0 ? part : part[..equals]).Trim();
            AugmentationEntry entry =
                Array.Find(AugmentationEntry.All, e => e.Name == name)
                ?? throw new ArgumentException(
                    $"Augmentation: '{name}' does not exist; there are: {string.Join(", ", AugmentationEntry.All.Select(e => $"{e.Name}={e.Unit}"))}."
                );
            double amount = equals < 0 ? entry.Default : entry.Amount(part[(equals + 1)..].Trim());
            if (!seen.Add(name))
            {
                throw new ArgumentException(
                    $"Augmentation: each transform may come once, got '{name}' twice in '{text}'."
                );
            }

            if (entry.Item is not null)
            {
                items.Add(entry.Item(amount));
                continue;
            }

            batch = batch is null
                ? entry.Batch!(amount)
                : throw new ArgumentException(
                    $"Augmentation: a batch can be mixed in one way only, got both {batch.Name} and {name}."
                );
        }

        return new Augmentation(items, batch);
    }

    /// <summary>Requires that every transform fits items of a shape.</summary>
    /// <param name="itemShape">Images [C, H, W] or series [C, L].</param>
    /// <exception cref="ArgumentException">One does not; the message says which and why.</exception>
    public void Check(Shape itemShape)
    {
        foreach (
            (string name, string? refusal) in Items
                .Select(t => (t.Name, t.Refusal(itemShape)))
                .Append((Batch?.Name ?? "", Batch?.Refusal(itemShape)))
        )
        {
            if (refusal is not null)
            {
                throw new ArgumentException($"Augmentation: '{name}' {refusal}.");
            }
        }
    }

    /// <summary>The text that <see cref="Parse"/> reads back, <c>none</c> for none.</summary>
    public override string ToString()
    {
        IEnumerable<(string Name, double Amount)> parts = Items.Select(t => (t.Name, t.Amount));
        parts = Batch is null ? parts : parts.Append((Batch.Name, Batch.Amount));
        string text = string.Join(
            ",",
            parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name}={part.Amount}"))
        );
        return text.Length == 0 ? "none" : text;
    }
}
