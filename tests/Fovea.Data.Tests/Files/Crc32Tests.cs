namespace Fovea.Data.Tests;

public sealed class Crc32Tests
{
    [Fact]
    public void Append_CheckString_GivesThePublishedValue() =>
        Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8));

    [Fact]
    public void Append_InPieces_EqualsAtOnce()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 37))];
        uint whole = Crc32.Append(0, bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
