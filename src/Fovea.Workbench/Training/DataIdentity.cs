using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What makes a data set the one a run was trained on.</summary>
/// <param name="Name">The problem's name.</param>
/// <param name="Train">Number of training items.</param>
/// <param name="Test">Number of test items.</param>
/// <param name="ItemShape">Sizes of an item; of samples those of their first input.</param>
/// <param name="Classes">Class names; none of samples.</param>
/// <param name="Fingerprint">Hash of all training labels and of up to 64 evenly spaced training items; of samples, of all
/// tensors of such.</param>
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

    /// <summary>The identity of samples.</summary>
    /// <param name="data">The samples.</param>
    public static DataIdentity Of(SampleSource data)
    {
        ArgumentNullException.ThrowIfNull(data);
        IReadOnlyList<Tensor> inputs = data.Train.Count > 0 ? data.Train.Read(0).Inputs : [];
        return new DataIdentity(
            data.Name,
            data.Train.Count,
            data.Test.Count,
            inputs.Count > 0 ? [.. inputs[0].Shape] : [],
            [],
            Hash(data.Train)
        );
    }

    /// <summary>What differs, one line each.</summary>
    internal IReadOnlyList<string> Differences(DataIdentity other)
    {
        List<string> lines = [];
        Compare("data", Name, other.Name);
        Compare("training items", Number(Train), Number(other.Train));
        Compare("test items", Number(Test), Number(other.Test));
        Compare("item shape", $"[{string.Join(", ", ItemShape)}]", $"[{string.Join(", ", other.ItemShape)}]");
        Compare("classes", string.Join(", ", Classes), string.Join(", ", other.Classes));
        if (lines.Count == 0)
        {
            Compare("data content", Fingerprint, other.Fingerprint);
        }

        return lines;

        static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

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

    private static string Hash(ISampleSet data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int sampled = Math.Min(Sampled, data.Count);
        for (int i = 0; i < sampled; i++)
        {
            Sample sample = data.Read((int)((long)i * data.Count / sampled));
            foreach (Tensor tensor in sample.Inputs.Concat(sample.Targets))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.DType} {tensor.Shape} "));
                hash.AppendData(
                    tensor.DType == DType.Int64
                        ? MemoryMarshal.AsBytes(tensor.ToArray<long>().AsSpan())
                        : MemoryMarshal.AsBytes(tensor.ToArray<double>().AsSpan())
                );
            }
        }

        return System.Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
