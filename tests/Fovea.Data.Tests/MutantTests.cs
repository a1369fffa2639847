using Fovea.Testing;

namespace Fovea.Data.Tests;

/// <summary>Damaged data sets: read or refused by the one exception. <c>bench/Fovea.Mutants</c> tries more.</summary>
public sealed class MutantTests : IDisposable
{
    private const int Count = 300;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("keras.npz")]
    [InlineData("together.npz")]
    public void Open_MutantsOfArrays_AreReadOrRefused(string name)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "golden", "arrays", name));
        Try(whole, mutant => Datasets.Open(_folder.Write("mutant.npz", mutant)));
    }

    [Fact]
    public void Open_MutantsOfCifar_AreReadOrRefused()
    {
        byte[] whole = [.. Enumerable.Range(0, 3).SelectMany(r => (byte[])[(byte)r, .. new byte[3072]])];
        _folder.Write("test_batch.bin", whole);
        Try(
            whole,
            mutant =>
            {
                _folder.Write("data_batch_1.bin", mutant);
                return Datasets.Open(_folder.Folder);
            }
        );
    }

    private static void Try(byte[] whole, Func<byte[], DataSource> open)
    {
        int taken = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] mutant = Mutation.Of(whole, new Rng(7).Split((ulong)i));
            taken += Refused.OrFine(() => ReadAll(open(mutant)), $"mutant {i}") ? 1 : 0;
        }

        Assert.InRange(taken, 1, Count * 9 / 10);
    }

    private static void ReadAll(DataSource source)
    {
        float[] item = new float[source.Train.ItemShape.Count];
        for (int i = 0; i < Math.Min(100, source.Train.Count); i++)
        {
            source.Train.Read(i, item);
        }
    }
}
