namespace Fovea.Tests;

/// <summary>Loading values by path, copied or taken over.</summary>
public sealed class StateDictTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LoadStateDict_GivenTensors_AreCopiedOrTakenOver(bool assign)
    {
        Module source = Net(1),
            module = Net(2);
        Dictionary<string, Tensor> given = source.StateDict().ToDictionary(s => s.Key, s => s.Value.Clone());
        Tensor x = Tensor.Normal([2, 3, 5, 5], rng: new Rng(3));
        float[] expected = NoGrad.Run(() => source.Eval().Forward(x)).ToArray<float>();

        module.LoadStateDict(given, assign);

        Assert.Equal(expected, NoGrad.Run(() => module.Eval().Forward(x)).ToArray<float>());
        Assert.All(
            module.StateDict(),
            own =>
                Assert.Equal((own.Key, assign), (own.Key, ReferenceEquals(own.Value.Storage, given[own.Key].Storage)))
        );
        Assert.All(module.Parameters(), p => Assert.True(p.RequiresGrad, $"{p.Path} is frozen"));
    }

    [Fact]
    public void LoadStateDict_TakenOverTensorsOfAnotherType_AreConvertedCopies()
    {
        Module module = Net(2);
        Dictionary<string, Tensor> given = Net(1).StateDict().ToDictionary(s => s.Key, s => s.Value.To(DType.Float64));

        module.LoadStateDict(given, assign: true);

        Assert.All(
            module.StateDict(),
            own =>
            {
                Assert.Equal((own.Key, DType.Float32), (own.Key, own.Value.DType));
                Assert.Equal(given[own.Key].ToArray<float>(), own.Value.ToArray<float>());
            }
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LoadStateDict_OneOfAnotherShape_ChangesNothing(bool assign)
    {
        Module module = Net(2);
        float[][] before = [.. module.StateDict().Values.Select(t => t.ToArray<float>())];
        Dictionary<string, Tensor> given = Net(1).StateDict().ToDictionary(s => s.Key, s => s.Value.Clone());
        given["1.bias"] = Tensor.Zeros([5]);

        string message = Assert.Throws<ShapeException>(() => module.LoadStateDict(given, assign)).Message;

        Assert.Equal("LoadStateDict: '1.bias' has shape [5], the network wants [4].", message);
        Assert.Equal(before, module.StateDict().Values.Select(t => t.ToArray<float>()));
    }

    [Fact]
    public void LoadMatching_SimilarNetwork_TakesWhatFitsAndReportsTheRest()
    {
        Module module = Net(2);
        Dictionary<string, Tensor> given = Net(1).StateDict().ToDictionary(s => s.Key, s => s.Value.Clone());
        given["1.bias"] = Tensor.Zeros([5]);
        given["head.weight"] = Tensor.Zeros([1]);
        given.Remove("1.weight");
        float[] bias = module.StateDict()["1.bias"].ToArray();

        StateMatch match = module.LoadMatching(given);

        Assert.Equal(["1.weight"], match.Missing);
        Assert.Equal(["head.weight"], match.Unexpected);
        Assert.Equal(
            "1.bias [5] [4]",
            string.Join(";", match.Mismatched.Select(m => $"{m.Path} {m.Given} {m.Wanted}"))
        );
        Assert.Equal(module.StateDict().Count - 2, match.Loaded.Count);
        Assert.False(match.IsComplete);
        Assert.Equal(given["0.weight"].ToArray(), module.StateDict()["0.weight"].ToArray());
        Assert.Equal(bias, module.StateDict()["1.bias"].ToArray());
        Assert.Equal(
            "'1.weight' is missing; 'head.weight' is not in the network; '1.bias' has shape [5], the network wants [4]",
            match.ToString()
        );
        Assert.True(module.LoadMatching(module.StateDict()).IsComplete);
    }

    private static Sequential Net(ulong seed)
    {
        Sequential net = new(new Conv2d(3, 4, 3), new BatchNorm2d(4), new ReLU());
        net.Initialize(seed);
        return net;
    }
}
