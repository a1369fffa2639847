using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Compiled shuffles and runs of channels give what eager ones do to the bit, as nothing is computed, and nothing of
/// them runs eagerly.</summary>
[Collection("threads")]
public sealed class ChannelShuffleTests
{
    [Theory]
    [InlineData(16, 2, 0)]
    [InlineData(24, 3, 5)]
    [InlineData(58, 2, 29)]
    [InlineData(60, 5, 16)]
    public void Run_PiecesShuffled_GivesTheEagerMaps(int channels, int groups, int cut)
    {
        Module network = new Lambda(x =>
        {
            Tensor shuffled = cut == 0 ? x : Tensor.Concat([x.Narrow(1, cut, channels - cut), x.Narrow(1, 0, cut)]);
            return Shuffled(shuffled, groups) is var once && cut % 2 == 0
                ? Shuffled(once, groups) + once
                : Shuffled(once, groups);
        });
        AssertEager(network, [channels, 5, 7]);
    }

    [Fact]
    public void Run_ThreeAxesOfChannelsAndSeries_GivesTheEagerMaps()
    {
        AssertEager(
            new Lambda(x => x.Reshape([-1, 2, 3, 4, 6, 5]).Permute(0, 3, 1, 2, 4, 5).Reshape([-1, 24, 6, 5])),
            [24, 6, 5]
        );
        AssertEager(
            new Lambda(x => x.Reshape([-1, 2, 1, 10, 33]).Permute(0, 3, 2, 1, 4).Reshape([-1, 20, 33])),
            [20, 33]
        );
    }

    private static Tensor Shuffled(Tensor x, int groups)
    {
        int[] sizes = [-1, .. x.Shape.Sizes[1..]];
        return x.Reshape([-1, groups, sizes[1] / groups, .. sizes[2..]]).Transpose(1, 2).Reshape(sizes);
    }

    private static void AssertEager(Module network, Shape item)
    {
        CompiledNetwork compiled = network.Eval().Compile(item);
        int before = WorkerPool.Threads;
        try
        {
            foreach ((int batch, int threads) in new[] { (1, 1), (1, 3), (3, 2) })
            {
                WorkerPool.Threads = threads;
                Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(52));
                Assert.Equal(NoGrad.Run(() => network.Forward(x)).ToArray(), compiled.Run(x).ToArray());
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }

        Assert.DoesNotContain(compiled.Steps(1), s => s.Contains("eager", StringComparison.Ordinal));
        Assert.DoesNotContain(
            compiled.Steps(1),
            s =>
                s.Contains("Reshape", StringComparison.Ordinal)
                || s.Contains("concat", StringComparison.Ordinal)
                || s.Contains("Narrow", StringComparison.Ordinal)
        );
    }
}
