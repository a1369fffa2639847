using System.Buffers.Binary;

namespace Fovea.Data.Tests;

public sealed class IdxFileTests
{
    private static byte[] With(byte[] bytes, int at, params byte[] values)
    {
        byte[] changed = [.. bytes];
        values.CopyTo(changed, at);
        return changed;
    }

    [Fact]
    public void Parse_NotIdx_ShowsTheFirstBytes() =>
        Refused.With(
            () => IdxFile.Parse("f", [1, 2, 3, 4, 5], 1),
            "f, byte 0: not an IDX file",
            "starts with 01020304"
        );

    [Fact]
    public void Parse_FloatElements_SaysTheType() =>
        Refused.With(
            () => IdxFile.Parse("f", With(IdxBytes.Images(1), 2, 0x0D), 3),
            "f, byte 2: elements must be unsigned bytes (0x08), got type 0x0d"
        );

    [Fact]
    public void Parse_LabelsWhereImagesBelong_SaysTheAxes() =>
        Refused.With(
            () => IdxFile.Parse("f", IdxBytes.Labels(1, 2), 3),
            "f, byte 3: images have 3 axes (count, height, width), got 1"
        );

    [Fact]
    public void Parse_HeaderCut_SaysHowLongItIs() =>
        Refused.With(
            () => IdxFile.Parse("f", IdxBytes.Images(1)[..9], 3),
            "f, byte 4: the header must have 16 bytes, but the content ends after 9"
        );

    [Theory]
    [InlineData(4, 0u, "byte 4: sizes must be 1 to 2147483647, got 0")]
    [InlineData(8, 0xFFFFFFFFu, "byte 8: sizes must be 1 to 2147483647, got 4294967295")]
    [InlineData(12, 0x7FFFFFFFu, "at most 1073741824 elements are taken, the header claims 4x2x2147483647")]
    [InlineData(4, 5u, "the header's sizes 5x2x3 make a file of 46 bytes, but it has 40")]
    [InlineData(4, 3u, "the header's sizes 3x2x3 make a file of 34 bytes, but it has 40")]
    public void Parse_SizesDoNotFitTheFile_RefusesBeforeAllocating(int at, uint size, string expected)
    {
        byte[] bytes = IdxBytes.Images(4);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), size);
        Refused.With(() => IdxFile.Parse("f", bytes, 3), expected);
    }

    [Fact]
    public void Parse_ItemTooLarge_SaysItsSize()
    {
        byte[] bytes = IdxBytes.Make([], 1, 32768, 32768);
        Refused.With(
            () => IdxFile.Parse("f", bytes, 3),
            "f, byte 8: an item may have up to 67108864 values, the header claims 32768x32768 an item."
        );
        Refused.With(
            () => IdxFile.Parse("f", IdxBytes.Make([], 15, 8192, 8193), 3),
            "the header claims 8192x8193 an item"
        );
        Refused.With(
            () => IdxFile.Parse("f", IdxBytes.Make([], 1, 8192, 8192), 3),
            "the header's sizes 1x8192x8192 make a file of 67108880 bytes, but it has 16."
        );
    }

    [Fact]
    public void Parse_FileOfAnotherKind_SaysWhatItIs()
    {
        Refused.With(
            () => IdxFile.Parse("f", "<!DOCTYPE html><p>Not found"u8.ToArray(), 3),
            "f: not an IDX file: the file is an HTML page. A download has saved a page instead of the file."
        );
        Refused.With(
            () => IdxFile.Parse("f", "version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), 3),
            "not an IDX file: the file is a Git LFS pointer"
        );
        Refused.With(() => IdxFile.Parse("f", [], 3), "not an IDX file: the file is empty");
        Refused.With(
            () => IdxFile.Parse("f", IdxBytes.Gzip("PK\u0003\u0004"u8.ToArray()), 3),
            "not an IDX file: the file is a zip archive"
        );
    }

    [Fact]
    public void Parse_GzipClaimsMoreThanItCanHold_RefusesBeforeAllocating()
    {
        byte[] content = IdxBytes.Images(4);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4), 100_000_000);
        byte[] bytes = IdxBytes.Gzip(content);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), 600_000_016); // the trailer lies too
        Refused.With(
            () => IdxFile.Parse("f", bytes, 3),
            "the header claims 600000016 bytes, more than the",
            "compressed bytes can hold"
        );
    }

    [Fact]
    public void Parse_BombBehindASmallHeader_IsNotInflated()
    {
        byte[] content = new byte[50_000_000];
        IdxBytes.Images(4).CopyTo(content, 0);
        Refused.With(
            () => IdxFile.Parse("f", IdxBytes.Gzip(content), 3),
            "size of the content, 40 bytes by its header, but says 50000000"
        );
    }

    [Fact]
    public void Parse_BombWithALyingTrailer_StopsAtTheDeclaredSize()
    {
        byte[] content = new byte[50_000_000];
        IdxBytes.Images(4).CopyTo(content, 0);
        byte[] bytes = IdxBytes.Gzip(content);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), 40);
        Refused.With(
            () => IdxFile.Parse("f", bytes, 3),
            "the compressed data must hold 40 bytes, but goes on after them"
        );
    }

    [Fact]
    public void Parse_GzipChecksumWrong_SaysBoth()
    {
        byte[] bytes = IdxBytes.Gzip(IdxBytes.Images(4));
        bytes[^8] ^= 1;
        Refused.With(
            () => IdxFile.Parse("f", bytes, 3),
            "the content's CRC-32 must be 0x",
            "but is 0x",
            "the file is damaged"
        );
    }

    [Fact]
    public void Parse_GzipSizeWrong_SaysBoth()
    {
        byte[] bytes = IdxBytes.Gzip(IdxBytes.Images(4));
        bytes[^4] ^= 1;
        Refused.With(
            () => IdxFile.Parse("f", bytes, 3),
            "40 bytes by its header, but says 41: the file is truncated, damaged, or has more than one gzip member"
        );
    }

    [Fact]
    public void Parse_TwoGzipMembers_AreRefused()
    {
        byte[] content = IdxBytes.Images(4);
        byte[] bytes = [.. IdxBytes.Gzip(content[..20]), .. IdxBytes.Gzip(content[20..])];
        Refused.With(() => IdxFile.Parse("f", bytes, 3), "more than one gzip member");
    }

    [Fact]
    public void Parse_GzipWithNameAndCommentFields_IsRead()
    {
        byte[] plain = IdxBytes.Gzip(IdxBytes.Images(4));
        byte[] bytes =
        [
            .. plain[..3],
            0x04 | 0x08 | 0x10 | 0x02,
            .. plain[4..10],
            2,
            0,
            7,
            7,
            (byte)'n',
            0,
            (byte)'c',
            0,
            1,
            2,
            .. plain[10..],
        ];
        Assert.Equal([4, 2, 3], IdxFile.Parse("f", bytes, 3).Sizes);
    }

    [Fact]
    public void Parse_EveryTruncationOfAGzipFile_IsRefused()
    {
        byte[] bytes = IdxBytes.Gzip(IdxBytes.Images(20));
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.False(
                Refused.OrFine(() => IdxFile.Parse("f", cut, 3), $"first {length} bytes"),
                $"the first {length} of {bytes.Length} bytes were taken"
            );
        }
    }

    [Fact]
    public void Parse_EveryFlippedByte_GivesTheSameContentOrARefusal()
    {
        byte[] bytes = IdxBytes.Gzip(IdxBytes.Images(20));
        byte[] expected = IdxBytes.Images(20);
        foreach ((byte[] changed, string what) in Refused.Flips(bytes))
        {
            Refused.OrFine(() => Assert.Equal(expected, IdxFile.Parse("f", changed, 3).Content), what);
        }

        foreach ((byte[] changed, string what) in Refused.Flips(IdxBytes.Images(3)))
        {
            Refused.OrFine(() => IdxFile.Parse("f", changed, 3), what);
        }
    }
}
