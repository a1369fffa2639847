using System.Text;
using Fovea.Models;

namespace Fovea.Interop.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-interop-").FullName;

    private string At(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        float[] odd = [float.NaN, float.PositiveInfinity, -0f, float.Epsilon, 1f / 3, -2e30f];
        Dictionary<string, Tensor> tensors = new()
        {
            ["layer.weight"] = Tensor.From(odd, [2, 1, 3]),
            ["doubles"] = Tensor.From([1.0 / 3, double.MinValue], [2]),
            ["counter"] = Tensor.From([long.MinValue + 1], []),
            ["empty"] = Tensor.Zeros([0, 5]),
            ["naïve \"quoted\" \\ \u4e2d"] = Tensor.From([1f], [1, 1]),
            ["large"] = Tensor.Normal([3, 100_001], rng: new Rng(1)), // more than one chunk
        };

        Safetensors.Write(At("t.safetensors"), tensors);
        IReadOnlyDictionary<string, Tensor> read = Safetensors.Read(At("t.safetensors"));

        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.True(
                tensor.Shape == read[name].Shape && tensor.DType == read[name].DType,
                $"{name}: {tensor} became {read[name]}"
            );
        }

        Assert.Equal(
            odd.Select(BitConverter.SingleToUInt32Bits),
            read["layer.weight"].ToArray().Select(BitConverter.SingleToUInt32Bits)
        );
        Assert.Equal(tensors["doubles"].ToArray<double>(), read["doubles"].ToArray<double>());
        Assert.Equal(long.MinValue + 1, read["counter"].ToArray<long>()[0]);
        Assert.Equal(tensors["large"].ToArray(), read["large"].ToArray());
        Assert.Equal([At("t.safetensors")], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_SameTensorsInAnotherOrder_GivesTheSameAlignedBytes()
    {
        Tensor a = Tensor.From([1f, 2f, 3f], [3]),
            b = Tensor.From([4L], [1]);

        Safetensors.Write(At("1"), new Dictionary<string, Tensor> { ["a"] = a, ["b"] = b });
        Safetensors.Write(At("2"), new Dictionary<string, Tensor> { ["b"] = b, ["a"] = a });
        byte[] bytes = File.ReadAllBytes(At("1"));

        Assert.Equal(bytes, File.ReadAllBytes(At("2")));
        Assert.Equal(0, (bytes.Length - 8 - 12) % 8); // where the data begins
        string header = Encoding.UTF8.GetString(bytes, 8, bytes.Length - 8 - 20).TrimEnd();
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[3],"data_offsets":[8,20]}}""",
            header
        );
        Assert.Equal([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F], bytes[^20..^8]);
    }

    [Theory]
    [InlineData("F16", 0x3C00, 1f)]
    [InlineData("F16", 0xC500, -5f)]
    [InlineData("F16", 0x0001, 5.9604645e-8f)]
    [InlineData("F16", 0x7C00, float.PositiveInfinity)]
    [InlineData("BF16", 0x3F80, 1f)]
    [InlineData("BF16", 0xC0A0, -5f)]
    [InlineData("BF16", 0x7F80, float.PositiveInfinity)]
    public void Read_HalfPrecision_BecomesFloat32(string dtype, int bits, float value)
    {
        Tensor tensor = SafetensorsBytes.Read(SafetensorsBytes.One(dtype, "[2]", (byte)bits, (byte)(bits >> 8), 0, 0))[
            "a"
        ];

        Assert.Equal(DType.Float32, tensor.DType);
        Assert.Equal([value, 0f], tensor.ToArray());
    }

    [Fact]
    public void Load_WhatSaveSaved_GivesTheSameNetwork()
    {
        Module first = ModelRegistry.Create("resnet20", [3, 8, 8], 10).Initialize(1),
            second = ModelRegistry.Create("resnet20", [3, 8, 8], 10).Initialize(2);
        Tensor x = Tensor.Normal([2, 3, 8, 8], rng: new Rng(3));
        first.Forward(x); // moves the running statistics

        Weights.Save(first, At("m.safetensors"));
        Weights.Load(second, At("m.safetensors"));

        Assert.Equal(first.Eval().Forward(x).ToArray(), second.Eval().Forward(x).ToArray());
        IReadOnlyDictionary<string, Tensor> read = Safetensors.Read(At("m.safetensors"));
        Tensor counter = read.First(t => t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Value;
        Assert.Equal((DType.Int64, 0, 1L), (counter.DType, counter.Rank, counter.ToArray<long>()[0]));
        Assert.All(second.StateDict(), t => Assert.Equal(DType.Float32, t.Value.DType));
    }

    [Fact]
    public void Load_WithoutBatchCounters_KeepsTheNetworksOwn()
    {
        BatchNorm2d layer = new(2);
        layer.Forward(Tensor.Normal([2, 2, 3, 3]));
        Safetensors.Write(
            At("old"),
            layer.StateDict().Where(t => t.Key != "num_batches_tracked").ToDictionary(t => t.Key, t => t.Value)
        );
        layer.Weight!.AsSpan<float>().Clear();

        Weights.Load(layer, At("old"));

        Assert.Equal([1f, 1f], layer.Weight.ToArray());
        Assert.Equal(1.0, layer.NumBatchesTracked!.Item());
    }

    [Fact]
    public void LoadMatching_NetworkWithAnotherHead_TakesTheRest()
    {
        Sequential first = new(new Conv2d(1, 2, 3), new Flatten(), new Linear(8, 3)),
            second = new(new Conv2d(1, 2, 3), new Flatten(), new Linear(8, 5));
        first.Initialize(1).Save(At("m.safetensors"));

        StateMatch match = second.LoadMatching(At("m.safetensors"));

        Assert.Equal(["0.weight", "0.bias"], match.Loaded);
        Assert.Equal(["2.weight", "2.bias"], match.Mismatched.Select(m => m.Path));
        Assert.Equal(first.StateDict()["0.weight"].ToArray(), second.StateDict()["0.weight"].ToArray());
    }

    [Fact]
    public void Load_OtherNetwork_ListsAllAndChangesNothing()
    {
        Weights.Save(new Linear(3, 2), At("m.safetensors"));
        Linear layer = new(4, 2, bias: false);
        float[] before = layer.Weight.ToArray();

        ShapeException e = Assert.Throws<ShapeException>(() => Weights.Load(layer, At("m.safetensors")));

        Assert.StartsWith(At("m.safetensors") + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains("'bias' is not in the network", e.Message, StringComparison.Ordinal);
        Assert.Contains("'weight' has shape [2, 3], the network wants [2, 4]", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, layer.Weight.ToArray());
    }

    [Theory]
    [InlineData("__metadata__", "reserved")]
    [InlineData("a\ud800", "half of a surrogate pair")]
    [InlineData(null, "too long")]
    public void Write_NameTheFormatCannotHold_IsRefused(string? name, string expected)
    {
        Dictionary<string, Tensor> tensors = new() { [name ?? new string('\u0001', 11_000)] = Tensor.Zeros([1]) };
        Assert.Contains(
            expected,
            Assert.Throws<ArgumentException>(() => Safetensors.Write(At("m.safetensors"), tensors)).Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void ReadAndWrite_WhereNoFileCanBe_AreRefused()
    {
        Dictionary<string, Tensor> one = new() { ["a"] = Tensor.Zeros([1]) };
        foreach (
            Action action in new Action[]
            {
                () => Safetensors.Read(At("missing")),
                () => Safetensors.Read(_folder),
                () => Safetensors.Read(""),
                () => Safetensors.Read("a\0b"),
                () => Safetensors.Write(At("missing/m"), one),
                () => Safetensors.Write(_folder, one),
            }
        )
        {
            Assert.Throws<ModelFormatException>(action);
        }

        Assert.Empty(Directory.GetFiles(_folder));
    }
}
