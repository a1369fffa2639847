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

    private static Sequential Small(ulong seed)
    {
        Sequential net = new(new Conv2d(2, 3, 3), new BatchNorm2d(3), new Linear(3, 2));
        net.Initialize(seed);
        return net;
    }
}
