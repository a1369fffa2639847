using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Compiled networks with values that are not made of items, the batch in the first axis alone, give what they
/// give eagerly.</summary>
[Collection("threads")]
public sealed class PlainTensorTests
{
    private static readonly Dictionary<string, (Shape Item, Func<Tensor, Tensor> Network)> Cases = new()
    {
        ["the input itself"] = ([16, 6, 6], x => x),
        ["product of parameters"] = ([16, 6, 6], x => (x.Relu() * (Of(16, 1, 1) * Of(16, 1, 1))).Relu()),
        ["sum of parameters, without axes"] = ([16, 6, 6], x => x * (Of(16, 1, 1) + Of(16, 1, 1)).Sum()),
        ["computed filter"] = (
            [16, 6, 6],
            x => new Lambda(y => y).Forward((x.Flatten(2).Transpose(1, 2) * (Of(1, 1, 16) * Of(1, 1, 16))).Tanh())
        ),
        ["batch merged with channels"] = ([16, 6, 6], x => x.Flatten(0, 1).Relu().Tanh()),
        ["batch merged, and a matrix product"] = ([4, 6], x => x.Flatten(0, 1).Relu().MatMul(Of(6, 3))),
        ["batch split off again"] = ([16, 6, 6], x => x.Relu().Unsqueeze(0).Tanh().Squeeze(0).Relu()),
        ["axis before the batch"] = ([16, 6, 6], x => x.Unsqueeze(0).Relu()),
        ["batch second"] = ([16, 6, 6], x => x.Permute(1, 0, 2, 3).Relu()),
        ["batch last, and first again"] = ([16, 6, 6], x => x.Permute(1, 2, 3, 0).Relu().Permute(3, 0, 1, 2).Tanh()),
        ["mean over the batch"] = ([16, 6, 6], x => x.Relu().Mean([0])),
        ["less the mean over the batch"] = ([16, 6, 6], x => (x - x.Mean([0], keepDims: true)).Relu()),
        ["mean of all"] = ([16, 6, 6], x => x * x.Relu().Mean()),
        ["no axis at all"] = ([16, 6, 6], x => x.Relu().Mean()),
        ["six axes"] = ([2, 2, 2, 2, 2], x => Tensor.Concat([x.Relu(), x.Tanh()])),
        ["one number an item"] = ([3], x => x.Relu().Sum([1])),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_ValuesThatAreNotMadeOfItems_GivesTheEagerValues(string name)
    {
        (Shape item, Func<Tensor, Tensor> forward) = Cases[name];
        Lambda network = new(forward);
        CompiledNetwork compiled = network.Compile(item);
        foreach (int batch in new[] { 1, 3, 17 })
        {
            Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(65)),
                expected = NoGrad.Run(() => network.Forward(x));
            for (int threads = 1; threads <= 2; threads++)
            {
                Tensor found = WithThreads(threads, () => compiled.Run(x));
                Assert.Equal(expected.Shape, found.Shape);
                double error = expected.ToArray().Zip(found.ToArray(), (e, f) => Math.Abs(e - f)).Max();
                Assert.True(
                    error <= 1e-6 * Math.Max(1, expected.ToArray().Max(Math.Abs)),
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name}, batch {batch}, {threads} threads: error {error:E2}; {string.Join("; ", compiled.Steps(batch))}"
                    )
                );
            }
        }
    }

    private static Parameter Of(params int[] sizes) => new(Shape.Create(sizes), new Normal(1), rng: new Rng(66));

    private static Tensor WithThreads(int threads, Func<Tensor> run)
    {
        int before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = threads;
            return run();
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }
}
