using System.Runtime.CompilerServices;
using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Compiled networks whose module gave its weights up, and those whose weights were changed too
/// early.</summary>
[Collection("threads")]
public sealed class ReleasedWeightsTests
{
    private const double Bound = 1e-3; // of the largest value: Winograd's algorithm is allowed

    private static readonly Shape Item = [16, 12, 12];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(37)]
    public void Prepare_WithRelease_GivesTheBitsOfKeptWeights(int batch)
    {
        Tensor x = Input(batch);
        float[] kept = Net().Compile(Item).Run(x).ToArray<float>();
        Module module = Net();

        CompiledNetwork released = module.Compile(Item).Prepare(batch, release: true);

        Assert.True(
            kept.AsSpan().SequenceEqual(released.Run(x).ToArray<float>()),
            $"batch {batch}: other bits with released weights"
        );
        Assert.Equal(0, HeldBytes(module));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Prepare_WithRelease_LeavesNoMemoryOfWeightsAlive(bool release)
    {
        Module module = Net();
        WeakReference[] memory = MemoryOf(module);

        CompiledNetwork network = module.Compile(Item).Prepare(1, release);
        GC.Collect();

        Assert.All(memory, m => Assert.Equal(!release, m.IsAlive));
        GC.KeepAlive((module, network));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    public void Run_NetworkThatIsGivenUp_LeavesNoMemoryOfWeightsAlive(int batch)
    {
        WeakReference[] memory = MemoryOfARun(batch);
        GC.Collect(); // what is finalized may hold more, as an arena its plan
        GC.WaitForPendingFinalizers();
        GC.Collect();

        int alive = memory.Count(m => m.IsAlive);
        Assert.True(alive == 0, $"batch {batch}: {alive} of {memory.Length} weights live on with nobody to use them");
    }

    [Fact]
    public void Run_OtherBatchesAfterRelease_GiveTheEagerMaps()
    {
        float[] largest = NoGrad.Run(() => Net().Eval().Forward(Input(40))).ToArray<float>();
        CompiledNetwork network = Net().Compile(Item).Prepare(2, release: true);
        foreach (int batch in new[] { 1, 2, 5, 16, 40 })
        {
            float[] expected = NoGrad.Run(() => Net().Eval().Forward(Input(batch))).ToArray<float>(),
                got = network.Run(Input(batch)).ToArray<float>();
            double error = expected.Zip(got, (e, g) => Math.Abs(e - g)).Max();
            Assert.True(
                error <= Bound * largest.Max(Math.Abs),
                $"batch {batch} after release for 2: error {error}, largest {largest.Max(Math.Abs)}"
            );
        }
    }

    [Fact]
    public void Steps_AnotherAlgorithmWantedAfterRelease_SaysThatThePackedOneServes()
    {
        (int channels, int side, int other) = ( // where it is depends on the processor
            from c in new[] { 512, 256, 128, 64 }
            from s in new[] { 7, 4, 14 }
            from b in new[] { 2, 4, 8, 16, 32 }
            where Algorithm(Layer(c).Compile([c, s, s]), b) != Algorithm(Layer(c).Compile([c, s, s]), 1)
            select (c, s, b)
        ).First();
        CompiledNetwork network = Layer(channels).Compile([channels, side, side]).Prepare(1, release: true);

        string before = network.Steps(1)[0],
            after = network.Steps(other)[0];

        Assert.Equal(Algorithm(network, 1), Algorithm(network, other));
        Assert.EndsWith("(as packed before the network's own weights were released)", after, StringComparison.Ordinal);
        Assert.DoesNotContain("released", before, StringComparison.Ordinal);

        static Module Layer(int channels) => new Sequential(new Conv2d(channels, channels, 3, padding: 1));
    }

    [Fact]
    public void Prepare_TunedWithRelease_RunsOtherBatchesWithoutMeasuring()
    {
        string folder = Directory.CreateTempSubdirectory("fovea-released-").FullName;
        try
        {
            Tuning tuning = Tuning.Open(Path.Combine(folder, "times.txt"));
            CompiledNetwork network = new Sequential(new Conv2d(32, 32, 3, padding: 1))
                .Compile([32, 8, 8], tuning: tuning)
                .Prepare(1, release: true);
            int measured = tuning.Measured;
            network.Run(Tensor.Normal([5, 32, 8, 8], rng: new Rng(1)));
            Assert.Equal((1, 1), (measured, tuning.Measured));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Forward_AfterRelease_NamesTheParameterUntilWeightsAreLoaded()
    {
        Module module = Net();
        Dictionary<string, Tensor> saved = module.StateDict().ToDictionary(p => p.Key, p => p.Value.Clone());
        float[] expected = NoGrad.Run(() => module.Eval().Forward(Input(1))).ToArray<float>();
        CompiledNetwork network = module.Compile(Item).Prepare(1, release: true);
        float[] compiled = network.Run(Input(1)).ToArray<float>();

        foreach (
            Action use in new Action[]
            {
                () => module.Forward(Input(1)),
                () => module.Compile(Item),
                () => module.Parameters()[0].ToArray(),
                () => module.To(DType.Float64),
            }
        )
        {
            string message = Assert.Throws<InvalidOperationException>(use).Message;
            Assert.Matches(
                @"^Parameter \S+\.weight \[[\d, ]+\]: its values were given up .* Load weights into the module again",
                message
            );
        }

        Assert.EndsWith("without values", module.Parameters()[0].ToString(), StringComparison.Ordinal);
        foreach (bool assign in new[] { false, true })
        {
            module.LoadStateDict(saved.ToDictionary(s => s.Key, s => s.Value.Clone()), assign);
            Assert.Equal(expected, NoGrad.Run(() => module.Forward(Input(1))).ToArray<float>());
            Assert.Equal(compiled, network.Run(Input(1)).ToArray<float>());
            module.Compile(Item).Prepare(1, release: true);
        }

        module.Initialize(5);
        Assert.Equal(
            NoGrad.Run(() => Net().Eval().Initialize(5).Forward(Input(1))).ToArray<float>(),
            NoGrad.Run(() => module.Forward(Input(1))).ToArray<float>()
        );
    }

    [Fact]
    public void LoadStateDict_FromAReleasedModule_IsRefusedAndLeavesItReleased()
    {
        Module module = Net();
        module.Compile(Item).Prepare(1, release: true);
        foreach (bool assign in new[] { false, true })
        {
            Assert.Throws<InvalidOperationException>(() => module.LoadStateDict(module.StateDict(), assign));
            Assert.Throws<InvalidOperationException>(() => module.Forward(Input(1)));
        }
    }

    [Fact]
    public void Run_WeightsWrittenAfterCompile_IsRefusedUntilPackedAndHarmlessAfterwards()
    {
        Module module = Net();
        CompiledNetwork early = module.Compile(Item),
            prepared = module.Compile(Item).Prepare();
        float[] expected = prepared.Run(Input(1)).ToArray<float>();
        Parameter first = module.Parameters()[0];
        foreach (
            Action change in new Action[]
            {
                () => first.Fill(0.5),
                () => module.Initialize(3),
                () => first.AsSpan<float>()[0] = 2f,
                () => module.LoadStateDict(Net().StateDict(), assign: true),
            }
        )
        {
            CompiledNetwork network = module.Compile(Item);
            change();
            string message = Assert.Throws<InvalidOperationException>(() => network.Run(Input(1))).Message;
            Assert.Contains("0.weight [32, 16, 3, 3] was written", message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => network.Prepare(1, release: true));
            _ = module.Forward(Input(1)); // nothing was given up
        }

        Assert.Throws<InvalidOperationException>(() => early.Run(Input(1)));
        Assert.Equal(expected, prepared.Run(Input(1)).ToArray<float>());
    }

    [Fact]
    public void Run_AnotherNetworkReleasedTheWeights_NamesTheParameter()
    {
        Module module = Net();
        CompiledNetwork late = module.Compile(Item),
            packed = module.Compile(Item).Prepare();
        float[] expected = packed.Run(Input(1)).ToArray<float>();

        module.Compile(Item).Prepare(1, release: true);

        Assert.Contains(
            "its values were given up",
            Assert.Throws<InvalidOperationException>(() => late.Run(Input(1))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(expected, packed.Run(Input(1)).ToArray<float>());
    }

    [Fact]
    public void Prepare_WeightUsedTwice_IsReleasedAfterItsLastUse()
    {
        Tensor x = Input(1);
        Conv2d Shared() => new(16, 16, 3, padding: 1);
        Module Twice(Conv2d conv) => new Sequential(conv, new ReLU(), conv);
        float[] expected = Twice(Shared()).Compile(Item).Run(x).ToArray<float>();
        Conv2d shared = Shared();

        CompiledNetwork network = Twice(shared).Compile(Item).Prepare(1, release: true);

        Assert.Equal(expected, network.Run(x).ToArray<float>());
        Assert.False(shared.Parameters()[0].HasStorage, "the weight is still there");
    }

    [Fact]
    public void Prepare_StepThatRunsEagerly_KeepsItsWeights()
    {
        Module Mixed() =>
            new Sequential(
                new Conv2d(16, 16, 3, padding: Padding.Same, paddingMode: PaddingMode.Reflect),
                new Conv2d(16, 16, 1)
            );
        float[] expected = Mixed().Compile(Item).Run(Input(2)).ToArray<float>();

        CompiledNetwork network = Mixed().Compile(Item).Prepare(2, release: true);

        Assert.Equal(expected, network.Run(Input(2)).ToArray<float>());
    }

    [Fact]
    public void Prepare_ManyThreadsWithOtherBatches_AllGetTheSameScores()
    {
        float[] expected = Net().Compile(Item).Prepare(1, release: true).Run(Input(1)).ToArray<float>();
        CompiledNetwork network = Net().Compile(Item);
        network.Prepare(1, release: true);
        Parallel.For(
            0,
            8,
            i =>
            {
                network.Prepare(1 + (i % 4), release: true);
                Assert.Equal(expected, network.Run(Input(1)).ToArray<float>());
            }
        );
    }

    private static string Algorithm(CompiledNetwork network, int batch) => network.Steps(batch)[0].Split(", ")[0];

    private static Tensor Input(int batch) => Tensor.Normal(Shape.Create([batch, .. Item.Sizes]), rng: new Rng(7));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] MemoryOf(Module module) =>
        [.. module.Parameters().Where(p => p.Rank > 1).Select(p => new WeakReference(p.Storage))];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] MemoryOfARun(int batch)
    {
        Module module = Net();
        module.Compile(Item).Run(Input(batch));
        return MemoryOf(module);
    }

    private static long HeldBytes(Module module) =>
        module.Parameters().Where(p => p.Rank > 1 && p.HasStorage).Sum(p => p.Count * sizeof(float));

    private static Module Net() =>
        new Sequential(
            new Conv2d(16, 32, 3, padding: 1, bias: false),
            new BatchNorm2d(32),
            new ReLU(),
            new Conv2d(32, 64, 3, padding: 1),
            new BatchNorm2d(64),
            new ReLU(),
            new Conv2d(64, 64, 3, stride: 2, padding: 1, groups: 64),
            new ReLU(),
            new Conv2d(64, 48, 1),
            new ReLU(),
            new GlobalAvgPool(flatten: true),
            new Linear(48, 10)
        )
            .Initialize(11)
            .Eval();
}
