namespace Fovea.Models.Tests;

/// <summary>Batches that pass the network in groups: every item gets the eager scores, with the same bits on any number
/// of threads.</summary>
[Collection("threads")]
public sealed class GroupedBatchTests
{
    [Theory, InlineData(5), InlineData(7), InlineData(16)]
    public void Run_BatchLargerThanItsGroups_GivesTheEagerScoresAndTheSameBitsOnAnyThreads(int batch)
    {
        Shape item = [3, 224, 224]; // activations of a few items fill the caches
        Module model = CompiledAgreement.WithStatistics(ModelRegistry.Create("squeezenet1_1(classes=10)", item).Model);
        CompiledNetwork network = model.Compile(item);
        int size = network.GroupSize(batch);
        Assert.True(
            size < batch,
            $"a batch of {batch} passes the network in one group; this test needs a network that it passes in several"
        );
        Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(10));
        float[] one = CompiledAgreement.WithThreads(1, () => network.Run(x).ToArray());
        foreach (int threads in new[] { 2, 3 })
        {
            float[] found = CompiledAgreement.WithThreads(threads, () => network.Run(x).ToArray());
            Assert.True(
                one.AsSpan().SequenceEqual(found),
                $"batch {batch} in groups of {size}: scores on {threads} threads are not those on 1"
            );
        }

        float[][] expected = [.. CompiledAgreement.Eager(model, x).Chunk(10)],
            items = [.. one.Chunk(10)];
        for (int i = 0; i < batch; i++)
        {
            CompiledAgreement.AssertNear(
                $"item {i} of {batch} in groups of {size}",
                expected[i],
                items[i],
                CompiledAgreement.Bound
            );
        }
    }
}
