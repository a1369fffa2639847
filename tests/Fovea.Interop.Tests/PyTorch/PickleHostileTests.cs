using System.IO.Compression;
using System.Text;
using static Fovea.Interop.Tests.PyTorch.GoldenCheckpoints;

namespace Fovea.Interop.Tests.PyTorch;

/// <summary>Pickles and archives made by hand: one exception, in time, and no memory for what is not there.</summary>
public sealed class PickleHostileTests
{
    private const string Storage =
        "((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ\u0004\0\0\0tQ";

    /// <summary>A checkpoint whose pickle is given, and one storage of 16 bytes.</summary>
    private static byte[] Zip(byte[] pickle, params (string Name, byte[] Bytes)[] more)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            (string, byte[])[] entries = [("a/data.pkl", pickle), ("a/data/0", new byte[16]), .. more];
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    private static byte[] Zip(string pickle) => Zip(Encoding.Latin1.GetBytes(pickle));

    /// <summary>A dictionary with one tensor, made with the given arguments behind the storage.</summary>
    private static string Tensor(string arguments, string function = "_rebuild_tensor_v2") =>
        $"\u0080\u0002}}X\u0001\0\0\0wctorch._utils\n{function}\n{Storage}{arguments}tRs.";

    private static string Refusal(byte[] file, string? state = null) =>
        Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(file, "f.pth", state)).Message;

    [Fact]
    public void Read_PickleMadeByHand_IsRead() =>
        Assert.Equal(
            [2, 2],
            PyTorchCheckpoint
                .Read(Zip(Tensor("K\0K\u0002K\u0002\u0086K\u0002K\u0001\u0086\u0089}")), "f")
                .Tensors["w"]
                .Shape
        );

    [Theory]
    [InlineData("K\0K\u0002K\u0003\u0086K\u0003K\u0001\u0086\u0089}", "needs 24 bytes, storage 0 has 16")]
    [InlineData("K\u0001K\u0002K\u0002\u0086K\u0002K\u0001\u0086\u0089}", "needs 20 bytes, storage 0 has 16")]
    [InlineData(
        "K\0K\u0002K\u0002\u0086J\u00FF\u00FF\u00FF\u00FFK\u0001\u0086\u0089}",
        "strides that are not 0 or more"
    )]
    [InlineData("K\0K\u0002K\u0002\u0086K\u0001\u0085\u0089}", "is given what it does not take")]
    [InlineData("K\0K\u0002\u0085K\u0001\u0085", "is given what it does not take")]
    [InlineData("N", "is given what it does not take")]
    [InlineData("K\0J\u0000\u0000\u0000\u0040\u0085K\0\u0085\u0089}", "would take more than 64 MiB")]
    [InlineData("K\0J\u0000\u0000\u0000\u0040K\u0004\u0086K\0K\u0001\u0086\u0089}", "up to 1,073,741,824 elements")]
    [InlineData(
        "K\0\u008A\u0008\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0040K\0\u0086K\0K\u0001\u0086\u0089}",
        "up to 1,073,741,824 elements"
    )]
    public void Read_TensorThatReachesOut_IsRefused(string arguments, string expected) =>
        Assert.Contains(expected, Refusal(Zip(Tensor(arguments))), StringComparison.Ordinal);

    [Fact]
    public void Read_StorageThatClaimsMoreThanItsRecord_IsRefusedBeforeMemoryIsTaken()
    {
        string pickle = Tensor("K\0J\u0000\u0000\u0000\u0010\u0085K\u0001\u0085\u0089}")
            .Replace("J\u0004\0\0\0tQ", "\u008A\u0006\0\0\0\0\0\u0001tQ", StringComparison.Ordinal);
        Assert.Contains("bytes of storage 0, the file has 16", Refusal(Zip(pickle)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R.", "empty stack")]
    [InlineData("t.", "a mark that was not set")]
    [InlineData("h\u0005.", "value 5, which it has not kept")]
    [InlineData("]", "wants more bytes here, and 0 are left")]
    [InlineData("NN.", "ends with 1 values left over")]
    [InlineData("NK\u0001K\u0002s.", "set in what is no dictionary")]
    [InlineData("}K\u0001a.", "appended to what is no list")]
    [InlineData("K\u0001}b.", "attributes are set on what has none")]
    [InlineData("}(K\u0001u.", "a key of a dictionary has no value")]
    [InlineData("\u0080\u0006N.", "pickle protocols 0 to 5 are read, not 6")]
    [InlineData("\u0095\0\0\0\0\0\0\0\u0001N.", "a frame of 72057594037927936 bytes")]
    [InlineData("\u008D\0\0\0\0\0\0\0\u0040N.", "wants 4611686018427387904 bytes here")]
    [InlineData("X\u00FF\u00FF\u00FF\u007F.", "wants 2147483647 bytes here")]
    [InlineData("\u008B\0\0\0\u0080.", "a number of -2147483648 bytes")]
    [InlineData("\u0082\u0001.", "opcode 0x82 (EXT1) is not read")]
    [InlineData("\u0097.", "opcode 0x97 (NEXT_BUFFER)")]
    [InlineData("\u0000.", "opcode 0x00 is not read")]
    [InlineData("I12x\n.", "a whole number of 64 bits")]
    [InlineData("S'a\n.", "a text in quotes")]
    [InlineData("K\u0007Q.", "a storage must be named here")]
    [InlineData("N.", "there are no tensors in it")]
    [InlineData("ccollections\nOrderedDict\nK\u0001\u0085R.", "collections.OrderedDict is given what it does not take")]
    [InlineData("cbuiltins\neval\nX\u0001\0\0\01\u0085R.", "asks for builtins.eval, which can run programs")]
    [InlineData("cos\nsystem\n.", "asks for os.system")]
    [InlineData("X\u0005\0\0\0posixX\u0006\0\0\0system\u0093.", "asks for posix.system")]
    [InlineData("(X\u0002\0\0\0lsiposix\nsystem\n.", "asks for posix.system")]
    [InlineData("cmymodel\nNet\n)R.", "It has objects of mymodel.Net.")]
    public void Read_PickleThatBreaksARule_IsRefused(string pickle, string expected)
    {
        string message = Refusal(Zip(pickle));
        Assert.StartsWith("f.pth", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("]")]
    [InlineData("(")]
    [InlineData("N\u0085")]
    public void Read_AMillionInOneAnother_NoStackOverflow(string opcodes)
    {
        string nested =
            opcodes == "]"
                ? string.Concat(Enumerable.Repeat("]", 1_000_000))
                    + string.Concat(Enumerable.Repeat("a", 999_999))
                    + "."
            : opcodes == "(" ? new string('(', 1_000_000) + "."
            : "N" + string.Concat(Enumerable.Repeat("\u0085", 1_000_000)) + ".";
        Assert.StartsWith("f.pth", Refusal(Zip(nested)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ValuesThatDouble_AreRefusedBeforeMemoryIsGone()
    {
        // Each list holds the one before twice: 2^60 values when written out, 60 when shared.
        StringBuilder shared = new("]q\0");
        for (int i = 0; i < 60; i++)
        {
            shared.Append("](h").Append((char)i).Append('h').Append((char)i).Append("eq").Append((char)(i + 1));
        }

        Assert.StartsWith("f.pth", Refusal(Zip(shared.Append('.').ToString())), StringComparison.Ordinal);
        // A list that is appended to itself again and again by a copy: the budget ends it.
        string bytes = "\u0080\u0002(" + string.Concat(Enumerable.Repeat("\u008F", 3_000_000)) + "l.";
        Assert.Contains("would take more than", Refusal(Zip(bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TensorExpandedToManyValues_CountsAgainstTheFile()
    {
        // 64 names of one storage with stride 0, 16 MiB each: ten times what such a file may take.
        StringBuilder pickle = new("\u0080\u0002}");
        for (int i = 0; i < 64; i++)
        {
            pickle
                .Append("X\u0002\0\0\0w")
                .Append((char)('0' + i))
                .Append("ctorch._utils\n_rebuild_tensor_v2\n")
                .Append(Storage)
                .Append("K\0J\0\0\u0040\0J")
                .Append((char)(i + 1))
                .Append("\0\0\0\u0086K\0K\0\u0086\u0089}tRs");
        }

        Assert.Contains(
            "would take more than 64 MiB",
            Refusal(Zip(pickle.Append('.').ToString())),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Read_EveryPrefix_IsRefused()
    {
        foreach (string name in new[] { "small.pth", "views_stream.pth", "tar.pth" })
        {
            byte[] whole = File.ReadAllBytes(PathOf(name));
            int end = Array.FindLastIndex(whole, b => b != 0); // a tar archive ends with zeros that nobody needs
            for (int length = 0; length < end; length += name == "tar.pth" ? 13 : 1)
            {
                byte[] part = whole[..length];
                Exception? e = Record.Exception(() => PyTorchCheckpoint.Read(part, "f.pth"));
                Assert.True(
                    e is ModelFormatException,
                    $"{name}, the first {length} of {end} bytes: {e?.ToString() ?? "read"}"
                );
            }
        }
    }

    [Fact]
    public void Read_ArchivesMadeToHarm_AreRefused()
    {
        byte[] pickle = Encoding.Latin1.GetBytes(Tensor("K\0K\u0004\u0085K\u0001\u0085\u0089}"));
        Assert.Contains("2 files data.pkl", Refusal(Zip(pickle, ("b/data.pkl", pickle))), StringComparison.Ordinal);
        Assert.Contains("leads out of the archive", Refusal(Zip(pickle, ("../../x", []))), StringComparison.Ordinal);
        Assert.Contains("leads out of the archive", Refusal(Zip(pickle, ("/etc/x", []))), StringComparison.Ordinal);
        Assert.Contains("'a/data/0' twice", Refusal(Zip(pickle, ("a/data/0", new byte[16]))), StringComparison.Ordinal);
        Assert.Contains(
            "byteorder must be",
            Refusal(Zip(pickle, ("a/byteorder", "odd"u8.ToArray()))),
            StringComparison.Ordinal
        );

        byte[] encrypted = Zip(pickle);
        encrypted[encrypted.AsSpan().IndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        Assert.Contains("is encrypted", Refusal(encrypted), StringComparison.Ordinal);

        byte[] other = Zip(pickle);
        other[other.AsSpan().IndexOf("a/data/0"u8) + 7] = (byte)'1';
        Assert.Contains("another header than the directory says", Refusal(other), StringComparison.Ordinal);

        byte[] twice = Zip(pickle);
        int directory = twice.AsSpan().IndexOf("PK\u0001\u0002"u8),
            second = directory + 1 + twice.AsSpan(directory + 1).IndexOf("PK\u0001\u0002"u8);
        twice.AsSpan(directory + 42, 4).CopyTo(twice.AsSpan(second + 42));
        Assert.StartsWith("f.pth", Refusal(twice), StringComparison.Ordinal);

        byte[] changed = Zip(pickle);
        changed[changed.AsSpan().IndexOf("FloatStorage"u8)] = (byte)'G';
        Assert.Contains("'a/data.pkl' does not have the checksum", Refusal(changed), StringComparison.Ordinal);

        byte[] cut = Zip(pickle)[..^30];
        Assert.Contains("without the directory at its end", Refusal(cut), StringComparison.Ordinal);

        byte[] comment = [.. Zip(pickle), .. "PK\u0005\u0006"u8, .. new byte[18]];
        comment[^(22 + 2)] = 22; // the first end has the second as its comment
        Assert.Contains("2 ends", Refusal(comment), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0089PNG\r\n\u001A\n", "It looks like a PNG image.")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer")]
    [InlineData("<!DOCTYPE html>", "web page")]
    [InlineData("", "It is empty.")]
    public void Read_FileOfAnotherKind_SaysWhatItIs(string start, string expected) =>
        Assert.Contains(expected, Refusal(Encoding.Latin1.GetBytes(start)), StringComparison.Ordinal);

    [Fact]
    public void Read_ArchiveWithoutAPickle_SaysWhatIsInIt() =>
        Assert.Contains(
            "without data.pkl, so no checkpoint of PyTorch; it has 'a.npy', 'layer1/conv.weight.npy'",
            Refusal(
                File.ReadAllBytes(Path.Combine(Fovea.Testing.TestData.Root, "tests", "golden", "arrays", "stored.npz"))
            ),
            StringComparison.Ordinal
        );
}
