using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Items as the network is fed with them, for a look at the data.</summary>
internal abstract class LintItems
{
    /// <summary>Number of items.</summary>
    public abstract int Count { get; }

    /// <summary>Shape of an item, [C, ...].</summary>
    public abstract Shape Shape { get; }

    /// <summary>Class names; empty where they are not known.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>The label of an item, in range or not; null where it has none.</summary>
    public abstract int? Label(int index);

    /// <summary>The number of an item in the data as given.</summary>
    public virtual int SourceIndex(int index) => index;

    /// <summary>The values of an item, preprocessed.</summary>
    public abstract void Read(int index, Span<float> destination);

    /// <summary>Labelled items.</summary>
    public static LintItems Of(IDataset data, Preprocessing? preprocessing) => new Labelled(data, preprocessing);

    /// <summary>Samples, by their first input; null where that has no axes, or other values than floats.</summary>
    public static LintItems? Of(ISampleSet data)
    {
        if (data.Count == 0)
        {
            return null;
        }

        Sample first = data.Read(0);
        return first.Inputs is [{ DType: DType.Float32, Rank: > 0 } input, ..]
            ? new Samples(data, input.Shape, HasLabel(first))
            : null;
    }

    private static bool HasLabel(Sample sample) => sample.Targets is [{ DType: DType.Int64, Count: 1 }];

    private sealed class Labelled(IDataset data, Preprocessing? preprocessing) : LintItems
    {
        public override int Count => data.Count;

        public override Shape Shape => data.ItemShape;

        public override IReadOnlyList<string> Classes => data.Classes;

        public override int? Label(int index) => data.Label(index);

        public override int SourceIndex(int index) => data.SourceIndex(index);

        public override void Read(int index, Span<float> destination)
        {
            data.Read(index, destination);
            preprocessing?.Apply(destination);
        }
    }

    private sealed class Samples(ISampleSet data, Shape shape, bool labelled) : LintItems
    {
        public override int Count => data.Count;

        public override Shape Shape => shape;

        public override IReadOnlyList<string> Classes => [];

        public override int? Label(int index) =>
            labelled && data.Read(index) is var sample && HasLabel(sample)
                ? (int)Math.Clamp(sample.Targets[0].ToArray<long>()[0], int.MinValue, int.MaxValue)
                : null;

        public override void Read(int index, Span<float> destination) =>
            data.Read(index).Inputs[0].ToArray<float>().CopyTo(destination);
    }
}
