using Fovea.Graphs;
using Fovea.Models;
using Fovea.Testing;

namespace Fovea.Interop.Tests;

/// <summary>Damaged files at the readers' door: read or refused by the one exception, and no memory for what is not there.
/// <c>dotnet run -c Release --project bench/Fovea.Mutants -- 100000</c> tries more.</summary>
public sealed class MutantTests : IDisposable
{
    private const int Count = 300;
    private const long MemoryBase = 64L << 20; // and four times the file

    private static readonly string Golden = Path.Combine(TestData.Root, "tests", "golden");

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-mutants-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("checkpoints/views_zip.pth")]
    [InlineData("checkpoints/views_stream.pth")]
    [InlineData("checkpoints/inside.pth")]
    [InlineData("checkpoints/tar.pth")]
    public void Read_MutantsOfCheckpoints_AreReadOrRefused(string name) =>
        Try(File.ReadAllBytes(Path.Combine(Golden, name)), bytes => PyTorchCheckpoint.Read(bytes, "mutant"));

    [Theory]
    [InlineData("arrays/order_F_2x3x4.npy")]
    [InlineData("arrays/stored.npz")]
    [InlineData("arrays/deflated.npz")]
    public void Read_MutantsOfArrays_AreReadOrRefused(string name) =>
        Try(File.ReadAllBytes(Path.Combine(Golden, name)), bytes => NumpyArrays.Read(bytes, "mutant"));

    [Fact]
    public void Read_MutantsOfSafetensors_AreReadOrRefused() =>
        Try(
            SafetensorsBytes.Sample(),
            bytes =>
            {
                using MemoryStream stream = new(bytes);
                Safetensors.Read(stream, "mutant");
            }
        );

    [Fact]
    public void Read_MutantsOfOnnx_AreReadOrRefused()
    {
        string path = Path.Combine(_folder, "net.onnx");
        Module net = ModelRegistry.Create("small_cnn(width=0.125)", [1, 8, 8], 4).Initialize(1);
        OnnxExport.Save(Graph.Trace(net.Eval(), [1, 8, 8]), path, new OnnxExportOptions());
        Try(File.ReadAllBytes(path), bytes => OnnxNetwork.Read(bytes));
    }

    private static void Try(byte[] whole, Action<byte[]> read)
    {
        read(whole);
        int refused = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] mutant = Mutation.Of(whole, new Rng(7).Split((ulong)i));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(mutant);
            }
            catch (ModelFormatException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message), $"mutant {i}");
                refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"mutant {i}: {e}");
            }

            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                taken <= MemoryBase + (4 * mutant.Length),
                $"mutant {i} of {mutant.Length} bytes: {taken} bytes"
            );
        }

        Assert.InRange(refused, Count / 10, Count - 1); // some are hit where it does not matter
    }
}
