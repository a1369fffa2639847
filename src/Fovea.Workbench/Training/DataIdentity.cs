using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What makes a data set the one a run was trained on.</summary>
/// <param name="Name">The problem's name.</param>
/// <param name="Train">Number of training items.</param>
/// <param name="Test">Number of test items.</param>
/// <param name="ItemShape">Sizes of an item.</param>
/// <param name="Classes">Class names.</param>
/// <param name="Fingerprint">Hash of all training labels and of up to 64 evenly spaced training items.</param>
public sealed record DataIdentity(
    string Name,
    int Train,
    int Test,
    IReadOnlyList<int> ItemShape,
    IReadOnlyList<string> Classes,
    string Fingerprint
)
{
    private const int Sampled = 64;

    /// <summary>The identity of an opened data set.</summary>
    /// <param name="data">The data set.</param>
    public static DataIdentity Of(DataSource data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new DataIdentity(
            data.Name,
            data.Train.Count,
            data.Test.Count,
            [.. data.Train.ItemShape],
            [.. data.Train.Classes],
            Hash(data.Train)
        );
    }

    /// <summary>What differs, one line each.</summary>
    internal IReadOnlyList<string> Differences(DataIdentity other)
    {
        List<string> lines = [];
        Compare("data", Name, other.Name);
        Compare("training items", Text(Train), Text(other.Train));
        Compare("test items", Text(Test), Text(other.Test));
        Compare("item shape", $"[{string.Join(", ", ItemShape)}]", $"[{string.Join(", ", other.ItemShape)}]");
        Compare("classes", string.Join(", ", Classes), string.Join(", ", other.Classes));
        if (lines.Count == 0)
        {
            Compare("data content", Fingerprint, other.Fingerprint);
        }

        return lines;

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

        void Compare(string what, string run, string now)
        {
            if (!string.Equals(run, now, StringComparison.Ordinal))
            {
                lines.Add($"{what}: the run has {run}, now {now}");
            }
        }
    }

    private static string Hash(IDataset data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> label = stackalloc byte[4];
        for (int i = 0; i < data.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(label, data.Label(i));
            hash.AppendData(label);
        }

        float[] item = new float[data.ItemShape.Count];
        int sampled = Math.Min(Sampled, data.Count);
        for (int i = 0; i < sampled; i++)
        {
            data.Read((int)((long)i * data.Count / sampled), item);
            hash.AppendData(MemoryMarshal.AsBytes(item.AsSpan()));
        }

        return System.Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
