using System.Globalization;
using System.Security.Cryptography;
using Fovea.Testing;

namespace Fovea.Data.Tests;

public sealed class ImageFileTests
{
    private static readonly byte[] Gray2x2 = PngBytes.File(
        PngBytes.Header(2, 2, 8, 0),
        PngBytes.Data(0, 0, 51, 0, 102, 255)
    );

    private static (int R, int G, int B, int A) Pixel(RasterImage image, int x, int y)
    {
        byte[] samples = image.Samples.ToArray();
        int At(int c) => samples[(((y * image.Width) + x) * image.Channels) + c];
        return image.Channels switch
        {
            1 => (At(0), At(0), At(0), 255),
            2 => (At(0), At(0), At(0), At(1)),
            3 => (At(0), At(1), At(2), 255),
            _ => (At(0), At(1), At(2), At(3)),
        };
    }

    [DataFact("images/pngsuite")]
    public void Read_PngSuite_EqualsTheReferenceBitmaps()
    {
        string[] files = Directory.GetFiles(TestData.Find("images/pngsuite")!, "*.png");
        Assert.Equal(161, files.Length);
        List<string> wrong = [];
        foreach (string file in files)
        {
            RasterImage image = ImageFile.Read(file);
            Bitmap truth = new(
                Path.Combine(
                    TestData.Find("images/pngsuite-bmp-reference")!,
                    Path.GetFileNameWithoutExtension(file) + ".bmp"
                )
            );
            Assert.Equal((truth.Width, truth.Height), (image.Width, image.Height));
            string? difference = Enumerable
                .Range(0, image.Width * image.Height)
                .Select(i => (X: i % image.Width, Y: i / image.Width))
                // In tbbn0g04 alone the reference blackens what cannot be seen.
                .Where(p =>
                    !Same(Pixel(image, p.X, p.Y), truth[p.X, p.Y], file)
                    && !(
                        file.EndsWith("tbbn0g04.png", StringComparison.Ordinal)
                        && truth[p.X, p.Y] == (0, 0, 0, 0)
                        && Pixel(image, p.X, p.Y).A == 0
                    )
                )
                .Select(p => $"{Path.GetFileName(file)} at {p}: {Pixel(image, p.X, p.Y)}, reference {truth[p.X, p.Y]}")
                .FirstOrDefault();
            if (difference is not null)
            {
                wrong.Add(difference);
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    // The reference has 8 bits a sample: of 16 it keeps the high byte, where this reader's value rounds. Others must be
    // equal.
    private static bool Same((int R, int G, int B, int A) a, (int R, int G, int B, int A) b, string file)
    {
        int allowed = file.EndsWith("16.png", StringComparison.Ordinal) ? 1 : 0;
        return Math.Abs(a.R - b.R) <= allowed
            && Math.Abs(a.G - b.G) <= allowed
            && Math.Abs(a.B - b.B) <= allowed
            && Math.Abs(a.A - b.A) <= allowed;
    }

    [DataFact("images/hostile/pngsuite-corrupt")]
    public void Read_PngSuiteCorrupt_IsRefused()
    {
        string[] files = Directory.GetFiles(TestData.Find("images/hostile/pngsuite-corrupt")!, "*.png");
        Assert.Equal(8, files.Length);
        Assert.All(files, file => Assert.Throws<DataFormatException>(() => ImageFile.Read(file)));
    }

    [DataFact("images")]
    public void Read_EveryPngThereIs_IsReadOrRefusedAndAgreesWithPillowOnSizes()
    {
        int compared = 0,
            exact = 0;
        List<string> differ = [];
        foreach (string line in File.ReadLines(TestData.Find("images/EXPECTED-pillow.csv")!).Skip(1).Distinct())
        {
            string[] cells = line.Split(',');
            string? file = TestData.Find("images/" + cells[0]);
            if (file is null || !file.EndsWith(".png", StringComparison.Ordinal))
            {
                continue;
            }

            RasterImage? image = null;
            bool read = Refused.OrFine(() => image = ImageFile.Read(file), file);
            if (cells[2] == "ok" && !cells[0].StartsWith("hostile", StringComparison.Ordinal))
            {
                Assert.True(read, $"{file} was refused, but other readers take it");
                Assert.Equal(
                    (cells[5], cells[6]),
                    (
                        image!.Width.ToString(CultureInfo.InvariantCulture),
                        image.Height.ToString(CultureInfo.InvariantCulture)
                    )
                );
                compared++;
                if (
                    !cells[0].Contains("exif", StringComparison.Ordinal)
                    && cells[4] is "L" or "LA" or "RGB" or "RGBA"
                    && image.Channels == cells[4].Length
                )
                {
                    exact += cells[9] == Hash(image) ? 1 : 0;
                    differ.AddRange(cells[9] == Hash(image) ? [] : [cells[0]]);
                }
            }
        }

        Assert.True(compared > 100, $"only {compared} files were compared");
        Assert.True(exact > 100, $"only {exact} files were compared sample by sample");
        differ.RemoveAll(file => Path.GetFileNameWithoutExtension(file).Contains("16", StringComparison.Ordinal)); // Pillow keeps the high byte
        Assert.True(differ.Count == 0, "other samples than Pillow's: " + string.Join(", ", differ));
    }

    private static string Hash(RasterImage image) => Convert.ToHexStringLower(SHA256.HashData(image.Samples))[..16];

    [DataFact("images/hostile")]
    public void Read_HostileFilesOfOtherFormats_AreRefused() =>
        Assert.All(
            Directory.GetFiles(TestData.Find("images/hostile")!, "*.jp*", SearchOption.AllDirectories),
            file => Assert.Throws<DataFormatException>(() => ImageFile.Read(file))
        );

    [Fact]
    public void Decode_Gray_GivesTheSamples()
    {
        RasterImage image = ImageFile.Decode(Gray2x2);
        Assert.Equal((2, 2, 1), (image.Width, image.Height, image.Channels));
        Assert.Equal([0, 51, 102, 255], image.Samples.ToArray());
    }

    [Theory] // v / 257, rounded
    [InlineData(0x0000, 0)]
    [InlineData(0x0080, 0)]
    [InlineData(0x0081, 1)]
    [InlineData(0x1234, 18)]
    [InlineData(0x7FFF, 127)]
    [InlineData(0x8000, 128)]
    [InlineData(0xFF7E, 254)]
    [InlineData(0xFF7F, 255)]
    [InlineData(0xFFFF, 255)]
    public void Decode_SixteenBits_RoundsToEight(int sample, byte expected) =>
        Assert.Equal(
            [expected],
            ImageFile
                .Decode(
                    PngBytes.File(PngBytes.Header(1, 1, 16, 0), PngBytes.Data(0, (byte)(sample >> 8), (byte)sample))
                )
                .Samples.ToArray()
        );

    [Theory] // 1 bit: white is 255; 2 and 4 bits spread over 0..255
    [InlineData(1, 0b0100_0000, 0, 255)]
    [InlineData(2, 0b0110_0000, 85, 170)]
    [InlineData(4, 0x7F, 119, 255)]
    public void Decode_FewBits_SpreadOverTheWholeRange(byte depth, byte row, byte first, byte second) =>
        Assert.Equal(
            [first, second],
            ImageFile.Decode(PngBytes.File(PngBytes.Header(2, 1, depth, 0), PngBytes.Data(0, row))).Samples.ToArray()
        );

    [Fact]
    public void Decode_ExifChunk_TurnsThePictureOnce()
    {
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        RasterImage image = ImageFile.Decode(
            PngBytes.File(
                PngBytes.Header(2, 2, 8, 0),
                PngBytes.Chunk("eXIf", exif),
                PngBytes.Data(0, 51, 0, 0, 102, 255)
            )
        );
        Assert.Equal([102, 51, 255, 0], image.Samples.ToArray()); // clockwise: the left column becomes the top row
    }

    public static TheoryData<byte[], string> Broken =>
        new()
        {
            { [1, 2, 3], "image: not a picture: expected a PNG file, but it starts with 010203" },
            { [.. PngChunks.Signature], "byte 8: the file ends before the chunk IEND" },
            { PngBytes.File(PngBytes.Data(0, 0)), "expected the chunk IHDR, got IDAT" },
            { PngBytes.File(PngBytes.Chunk("IHDR", 1, 2, 3)), "the header IHDR must have 13 bytes, got 3" },
            {
                PngBytes.File(PngBytes.Header(0, 5, 8, 0)),
                "width and height must be at least 1 and make at most 100000000 pixels, got 0 x 5"
            },
            {
                PngBytes.File(PngBytes.Header(100_000, 100_000, 8, 0), PngBytes.Data(0)),
                "at most 100000000 pixels, got 100000 x 100000"
            },
            {
                PngBytes.File(PngBytes.Header(9000, 9000, 8, 6), PngBytes.Data(0)),
                "the header claims 324009000 bytes of image data, more than"
            },
            {
                PngBytes.File(PngBytes.Header(5000, 5000, 8, 0), PngBytes.Data(0)),
                "the header claims 25005000 bytes of image data, more than 9 compressed bytes can hold"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 3, 0)),
                "bit depth 3 with colour type 0 is not allowed by the PNG standard"
            },
            { PngBytes.File(PngBytes.Header(1, 1, 16, 3)), "bit depth 16 with colour type 3 is not allowed" },
            { PngBytes.File(PngBytes.Header(1, 1, 8, 0, 2)), "interlace method 0 or 1, got 0, 0, 2" },
            { PngBytes.File(PngBytes.Header(1, 1, 8, 0)), "there is no image data (no IDAT chunk)" },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Header(1, 1, 8, 0)),
                "there must be one header IHDR, this is a second"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Chunk("ABCD"), PngBytes.Data(0, 0)),
                "the chunk ABCD is critical and not known"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Chunk("a1cd"), PngBytes.Data(0, 0)),
                "a chunk's type must be four letters, got 61316364"
            },
            {
                PngBytes.File(
                    PngBytes.Header(1, 1, 8, 0),
                    PngBytes.Data(0, 0),
                    PngBytes.Chunk("teXt"),
                    PngBytes.Data(0)
                ),
                "IDAT chunks must follow each other"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Data(0, 0)),
                "an image of colour type 3 needs a palette of 1 to 256 colours of 3 bytes, got 0 bytes"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Chunk("PLTE", 1, 2), PngBytes.Data(0, 0)),
                "got 2 bytes"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Data(0, 0), PngBytes.Chunk("PLTE", 1, 2, 3)),
                "the palette PLTE must come once, before tRNS and IDAT"
            },
            {
                PngBytes.File(
                    PngBytes.Header(1, 1, 8, 3),
                    PngBytes.Chunk("PLTE", 1, 2, 3),
                    PngBytes.Chunk("tRNS", 1, 2),
                    PngBytes.Data(0, 0)
                ),
                "the transparency tRNS of 2 bytes does not fit colour type 3 with 1 colours"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Data(0, 0), PngBytes.Chunk("tRNS", 0, 2)),
                "the transparency tRNS must come once, before IDAT"
            },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 6), PngBytes.Chunk("tRNS", 0, 2), PngBytes.Data(0, 0, 0, 0, 0)),
                "does not fit colour type 6"
            },
            {
                PngBytes.File(PngBytes.Header(1, 2, 8, 3), PngBytes.Chunk("PLTE", 1, 2, 3), PngBytes.Data(0, 0, 0, 1)),
                "palette indices must be below the palette's 1 colours, got 1 at column 0, row 1"
            },
            {
                PngBytes.File(PngBytes.Header(1, 2, 8, 0), PngBytes.Data(0, 0, 5, 0)),
                "the filter of a row must be 0 to 4, got 5 in row 1"
            },
            { PngBytes.File(PngBytes.Header(1, 3, 8, 0), PngBytes.Data(0, 0, 0)), "the image data ends in row 1 of 3" },
            {
                PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Chunk("IDAT", 1, 2, 3, 4, 5, 6, 7, 8)),
                "the compressed image data is damaged, at or before row 0"
            },
            {
                // A zlib header that asks for a dictionary, which PNG has not.
                PngBytes.File(
                    PngBytes.Header(1, 1, 8, 0),
                    PngBytes.Chunk("IDAT", 0x78, 0x20, 0, 0x60, 0, 0, 0, 2, 0, 1)
                ),
                "the compressed image data is damaged, at or before row 0"
            },
        };

    public static TheoryData<byte[], string> OtherKinds =>
        new()
        {
            { [], "empty. There is nothing in it to read." },
            {
                [0xFF, 0xD8, 0xFF, 0xE0],
                "a JPEG image. A program reads it with the package Fovea.Imaging and Photographs.Register() at its start; or convert it to PNG."
            },
            {
                [.. "GIF89a"u8, 1, 0],
                "a GIF image. A program reads it with the package Fovea.Imaging and Photographs.Register() at its start; or convert it to PNG."
            },
            {
                [.. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0],
                "a BMP image. A program reads it with the package Fovea.Imaging and Photographs.Register() at its start; or convert it to PNG."
            },
            {
                [.. "RIFF"u8, 36, 0, 0, 0, .. "WEBPVP8 "u8],
                "a WebP image. A program reads it with the package Fovea.Imaging and Photographs.Register() at its start; or convert it to PNG."
            },
            { [.. "II*"u8, 0, 8, 0], "a TIFF image. TIFF is not read; convert it to PNG." },
            {
                [.. "version https://git-lfs.github.com/spec/v1\noid sha256:0"u8],
                "a Git LFS pointer, a text that stands for the real file. Fetch that with 'git lfs pull'."
            },
            { [.. "\uFEFF\r\n <!doctype HTML>"u8], "an HTML page. A download has saved a page instead of the file." },
            { [.. "<HTML><body>"u8], "an HTML page." },
            { IdxBytes.Gzip([1]), "compressed with gzip. Decompress it first." },
            { [.. "PK"u8, 3, 4, 20, 0], "a zip archive. Unpack it first." },
        };

    [Theory]
    [MemberData(nameof(OtherKinds))]
    public void Decode_FileOfAnotherKind_SaysWhatItIs(byte[] bytes, string expected) =>
        Refused.With(
            () => ImageFile.Decode(bytes, "photo.png"),
            $"photo.png: not a picture that can be read: the file is {expected}"
        );

    [Fact]
    public void FileKind_TextThatStartsLikeABitmap_IsNone()
    {
        Assert.Null(FileKind.Of("BM\t1.5\t2.5\t3.5\t4.5\t5.5\n"u8));
        Assert.Null(FileKind.Of("BM"u8));
        Assert.Null(FileKind.Of("RIFF\t1\t2\t3\t4\t5"u8));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Decode_Broken_SaysWhat(byte[] bytes, string expected) =>
        Refused.With(() => ImageFile.Decode(bytes), expected);

    [Fact]
    public void Decode_WrongChecksums_AreRefused()
    {
        byte[] crc = [.. Gray2x2];
        crc[^13] ^= 1; // the CRC of IDAT, before the 12 bytes of IEND
        Refused.With(() => ImageFile.Decode(crc), "the CRC of chunk IDAT must be 0x", "the file is damaged");
        byte[] data = PngBytes.Data(0, 7)[8..^4];
        data[^1] ^= 1; // the Adler-32 of the compressed data, below a right CRC
        Refused.With(
            () => ImageFile.Decode(PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Chunk("IDAT", data))),
            "the compressed image data is damaged"
        );
    }

    [Fact]
    public void Decode_ChunkLongerThanTheFile_IsRefused()
    {
        byte[] bytes = [.. Gray2x2];
        bytes[33] = 0x7F;
        Refused.With(() => ImageFile.Decode(bytes), "byte 33: a chunk of 21", "does not fit the");
    }

    [Fact]
    public void Decode_EveryTruncationAndFlip_IsReadOrRefused()
    {
        byte[] indexed = PngBytes.File(
            PngBytes.Header(9, 9, 2, 3, 1),
            PngBytes.Chunk("PLTE", 1, 2, 3, 4, 5, 6, 7, 8, 9),
            PngBytes.Chunk("tRNS", 9),
            PngBytes.Data([.. Enumerable.Range(0, 60).Select(i => (byte)(i % 3 == 0 ? 0 : 0x11))])
        );
        foreach (byte[] seed in (byte[][])[Gray2x2, indexed])
        {
            for (int length = 0; length < seed.Length; length++)
            {
                byte[] cut = seed[..length];
                Assert.False(
                    Refused.OrFine(() => ImageFile.Decode(cut), $"first {length} bytes"),
                    $"the first {length} of {seed.Length} bytes were taken"
                );
            }

            foreach ((byte[] changed, string what) in Refused.Flips(seed))
            {
                Refused.OrFine(() => ImageFile.Decode(changed), what);
            }
        }
    }

    [Fact]
    public void Read_NoSuchFile_SaysSo() =>
        Refused.With(() => ImageFile.Read("nowhere.png"), "nowhere.png: does not exist.");

    [Fact]
    public void Read_AFolder_IsRefused() => Refused.With(() => ImageFile.Read(Path.GetTempPath()), "cannot be read");
}
