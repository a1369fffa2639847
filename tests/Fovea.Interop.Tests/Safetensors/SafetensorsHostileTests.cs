using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Fovea.Testing;

namespace Fovea.Interop.Tests;

public sealed class SafetensorsHostileTests
{
    private static readonly byte[] Data = new byte[16];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Read_NoRoomForALength_SaysHowLongItIs(int bytes) =>
        SafetensorsBytes.Refused(
            new byte[bytes],
            $"f: a safetensors file begins with 8 bytes for the length of its header, this one has {bytes}"
        );

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(100_000_001UL)]
    [InlineData(17UL)]
    public void Read_HeaderLongerThanTheFile_IsRefusedBeforeMemoryIsTaken(ulong length)
    {
        byte[] bytes = new byte[8 + 16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        SafetensorsBytes.Refused(bytes, "byte 0: the header's length may be up to 16 ", $"got {length}");
    }

    [Fact]
    public void Read_HeaderAboveTheLimitInAFileThatHasIt_IsRefused()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("fovea-interop-").FullName, "sparse");
        using (FileStream stream = File.Create(path))
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, 100_000_001);
            stream.Write(length);
            stream.SetLength(200_000_000);
        }

        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Safetensors.Read(path));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Assert.Contains("at most 100000000", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer")]
    [InlineData("<!DOCTYPE html><p>Not found", "web page")]
    [InlineData("PK\u0003\u0004............", "zip archive")]
    public void Read_FileOfAnotherKind_SaysWhatItIs(string text, string expected) =>
        SafetensorsBytes.Refused(Encoding.UTF8.GetBytes(text), expected);

    [Theory]
    [InlineData("", "must begin with '{', got nothing")]
    [InlineData(" {}", "byte 8: the header must begin with '{', got 0x20")]
    [InlineData("[]", "got 0x5b")]
    [InlineData("\ufeff{}", "got 0xef")]
    [InlineData("{", "byte 9: the header is not the JSON")]
    [InlineData("{} x", "not the JSON")]
    [InlineData("{}{}", "not the JSON")]
    [InlineData("{\"a\":1}", "'a' must be an object, got Number")]
    [InlineData("{\"a\":null}", "'a' must be an object, got Null")]
    [InlineData("{\"a\":[]}", "'a' must be an object, got StartArray")]
    [InlineData("{\"a\":{}}", "tensor 'a' must have dtype, shape, and data_offsets")]
    [InlineData("{\"\\ud800\":{}}", "not valid UTF-8")]
    [InlineData("{\"__metadata__\":{\"a\":{}}}", "may only hold texts, 'a' is StartObject")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", "may only hold texts, 'a' is Number")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", "'__metadata__' is there twice")]
    [InlineData("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", "'__metadata__' has 'a' twice")]
    public void Read_HeaderOfAnotherForm_IsRefused(string json, string expected) =>
        SafetensorsBytes.Refused(SafetensorsBytes.Make(json, Data), expected);

    [Theory]
    [InlineData(
        "\"dtype\":\"F7\",\"shape\":[4],\"data_offsets\":[0,16]",
        "dtype 'F7'; F32, F64, I64, F16, BF16, I32, I16, I8, U64, U32, U16, U8, BOOL are read"
    )]
    [InlineData("\"dtype\":\"F8_E4M3\",\"shape\":[16],\"data_offsets\":[0,16]", "tensor 'a' has dtype 'F8_E4M3'")]
    [InlineData("\"dtype\":\"C64\",\"shape\":[2],\"data_offsets\":[0,16]", "tensor 'a' has dtype 'C64'")]
    [InlineData("\"dtype\":1,\"shape\":[4],\"data_offsets\":[0,16]", "dtype must be a text, got Number")]
    [InlineData("\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,16]", "shape must be an array, got Number")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[[4]],\"data_offsets\":[0,16]", "shape must be at most 64 whole numbers")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]", "whole numbers of 0 to 2^63 - 1")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[4.0],\"data_offsets\":[0,16]", "whole numbers")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[4e0],\"data_offsets\":[0,16]", "whole numbers")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,16]", "whole numbers")]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4611686018427387904,4,1],\"data_offsets\":[0,16]",
        "a size may be up to 2147483647"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[0,4611686018427387904],\"data_offsets\":[0,0]",
        "a size may be up to 2147483647"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,16]",
        "up to 1,073,741,824 elements"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,16]",
        "F32 of shape [5] takes 20 bytes, data_offsets [0, 16] hold 16"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,17]",
        "within the 16 bytes after the header, got [0, 17]"
    )]
    [InlineData("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]", "must lie in order")]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,9223372036854775807]",
        "got [0, 9223372036854775807]"
    )]
    [InlineData("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0]", "data_offsets of two numbers")]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16,16]",
        "data_offsets must be at most 2 whole numbers"
    )]
    [InlineData("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[4,20]", "got [4, 20]")]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]",
        "the tensors end at byte 12 of the data, which has 16"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[4,16]",
        "leaves a hole before it: it must begin at byte 0 of the data, got 4"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]",
        "tensor 'a' has 'dtype' twice"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4],\"shape\":[4],\"data_offsets\":[0,16]",
        "tensor 'a' has 'shape' twice"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16],\"data_offsets\":[0,16]",
        "tensor 'a' has 'data_offsets' twice"
    )]
    [InlineData("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16],\"more\":1", "tensor 'a' has 'more'")]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[16,16]",
        "tensor 'a' is there twice"
    )]
    [InlineData(
        "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]",
        "tensor 'b' overlaps tensor 'a': it must begin at byte 16 of the data, got 8"
    )]
    public void Read_WrongEntry_IsRefused(string entry, string expected) =>
        SafetensorsBytes.Refused(SafetensorsBytes.Make("{\"a\":{" + entry + "}}", Data), expected);

    [Fact]
    public void Read_ManyTensorsOverTheSameBytes_AreRefused() =>
        SafetensorsBytes.Refused(
            SafetensorsBytes.Make(
                $"{{{string.Join(",", Enumerable.Range(0, 10_000).Select(i => $$"""
            "t{{i}}":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}
            """))}}}",
                Data
            ),
            "overlaps"
        );

    [Fact]
    public void Read_DeepJson_IsRefusedWithoutRecursion() =>
        SafetensorsBytes.Refused(SafetensorsBytes.Make("{\"a\":" + new string('[', 1_000_000), Data), "f, byte");

    [Fact]
    public void Read_LongName_IsRefused() =>
        SafetensorsBytes.Refused(
            SafetensorsBytes.Make($"{{\"{new string('a', 70_000)}\":{{}}}}", Data),
            "a name may have up to 65536 bytes, got 70000"
        );

    [Fact]
    public void Read_EmptyTensorWithLargeSizes_IsTaken()
    {
        Tensor tensor = SafetensorsBytes.Read(SafetensorsBytes.One("F32", "[2147483647,0,3]"))["a"];
        Assert.Equal(0, tensor.Count);
        Assert.Empty(SafetensorsBytes.Read(SafetensorsBytes.Make("{}")));
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        byte[] bytes = SafetensorsBytes.Sample();
        Assert.True(SafetensorsBytes.OrFine(bytes, "the whole file"), "the whole file was refused");
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(
                SafetensorsBytes.OrFine(bytes[..length], $"the first {length} bytes"),
                $"the first {length} of {bytes.Length} bytes were taken"
            );
        }

        Assert.False(SafetensorsBytes.OrFine([.. bytes, 0], "a byte more"), "a byte more was taken");
    }

    [Fact]
    public void Read_EveryChangedByteOfTheHeader_IsTakenOrRefused()
    {
        byte[] bytes = SafetensorsBytes.Sample();
        int taken = 0;
        for (int at = 0; at < bytes.Length - 40; at++)
        {
            foreach (byte mask in (byte[])[0x01, 0x02, 0x04, 0x10, 0x80, 0xFF])
            {
                byte[] changed = [.. bytes];
                changed[at] ^= mask;
                taken += SafetensorsBytes.OrFine(changed, $"byte {at} xor 0x{mask:x2}") ? 1 : 0;
            }
        }

        Assert.InRange(taken, 1, (bytes.Length - 40) * 2); // another name is a file as good; most changes are not
    }

    /// <summary>One to four changes: a byte to any other or to a character of JSON, a stretch lost or doubled; and whether
    /// the header's length is put right, so that the damage is met by the parser.</summary>
    private static readonly Gen<((int Kind, int At, int Value, int Length)[] Changes, bool IsLengthRight)> Damage =
        Gen.Select(
            Gen.Select(Gen.Int[0, 3], Gen.Int[0, 10_000], Gen.Int[0, 10_000], Gen.Int[0, 8]).Array[1, 4],
            Gen.Bool
        );

    [Fact]
    public void Read_RandomDamage_IsTakenOrRefused() =>
        RandomCases.Check(
            Damage,
            20,
            20_000,
            damage =>
                SafetensorsBytes.OrFine(
                    Damaged(SafetensorsBytes.Sample(), damage.Changes, damage.IsLengthRight),
                    string.Join(" ", damage.Changes)
                )
        );

    private static byte[] Damaged(byte[] bytes, (int Kind, int At, int Value, int Length)[] changes, bool isLengthRight)
    {
        List<byte> changed = [.. bytes];
        foreach ((int kind, int place, int value, int length) in changes)
        {
            int at = place % changed.Count;
            switch (kind)
            {
                case 0:
                    changed[at] = (byte)value;
                    break;
                case 1:
                    changed[at] = "{}[]\",:0123456789-.e"u8[value % 20];
                    break;
                case 2:
                    changed.RemoveRange(at, Math.Min(length, changed.Count - at));
                    break;
                default:
                    changed.InsertRange(at, changed.Slice(value % (changed.Count / 2), length));
                    break;
            }
        }

        if (isLengthRight && changed.Count > 48)
        {
            BinaryPrimitives.WriteInt64LittleEndian(
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changed),
                changed.Count - 48
            );
        }

        return [.. changed];
    }

    [Fact]
    public void Read_FileThatShrinksMeanwhile_IsRefused()
    {
        using ShortStream stream = new(SafetensorsBytes.Sample());
        Assert.Contains(
            "became shorter",
            Assert.Throws<ModelFormatException>(() => Safetensors.Read(stream, "f")).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Says it is whole, but ends 10 bytes before.</summary>
    private sealed class ShortStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) =>
            base.Read(buffer[..(int)Math.Min(buffer.Length, Math.Max(0, Length - 10 - Position))]);
    }
}
