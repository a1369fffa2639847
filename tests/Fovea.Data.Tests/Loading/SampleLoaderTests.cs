namespace Fovea.Data.Tests;

public sealed class SampleLoaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Epoch_SamplesOfSeveralTensors_StandBehindOneAnother(int workers)
    {
        Batch[] batches =
        [
            .. new Loader(new Numbers(5), new LoaderOptions { BatchSize = 3, Workers = workers }).Epoch(0),
        ];

        Assert.Equal([3, 2], batches.Select(b => b.Indices.Count));
        Assert.Equal(["[2, 1, 2] Float32", "[2, 2] Float64"], batches[1].AllInputs.Select(t => $"{t.Shape} {t.DType}"));
        Assert.Equal(["[2] Int64", "[2, 1] Float32"], batches[1].AllTargets.Select(t => $"{t.Shape} {t.DType}"));
        Assert.Equal([3f, 3.5f, 4f, 4.5f], batches[1].Inputs.ToArray());
        Assert.Equal([30.0, -3.0, 40.0, -4.0], batches[1].AllInputs[1].ToArray<double>());
        Assert.Equal([3L, 4L], batches[1].Targets.ToArray<long>());
        Assert.Equal([9f, 16f], batches[1].AllTargets[1].ToArray());
    }

    [Fact]
    public void Epoch_Augmented_DependsOnSeedEpochAndSampleAlone()
    {
        Loader here = Augmented(0),
            ahead = Augmented(4);

        Assert.Equal(Values(here.Epoch(2)), Values(ahead.Epoch(2)));
        Assert.Equal(Values(here.Epoch(2)).Skip(2), Values(ahead.Epoch(2, firstBatch: 2)));
        Assert.NotEqual(Values(here.Epoch(1)), Values(here.Epoch(2)));
        float[] noise =
        [
            .. here.Epoch(0)
                .SelectMany(b => b.Inputs.ToArray().Where((_, i) => i % 2 == 0).Zip(b.Indices, (x, n) => x - n)),
        ];
        Assert.Equal(noise.Length, noise.Distinct().Count());

        static Loader Augmented(int workers) =>
            new(
                new Numbers(9),
                new LoaderOptions
                {
                    BatchSize = 2,
                    Shuffle = true,
                    Seed = 4,
                    Workers = workers,
                },
                (sample, rng) => sample with { Inputs = [sample.Inputs[0] + rng.NextSingle(), sample.Inputs[1]] }
            );

        static float[][] Values(IEnumerable<Batch> batches) =>
            [.. batches.Select(b => b.AllInputs.Concat(b.AllTargets).SelectMany(t => t.ToArray()).ToArray())];
    }

    [Fact]
    public void Epoch_SampleOfAnotherForm_IsNamed()
    {
        Loader loader = new(new Numbers(5) { Odd = 3 }, new LoaderOptions { BatchSize = 2 });

        Assert.Equal(
            "Loader: the targets of sample 3 of numbers must be those of sample 0, [] Int64, [1] Float32, got [] Int64.",
            Assert.Throws<InvalidOperationException>(() => loader.Epoch(0).ToList()).Message
        );
    }

    [Fact]
    public void Constructor_WhatSamplesHaveNot_IsRefused()
    {
        LoaderOptions plain = new();

        Assert.Contains(
            "are for labelled items",
            Assert
                .Throws<ArgumentException>(() =>
                    new Loader(new Numbers(2), plain with { Augmentation = Augmentation.None })
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "must have one input or more, got none",
            Assert.Throws<ArgumentException>(() => new Loader(new Empty(), plain)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(0, new Loader(new Numbers(0), plain).BatchesPerEpoch);
    }

    [Fact]
    public void Batch_OfOneTensorEach_HasThemAsAll()
    {
        Tensor x = Tensor.Zeros([2, 3]),
            y = Tensor.Zeros([2]);
        Batch batch = new(x, y, [0, 1]);

        Assert.Equal([x], batch.AllInputs);
        Assert.Equal([y], batch.AllTargets);
        Assert.Equal([y], (batch with { Inputs = y }).AllInputs);
        Assert.Equal("[2, 0]", new Batch([x], [], [0, 1]).Targets.Shape.ToString());
    }

    private sealed class Numbers(int count) : ISampleSet
    {
        public int Odd { get; init; } = -1;

        public string Name => "numbers";

        public int Count => count;

        public Sample Read(int index)
        {
            Tensor label = Tensor.From([(long)index], []);
            return new Sample(
                [Tensor.From([index, index + 0.5f], [1, 2]), Tensor.From([index * 10.0, -index], [2])],
                index == Odd ? [label] : [label, Tensor.From([(float)(index * index)], [1])]
            );
        }
    }

    private sealed class Empty : ISampleSet
    {
        public string Name => "empty";

        public int Count => 1;

        public Sample Read(int index) => new([], []);
    }
}
