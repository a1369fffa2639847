using Fovea.Data;

namespace Fovea.Faults;

/// <summary>Shoes of Fashion-MNIST, half of them mirrored: the class is the kind of shoe, and where it points.</summary>
/// <param name="shoes">Items of the three kinds.</param>
/// <param name="kinds">The kinds' labels.</param>
internal sealed class HandedShoes(IDataset shoes, int[] kinds) : IDataset
{
    /// <summary>The data's name.</summary>
    public const string Title = "handed shoes";

    // Sandal, sneaker, ankle boot.
    private static readonly int[] Kinds = [5, 7, 9];

    public string Name => Title;

    public int Count => shoes.Count;

    public Shape ItemShape => shoes.ItemShape;

    public IReadOnlyList<string> Classes { get; } =
    [.. new[] { "left", "right" }.SelectMany(side => kinds.Select(k => $"{shoes.Classes[k]} {side}"))];

    /// <summary>Opens it.</summary>
    /// <param name="root">The folder of the data.</param>
    public static DataSource Open(string root)
    {
        DataSource all = Datasets.Open(
            Path.Combine(root, "fashion-mnist"),
            new DataOptions { TrainCount = 4000, TestCount = 1200 }
        );
        return new DataSource(Title, "idx", Of(all.Train), Of(all.Test));

        static HandedShoes Of(IDataset data) =>
            new(new Items(data, [.. Enumerable.Range(0, data.Count).Where(i => Kinds.Contains(data.Label(i)))]), Kinds);
    }

    public int Label(int index) => Array.IndexOf(kinds, shoes.Label(index)) + (IsMirrored(index) ? kinds.Length : 0);

    public void Read(int index, Span<float> destination)
    {
        shoes.Read(index, destination);
        if (IsMirrored(index))
        {
            for (int start = 0; start < destination.Length; start += ItemShape[ItemShape.Rank - 1])
            {
                destination.Slice(start, ItemShape[ItemShape.Rank - 1]).Reverse();
            }
        }
    }

    private static bool IsMirrored(int index) => new Rng(11).Split((ulong)index).NextSingle() < 0.5f;
}
