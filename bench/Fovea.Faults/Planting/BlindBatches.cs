using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of how batches are put together, of the second set put aside.</summary>
internal static class BlindBatches
{
    private const int Buffer = 64;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
        [
            Of(
                "each batch of one class",
                [Cause.Unshuffled],
                (batches, rng) => Ordered(batches, (labels, size) => OneClassEach(labels, size, rng))
            ),
            Of(
                "sorted by class, shuffled in a buffer of 64",
                [Cause.Unshuffled],
                (batches, rng) => Ordered(batches, (labels, _) => Buffered(labels, rng))
            ),
            Of(
                "labels of the batch before",
                [Cause.ShuffledLabels, Cause.LabelNoise, Cause.WrongGradient],
                (batches, _) => batches.Select((b, i) => b with { Targets = batches[i == 0 ? ^1 : i - 1].Targets })
            ),
            Of(
                "one buffer for all items of a batch",
                [Cause.RepeatedItems, Cause.ShuffledLabels, Cause.LabelNoise, Cause.InputUnused],
                (batches, _) =>
                    batches.Select(b =>
                        b with
                        {
                            Inputs = b.Inputs.Take(0, [.. Enumerable.Repeat(b.Indices.Count - 1, b.Indices.Count)]),
                        }
                    )
            ),
        ];

    private static Fault Of(string name, string[] accepts, Func<Batch[], Rng, IEnumerable<Batch>> change) =>
        AsideKinds.ByHand(
            name,
            accepts,
            (p, seed) =>
                p.Source.Train.Count > 250
                    ? new Habits
                    {
                        Batches = (batches, epoch) => change([.. batches], new Rng(seed).Split((ulong)epoch)),
                    }
                    : null
        ) with
        {
            IsExact = true,
        };

    /// <summary>The items of an epoch in an order made from their labels, in batches as large as before.</summary>
    private static IEnumerable<Batch> Ordered(Batch[] batches, Func<long[], int, int[]> order)
    {
        int size = batches[0].Indices.Count;
        Tensor inputs = Tensor.Concat([.. batches.Select(b => b.Inputs)], 0),
            targets = Tensor.Concat([.. batches.Select(b => b.Targets)], 0);
        int[] indices = [.. batches.SelectMany(b => b.Indices)];
        return order(targets.ToArray<long>(), size)
            .Chunk(size)
            .Select(chosen => new Batch(
                inputs.Take(0, chosen),
                targets.Take(0, chosen),
                [.. chosen.Select(i => indices[i])]
            ));
    }

    private static int[] OneClassEach(long[] labels, int size, Rng rng)
    {
        int[][] groups =
        [
            .. Enumerable
                .Range(0, labels.Length)
                .GroupBy(i => labels[i])
                .SelectMany(g => g.Chunk(size).Where(c => c.Length == size)),
        ];
        return [.. rng.Permutation(groups.Length).SelectMany(g => groups[g])];
    }

    /// <summary>From a buffer that is filled in the order of classes one item after the other is drawn.</summary>
    private static int[] Buffered(long[] labels, Rng rng)
    {
        Queue<int> coming = new(Enumerable.Range(0, labels.Length).OrderBy(i => labels[i]));
        List<int> buffer = [],
            drawn = [];
        while (coming.Count + buffer.Count > 0)
        {
            while (buffer.Count < Buffer && coming.TryDequeue(out int next))
            {
                buffer.Add(next);
            }

            int at = rng.Next(buffer.Count);
            drawn.Add(buffer[at]);
            buffer.RemoveAt(at);
        }

        return [.. drawn];
    }
}
