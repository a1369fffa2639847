using System.Numerics;

namespace Fovea.Data;

/// <summary>Puts samples behind one another into batches.</summary>
internal sealed class SampleBatches
{
    private readonly ISampleSet _samples;
    private readonly Func<Sample, Rng, Sample>? _augment;
    private readonly TensorSpec[] _inputs;
    private readonly TensorSpec[] _targets;

    /// <summary>Reads the first sample to learn what they look like.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="augment">Changes each at random; null for no change.</param>
    /// <exception cref="ArgumentException">A sample has no input.</exception>
    public SampleBatches(ISampleSet samples, Func<Sample, Rng, Sample>? augment)
    {
        (_samples, _augment) = (samples, augment);
        Sample first = samples.Count > 0 ? samples.Read(0) : new Sample([], []);
        (_inputs, _targets) = (Specs(first.Inputs), Specs(first.Targets));
        if (samples.Count > 0 && _inputs.Length == 0)
        {
            throw new ArgumentException($"Loader: a sample of {samples.Name} must have one input or more, got none.");
        }
    }

    /// <summary>Values of a sample, inputs and targets.</summary>
    public long ValuesOfOne => _inputs.Concat(_targets).Sum(s => s.Shape.Count);

    /// <summary>Makes a batch; null where the consumer has gone meanwhile.</summary>
    /// <param name="indices">Which samples.</param>
    /// <param name="rng">The stream that each sample's own is split from.</param>
    /// <param name="stopped">Asked now and then whether to give up.</param>
    /// <exception cref="InvalidOperationException">A sample has another form than the first.</exception>
    public Batch? Prepare(int[] indices, Rng rng, Func<bool> stopped)
    {
        Sample[] samples = new Sample[indices.Length];
        for (int n = 0; n < samples.Length; n++)
        {
            if (stopped())
            {
                return null;
            }

            Sample sample = _samples.Read(indices[n]);
            samples[n] = _augment is null ? sample : _augment(sample, rng.Split((ulong)indices[n]));
            RequireForm("inputs", indices[n], samples[n].Inputs, _inputs);
            RequireForm("targets", indices[n], samples[n].Targets, _targets);
        }

        return new Batch(
            [.. _inputs.Select((spec, i) => Stack(spec, samples, s => s.Inputs[i]))],
            [.. _targets.Select((spec, i) => Stack(spec, samples, s => s.Targets[i]))],
            indices
        );
    }

    private static TensorSpec[] Specs(IReadOnlyList<Tensor> tensors) =>
        [.. tensors.Select(t => new TensorSpec(t.Shape, t.DType))];

    private void RequireForm(string what, int index, IReadOnlyList<Tensor> tensors, TensorSpec[] expected)
    {
        if (!Specs(tensors).SequenceEqual(expected))
        {
            throw new InvalidOperationException(
                $"Loader: the {what} of sample {index} of {_samples.Name} must be those of sample 0, {Text(expected)}, got {Text(Specs(tensors))}."
            );
        }
    }

    private static string Text(TensorSpec[] specs) =>
        specs.Length == 0 ? "none" : string.Join(", ", specs.Select(s => $"{s.Shape} {s.DType}"));

    private static Tensor Stack(TensorSpec spec, Sample[] samples, Func<Sample, Tensor> part) =>
        spec.DType switch
        {
            DType.Float32 => Stack<float>(spec, samples, part),
            DType.Float64 => Stack<double>(spec, samples, part),
            _ => Stack<long>(spec, samples, part),
        };

    private static Tensor Stack<T>(TensorSpec spec, Sample[] samples, Func<Sample, Tensor> part)
        where T : unmanaged, INumberBase<T>
    {
        int size = (int)spec.Shape.Count;
        T[] values = new T[(long)samples.Length * size];
        for (int n = 0; n < samples.Length; n++)
        {
            part(samples[n]).ToArray<T>().CopyTo(values, n * size);
        }

        return Tensor.From(values, [samples.Length, .. spec.Shape.Sizes]);
    }
}
