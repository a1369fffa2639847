using Fovea.Testing;
using static Fovea.Interop.Tests.PyTorch.GoldenCheckpoints;

namespace Fovea.Interop.Tests.PyTorch;

public sealed class PyTorchCheckpointTests
{
    private static WeightsFile Read(string name, string? state = null) => PyTorchCheckpoint.Read(PathOf(name), state);

    [Theory]
    [InlineData("views_zip.pth", "zip archive")]
    [InlineData("views_stream.pth", "stream")]
    [InlineData("types_zip.pth", "zip archive")]
    [InlineData("types_stream.pth", "stream")]
    [InlineData("module_zip.pth", "zip archive")]
    [InlineData("module_stream.pth", "stream")]
    [InlineData("script_data.pt", "zip archive")]
    [InlineData("wrapped.pth", "zip archive")]
    [InlineData("averaged.pth", "zip archive")]
    [InlineData("inside.pth", "zip archive")]
    [InlineData("small.pth", "zip archive")]
    [InlineData("other_root.pth", "zip archive")]
    [InlineData("zip64.pth", "zip archive")]
    [InlineData("descriptors.pth", "zip archive")]
    [InlineData("big_endian.pth", "zip archive")]
    [InlineData("tar.pth", "tar archive")]
    public void Read_WhatPyTorchWrote_GivesItsValues(string name, string form)
    {
        WeightsFile read = Read(name);
        Same(name, read.Tensors);
        Assert.Equal($"PyTorch checkpoint ({form})", read.Format);
    }

    [Theory]
    [InlineData("views_zip.pth")]
    [InlineData("views_stream.pth")]
    public void Read_OneTensorOfTwoNames_IsReadOnceAndSaid(string name)
    {
        WeightsFile read = Read(name);
        Assert.Same(read.Tensors["tied_a"], read.Tensors["tied_b"]);
        Assert.Contains(
            read.Notes,
            n => n.StartsWith("one tensor under several names: tied_b = tied_a", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Read_ScalarAndEmpty_KeepTheirShapes()
    {
        IReadOnlyDictionary<string, Tensor> tensors = Read("views_zip.pth").Tensors;
        Assert.Equal(([], 1L), (tensors["num_batches_tracked"].Shape, tensors["num_batches_tracked"].Count));
        Assert.Equal(([0], 0L), (tensors["empty"].Shape, tensors["empty"].Count));
        Assert.Equal([3, 0, 2], tensors["empty_rows"].Shape);
    }

    [Fact]
    public void Read_OtherTypes_AreConvertedAndSaid()
    {
        WeightsFile read = Read("types_zip.pth");
        Assert.Equal(DType.Float32, read.Tensors["bfloat16"].DType);
        Assert.Equal(DType.Float64, read.Tensors["float64"].DType);
        Assert.Equal(DType.Int64, read.Tensors["bool"].DType);
        Assert.Equal(
            [
                "1 of bfloat16 was converted to Float32",
                "1 of bool was converted to Int64",
                "1 of float16 was converted to Float32",
                "1 of int16 was converted to Int64",
                "1 of int32 was converted to Int64",
                "1 of int8 was converted to Int64",
                "1 of uint8 was converted to Int64",
            ],
            read.Notes
        );
    }

    [Theory]
    [InlineData("complex.pth", "'odd.one' is of type complex64")]
    [InlineData("quantized.pth", "'q.weight' is quantized")]
    [InlineData("sparse.pth", "'s' is sparse")]
    public void Read_TypesThatAreNotRead_AreNamedWithTheTensor(string name, string expected) =>
        Assert.Contains(expected, Refusal(name), StringComparison.Ordinal);

    [Fact]
    public void Read_Wrappers_AreTakenOffAgainAndAgain() =>
        Assert.Contains("'module._orig_mod.module.' was taken off all names", Read("wrapped.pth").Notes);

    [Fact]
    public void Read_PrefixThatOneNameLacks_StaysAndTheNameIsListed() =>
        Assert.Contains("'module.' stays before 7 names, as these have it not: n_averaged", Read("averaged.pth").Notes);

    [Fact]
    public void Read_StateInsideADictionary_IsTakenAndTheRestNamed()
    {
        IReadOnlyList<string> notes = Read("inside.pth").Notes;
        Assert.Contains("the tensors are those of 'state_dict'", notes);
        Assert.Contains("left out, as the state of an optimizer: 'optimizer'", notes);
        Assert.Contains("read as data only, nothing of it was run: argparse.Namespace", notes);
    }

    [Fact]
    public void Read_SeveralStates_OneMustBeNamed()
    {
        string message = Refusal("two.pth");
        Assert.Contains(
            "has 2 states: 'model' (7 tensors), 'model_ema' (7 tensors)",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("--state", message, StringComparison.Ordinal);
        Same("two.pth", Read("two.pth", "model_ema").Tensors);
        Assert.Contains("no state 'ema'; there are: 'model'", Refusal("two.pth", "ema"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module_zip.pth", "torch.nn.modules.container.Sequential")]
    [InlineData("module_stream.pth", "torch.nn.modules.container.Sequential")]
    [InlineData("script_data.pt", "__torch__")]
    public void Read_WholeModule_IsReadAsDataAndItsClassNamed(string name, string type) =>
        Assert.Contains(
            Read(name).Notes,
            n => n.StartsWith($"they were taken out of a saved module of class {type}", StringComparison.Ordinal)
        );

    [Fact]
    public void Read_PickleThatRunsAProgram_IsRefusedByName()
    {
        string message = Refusal("runs.pth");
        Assert.Contains("asks for posix.system, which can run programs", message, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/fovea-was-run"));
    }

    [Fact]
    public void Read_StorageThatIsNotInTheArchive_IsNamed() =>
        Assert.Contains(
            "the memory of tensor 'b', storage 1, is not in the file",
            Refusal("no_data.pth"),
            StringComparison.Ordinal
        );

    [DataFact("models/burn-pt-reader")]
    public void Read_ForeignFiles_AreReadOrRefusedWithAReason()
    {
        string folder = TestData.Find("models/burn-pt-reader")!;
        Dictionary<string, string> refused = [];
        int read = 0;
        foreach (
            string file in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".pt" or ".tar").Order()
        )
        {
            try
            {
                Assert.NotEmpty(PyTorchCheckpoint.Read(file).Tensors);
                read++;
            }
            catch (ModelFormatException e)
            {
                refused.Add(Path.GetFileName(file).Split("__")[^1], e.Message);
            }
        }

        Assert.Equal(["broken.pt", "complex_structure.pt", "nested_dict.pt"], refused.Keys);
        Assert.Contains(
            "must begin as a zip archive, a pickle or a tar archive",
            refused["broken.pt"],
            StringComparison.Ordinal
        );
        Assert.Contains("3 states: 'state/encoder/layer_0'", refused["complex_structure.pt"], StringComparison.Ordinal);
        Assert.Contains(
            "2 states: 'layer1' (2 tensors), 'layer2'",
            refused["nested_dict.pt"],
            StringComparison.Ordinal
        );
        Assert.True(read >= 56, $"only {read} were read");
    }

    [Fact]
    public void Read_NamedStateOfAFileWithoutNames_SaysThatThereIsOne() =>
        Assert.EndsWith(
            "there is no state 'model', only the file's own; name none.",
            Assert
                .Throws<ModelFormatException>(() =>
                    PyTorchCheckpoint.Read(
                        Path.Combine(TestData.Root, "tests", "golden", "checkpoints", "small.pth"),
                        "model"
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    [DataFact("models/burn-pt-reader")]
    public void Read_NestedStatesAsOne_HaveKeysInTheirNames()
    {
        string file = TestData.Find("models/burn-pt-reader/src__pytorch__tests__reader__test_data__nested_dict.pt")!;
        string question = Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(file)).Message;
        Assert.EndsWith(
            "Name one of them, or * for all as one (--state on the command line).",
            question,
            StringComparison.Ordinal
        );

        WeightsFile read = PyTorchCheckpoint.Read(file, "*");

        Assert.Equal(
            ["layer1.bias", "layer1.weight", "layer2.bias", "layer2.weight"],
            read.Tensors.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Contains("2 states were joined, names with their keys before them", read.Notes);
    }

    // Values: create_tar_format.py beside these files in burn's repository, which does not write a list of tensors.
    [DataFact("models/burn-pt-reader")]
    public void Read_TarWithoutAListOfTensors_TakesStoragesFromThePickle()
    {
        Dictionary<string, string> found = [];
        foreach (string kind in (string[])["float32", "float64", "int64", "weight_bias", "multi_dtype", "2d_tensor"])
        {
            WeightsFile file = PyTorchCheckpoint.Read(
                TestData.Find($"models/burn-pt-reader/src__pytorch__tests__reader__test_data__tar_{kind}.tar")!
            );
            Assert.Equal("PyTorch checkpoint (tar archive)", file.Format);
            foreach ((string name, Tensor tensor) in file.Tensors)
            {
                string values =
                    tensor.DType == DType.Float32 ? string.Join(' ', tensor.ToArray())
                    : tensor.DType == DType.Float64 ? string.Join(' ', tensor.ToArray<double>())
                    : string.Join(' ', tensor.ToArray<long>());
                found.Add($"{kind}/{name}", $"{tensor.DType} {tensor.Shape}: {values}");
            }
        }

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["float32/tensor"] = "Float32 [4]: 1 2.5 -3.7 0",
                ["float64/tensor"] = "Float64 [3]: 1.1 2.2 3.3",
                ["int64/tensor"] = "Int64 [4]: 100 -200 300 0",
                ["weight_bias/weight"] = "Float32 [2, 3]: 0.1 0.2 0.3 0.4 0.5 0.6",
                ["weight_bias/bias"] = "Float32 [2]: 0.01 0.02",
                ["multi_dtype/float_tensor"] = "Float32 [3]: 1.5 2.5 3.5",
                ["multi_dtype/double_tensor"] = "Float64 [2]: 1.111 2.222",
                ["multi_dtype/int_tensor"] = "Int64 [4]: 10 20 30 40",
                ["2d_tensor/matrix"] = "Float32 [3, 4]: 1 2 3 4 5 6 7 8 9 10 11 12",
            },
            found
        );
    }

    [DataFact("models/burn-pt-reader")]
    public void Read_TarWhosePickleNamesTooLargeAStorage_IsRefused()
    {
        byte[] file = File.ReadAllBytes(
            TestData.Find("models/burn-pt-reader/src__pytorch__tests__reader__test_data__tar_float32.tar")!
        );
        int storage = file.AsSpan().IndexOf("U\u0003cpuK\u0004t"u8) + 6, // elements of the storage: 4
            shape = file.AsSpan().IndexOf("(K\u0004t(K\u0001t"u8) + 2;
        file[shape] = 200;
        Assert.Contains(
            "needs 800 bytes, storage 0 has 16. The file is damaged.",
            Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(file, "t.tar")).Message,
            StringComparison.Ordinal
        );
        file[storage] = 200;
        Assert.Contains(
            "needs 800 bytes of storage 0, the file has 16.",
            Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(file, "t.tar")).Message,
            StringComparison.Ordinal
        );
    }

    [DataFact("models/resnet-cifar10")]
    public void Load_OldStreamWithWrapper_FillsTheZooNetwork()
    {
        Module net = Models.ModelRegistry.Create("resnet20", [3, 32, 32], 10);
        WeightsFile file = Weights.Read(Path.Combine(TestData.Find("models/resnet-cifar10")!, "resnet20-12fca82f.th"));
        Assert.Equal("PyTorch checkpoint (stream)", file.Format);
        Assert.Contains("'module.' was taken off all names", file.Notes);
        StateMatch match = net.LoadMatching(file.For(net).Tensors);
        Assert.True(match.Loaded.Count > 90, match.ToString());
    }
}
