using System.Text;
using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Interop.Tests.Numpy;

/// <summary>Files that NumPy wrote, compared with what NumPy reads from them: tests/golden/arrays.py.</summary>
public sealed class NumpyArraysTests : IDisposable
{
    private static readonly string Golden = Path.Combine(TestData.Root, "tests", "golden", "arrays");

    private static readonly JsonElement Expected = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(Golden, "expected.json")))
        .RootElement;

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-numpy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_EveryArrayThatNumPyWrote_GivesItsShapeAndValues()
    {
        int count = 0;
        foreach (
            JsonProperty file in Expected
                .EnumerateObject()
                .Where(f =>
                    f.Name.EndsWith(".npy", StringComparison.Ordinal)
                    && !f.Name.StartsWith("refused", StringComparison.Ordinal)
                )
        )
        {
            Tensor tensor = Assert.Single(NumpyArrays.Read(Path.Combine(Golden, file.Name))).Value;
            Same(file.Name, file.Value, tensor);
            count++;
        }

        Assert.Equal(16 + 14 + 3, count);
    }

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("deflated.npz")]
    public void Read_Archive_GivesEveryArrayUnderItsFullName(string name)
    {
        IReadOnlyDictionary<string, Tensor> arrays = NumpyArrays.Read(Path.Combine(Golden, name));
        Assert.Equal(["a", "layer1/conv.weight", "../up", "scalar", "empty"], arrays.Keys);
        foreach (JsonProperty one in Expected.GetProperty(name).EnumerateObject())
        {
            Same($"{name}: {one.Name}", one.Value, arrays[one.Name]);
        }
    }

    [Theory]
    [InlineData("refused_object.npy", "are Python objects, a pickle, which is never run")]
    [InlineData("refused_fields.npy", "elements are structured")]
    [InlineData("refused_text.npy", "are texts")]
    [InlineData("refused_bytes.npy", "are texts")]
    [InlineData("refused_complex.npy", "are complex numbers")]
    [InlineData("refused_time.npy", "are times")]
    [InlineData("refused_large.npy", "does not fit Int64")]
    [InlineData("refused.npz", "'bad.npy': elements ('|O') are Python objects")]
    public void Read_OtherElements_AreRefusedByName(string name, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<ModelFormatException>(() => NumpyArrays.Read(Path.Combine(Golden, name))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Write_ThenRead_GivesTheSameTensorsAndBytes()
    {
        Dictionary<string, Tensor> tensors = new()
        {
            ["folder/w"] = Tensor.Normal([2, 3, 4], rng: new Rng(1)),
            ["n"] = Tensor.Scalar(5, DType.Int64),
            ["none"] = Tensor.Zeros([0, 2], DType.Float64),
        };
        NumpyArrays.Write(At("a.npz"), tensors);
        NumpyArrays.Write(At("b.npz"), tensors);
        NumpyArrays.Write(At("w.npy"), tensors["folder/w"]);

        IReadOnlyDictionary<string, Tensor> read = NumpyArrays.Read(At("a.npz"));
        Assert.Equal(tensors.Keys, read.Keys);
        Assert.All(
            tensors,
            t =>
            {
                Assert.Equal((t.Value.Shape, t.Value.DType), (read[t.Key].Shape, read[t.Key].DType));
                Assert.Equal(
                    t.Value.To(DType.Float64).ToArray<double>(),
                    read[t.Key].To(DType.Float64).ToArray<double>()
                );
            }
        );
        Assert.Equal(File.ReadAllBytes(At("a.npz")), File.ReadAllBytes(At("b.npz")));
        Assert.Equal(tensors["folder/w"].ToArray(), NumpyArrays.Read(At("w.npy"))["w"].ToArray());
    }

    [Theory]
    [InlineData(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,), }",
        "takes 4000000 bytes, and 16 follow"
    )]
    [InlineData(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
        "up to 1,073,741,824 elements"
    )]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "whole numbers")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-4,), }", "whole numbers")]
    [InlineData("{'descr': '<f4', 'fortran_order': 1, 'shape': (4,), }", "True or False")]
    [InlineData("{'descr': '<f4', 'shape': (4,), }", "descr, fortran_order and shape must be there")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'x': (1,)}", "'x' is none of descr")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)", "a text must stand here")]
    [InlineData("", "'{' must stand here")]
    [InlineData("__import__('os').system('true')", "'{' must stand here")]
    public void Read_HeaderThatLies_IsRefused(string header, string expected)
    {
        byte[] text = Encoding.ASCII.GetBytes(header);
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. new byte[16]];
        Assert.Contains(
            expected,
            Assert.Throws<ModelFormatException>(() => NumpyArrays.Read(file, "f.npy")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Read_DeflatedArrayThatIsLongerThanItSays_IsRefusedBeforeMemoryIsTaken()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(Golden, "deflated.npz"));
        int at = file.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(file.AsSpan(at + 24), 200_000_000); // the directory's size of the first array
        Assert.Contains(
            "'a.npy' must have 200000000 bytes by the archive's directory, but ends after",
            Assert.Throws<ModelFormatException>(() => NumpyArrays.Read(file, "f.npz")).Message,
            StringComparison.Ordinal
        );
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static void Same(string name, JsonElement expected, Tensor tensor)
    {
        int[] shape = [.. expected.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32())];
        Assert.Equal((name, Shape.Create(shape).ToString()), (name, tensor.Shape.ToString()));
        Assert.Equal(
            expected.GetProperty("values").EnumerateArray().Select(v => v.GetDouble()),
            tensor.To(DType.Float64).ToArray<double>()
        );
    }
}
