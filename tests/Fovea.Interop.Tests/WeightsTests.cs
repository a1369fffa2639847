using System.Text;
using Fovea.Models;
using Xunit;

namespace Fovea.Interop.Tests;

/// <summary>Weights in files of any kind.</summary>
public sealed class WeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("w.safetensors")]
    [InlineData("w.pth")]
    [InlineData("w.pt")]
    [InlineData("w.npz")]
    public void Load_WhatSaveWrote_GivesTheBits(string name)
    {
        string path = Path.Combine(_folder, name);
        Module net = Small(1);

        net.Save(path);
        Module again = Small(2);
        again.Load(path);

        Assert.Equal(
            net.StateDict().Select(t => $"{t.Key} {t.Value.Shape} {string.Join(" ", t.Value.ToArray())}"),
            again.StateDict().Select(t => $"{t.Key} {t.Value.Shape} {string.Join(" ", t.Value.ToArray())}")
        );
    }

    [Theory]
    [InlineData("w.safetensors", "safetensors")]
    [InlineData("w.pth", "PyTorch checkpoint (zip archive)")]
    [InlineData("w.npz", "NumPy")]
    public void Read_OtherExtension_IsKnownByItsFirstBytes(string name, string format)
    {
        string path = Path.Combine(_folder, name),
            moved = Path.Combine(_folder, "weights.bin");
        Small(1).Save(path);
        File.Move(path, moved);

        WeightsFile file = Weights.Read(moved);

        Assert.StartsWith(format, file.Format, StringComparison.Ordinal);
        Assert.Equal(Small(1).StateDict().Count, file.Tensors.Count);
    }

    [Fact]
    public void Read_SomethingElse_SaysWhatIsRead()
    {
        string path = Path.Combine(_folder, "notes.pth");
        File.WriteAllText(path, "no weights at all, only words");

        ModelFormatException error = Assert.Throws<ModelFormatException>(() => Weights.Read(path));

        Assert.Contains("safetensors, a checkpoint of PyTorch, NumPy or ONNX", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OtherExtension_IsRefused() =>
        Assert.Contains(
            "weights are written as .safetensors, .pth, .pt, .npz",
            Assert.Throws<ArgumentException>(() => Small(1).Save(Path.Combine(_folder, "w.bin"))).Message,
            StringComparison.Ordinal
        );

    /// <summary>The bytes of numpy.save for [[1, 2, 3], [4, 5, 6]], in C order and in Fortran's, in both byte orders.</summary>
    [Theory]
    [InlineData("<f4", false)]
    [InlineData("<f4", true)]
    [InlineData(">f4", false)]
    [InlineData(">f4", true)]
    public void Read_NumpyArray_GivesItsValues(string type, bool fortran)
    {
        float[] values = fortran ? [1, 4, 2, 5, 3, 6] : [1, 2, 3, 4, 5, 6];
        string path = Path.Combine(_folder, "a.npy");
        File.WriteAllBytes(
            path,
            Npy(
                $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': (2, 3), }}",
                values,
                type[0] == '>'
            )
        );

        Tensor read = Assert.Single(NumpyArrays.Read(path)).Value;

        Assert.Equal(Shape.Create([2, 3]), read.Shape);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], read.ToArray());
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (6,), }")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }")]
    [InlineData("__import__('os').system('true')")]
    public void Read_NumpyHeaderThatIsWrong_IsRefused(string header)
    {
        string path = Path.Combine(_folder, "a.npy");
        File.WriteAllBytes(path, Npy(header, [1, 2, 3, 4, 5, 6], swapped: false));

        ModelFormatException error = Assert.Throws<ModelFormatException>(() => NumpyArrays.Read(path));

        Assert.Contains("a.npy", error.Message, StringComparison.Ordinal);
    }

    /// <summary>timm writes MobileNetV2's blocks by their parts, torchvision by their numbers.</summary>
    [Fact]
    public void For_NamesOfTimm_AreThoseOfTheZoo()
    {
        (Module zoo, _) = ModelRegistry.Create("mobilenet_v2");
        Tensor first = Tensor.Normal([32, 3, 3, 3], rng: new Rng(1));
        WeightsFile file = new(
            "timm.pth",
            "",
            new Dictionary<string, Tensor>
            {
                ["conv_stem.weight"] = first,
                ["bn1.weight"] = Tensor.Ones([32]),
                ["blocks.0.0.conv_dw.weight"] = Tensor.Ones([32, 1, 3, 3]),
                ["blocks.0.0.bn1.weight"] = Tensor.Ones([32]),
                ["blocks.0.0.conv_pw.weight"] = Tensor.Ones([16, 32, 1, 1]),
                ["blocks.0.0.bn2.weight"] = Tensor.Ones([16]),
                ["classifier.weight"] = Tensor.Ones([1000, 1280]),
                ["classifier.bias"] = Tensor.Ones([1000]),
            },
            []
        );

        IReadOnlyDictionary<string, Tensor> own = file.For(zoo).Tensors;

        Assert.Same(first, own["features.0.0.weight"]);
        Assert.Contains("features.1.conv.0.0.weight", own.Keys);
        Assert.Contains("classifier.1.bias", own.Keys);
    }

    private static Sequential Small(ulong seed)
    {
        Sequential net = new(new Conv2d(2, 3, 3), new BatchNorm2d(3), new Linear(3, 2));
        net.Initialize(seed);
        return net;
    }

    private static byte[] Npy(string header, float[] values, bool swapped)
    {
        byte[] text = Encoding.ASCII.GetBytes(header.PadRight(117) + "\n"),
            data =
            [.. values.SelectMany(v => swapped ? [.. BitConverter.GetBytes(v).Reverse()] : BitConverter.GetBytes(v))];
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. data];
    }
}
