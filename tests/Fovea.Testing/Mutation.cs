using System.IO.Compression;

namespace Fovea.Testing;

/// <summary>Damaged copies of a file, the same for the same number.</summary>
public static class Mutation
{
    private const int HeadBytes = 700;

    /// <summary>A damaged copy: one change or up to eight, anywhere, every second of them near the beginning, where headers are. Of
    /// a zip archive half of the copies are archives without a fault with one damaged file in them, as checksums would
    /// hide what is behind.</summary>
    /// <param name="whole">The file.</param>
    /// <param name="rng">Decides.</param>
    public static byte[] Of(byte[] whole, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(rng);
        bool isZip = whole.AsSpan().StartsWith("PK\u0003\u0004"u8);
        return isZip && rng.Next(2) == 0 ? Inside(whole, rng) : Damaged(whole, rng);
    }

    private static byte[] Inside(byte[] whole, Rng rng)
    {
        using ZipArchive old = new(new MemoryStream(whole), ZipArchiveMode.Read);
        int damaged = rng.Next(2) == 0 ? 0 : rng.Next(old.Entries.Count); // the first is the pickle
        using MemoryStream file = new();
        using (ZipArchive made = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (int i = 0; i < old.Entries.Count; i++)
            {
                using MemoryStream content = new();
                using (Stream entry = old.Entries[i].Open())
                {
                    entry.CopyTo(content);
                }

                bool isPacked = old.Entries[i].CompressedLength != old.Entries[i].Length;
                using Stream target = made.CreateEntry(
                        old.Entries[i].FullName,
                        isPacked ? CompressionLevel.Fastest : CompressionLevel.NoCompression
                    )
                    .Open();
                target.Write(i == damaged ? Damaged(content.ToArray(), rng) : content.ToArray());
            }
        }

        return file.ToArray();
    }

    private static byte[] Damaged(byte[] whole, Rng rng)
    {
        List<byte> bytes = [.. whole];
        for (int change = rng.Next(2) == 0 ? 0 : rng.Next(8); change >= 0 && bytes.Count > 1; change--)
        {
            int at = rng.Next(rng.Next(2) == 0 ? Math.Min(bytes.Count, HeadBytes) : bytes.Count),
                length = Math.Min(rng.Next(24), bytes.Count - at - 1);
            switch (rng.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << rng.Next(8));
                    break;
                case 1:
                    bytes[at] = new byte[] { 0, 0xFF, 0x7F, 0x80 }[rng.Next(4)];
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    for (int i = 0; i < length; i++)
                    {
                        bytes[at + i] = (byte)rng.Next(256);
                    }

                    break;
                case 5:
                    bytes.InsertRange(rng.Next(bytes.Count), bytes.GetRange(at, length)); // a stretch elsewhere
                    break;
                case 6 when rng.Next(8) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = (byte)rng.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
