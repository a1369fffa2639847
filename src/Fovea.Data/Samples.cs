namespace Fovea.Data;

/// <summary>What a network of several tensors learns one thing from.</summary>
/// <param name="Inputs">The network's inputs, in order, without a batch: images [C, H, W], series [C, L].</param>
/// <param name="Targets">What the loss compares the outputs with, in the order it expects, without a batch: a class is
/// Int64 [], a box Float32 [4].</param>
public sealed record Sample(IReadOnlyList<Tensor> Inputs, IReadOnlyList<Tensor> Targets);

/// <summary>Samples of one form, read by number: what <see cref="IDataset"/> is for labelled items, for networks of several
/// inputs, outputs, or targets that are no classes.</summary>
/// <remarks>All samples have the same number of tensors, with the same shapes and element types.
/// Implementations must allow <see cref="Read"/> from several threads at once; a <see cref="Loader"/> does that.</remarks>
public interface ISampleSet
{
    /// <summary>What to call the set in messages.</summary>
    string Name { get; }

    /// <summary>Number of samples.</summary>
    int Count { get; }

    /// <summary>A sample, always the same for the same number: random changes are for
    /// <see cref="SampleSource.Augment"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    Sample Read(int index);
}

/// <summary>Samples as they are used: a part to learn from and a part to be judged on, of the same form.</summary>
/// <param name="Name">The problem's name.</param>
/// <param name="Train">The samples to learn from.</param>
/// <param name="Test">The samples to be judged on.</param>
public sealed record SampleSource(string Name, ISampleSet Train, ISampleSet Test)
{
    /// <summary>Changes a sample to learn from at random, to one of the same form: a function of the sample and of the
    /// stream it is given alone, so that a resumed run sees the same. Null: no changes.</summary>
    public Func<Sample, Rng, Sample>? Augment { get; init; }
}
