using System.Runtime.InteropServices;

namespace Fovea.Kernels.Tests;

public sealed unsafe class PageAdviceTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(100, 300)]
    public void GiveBack_PartsOfPagesAtTheEnds_AreKept(int before, int behind)
    {
        int page = Environment.SystemPageSize,
            bytes = 5 * page;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)page);
        try
        {
            new Span<byte>(memory, bytes).Fill(7);
            PageAdvice.GiveBack(memory + before, (nuint)(bytes - before - behind));
            int first = before > 0 ? page : 0,
                end = behind > 0 ? 4 * page : 5 * page;
            Assert.False(
                new Span<byte>(memory, first).ContainsAnyExcept((byte)7),
                $"{before} bytes left out before: the page before the first whole one was given back"
            );
            Assert.False(
                new Span<byte>(memory + end, bytes - end).ContainsAnyExcept((byte)7),
                $"{behind} bytes left out behind: the page behind the last whole one was given back"
            );
            bool given = !new Span<byte>(memory + first, end - first).ContainsAnyExcept((byte)0);
            Assert.True(given == OperatingSystem.IsLinux(), $"whole pages were given back: {given}");
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [Fact]
    public void GiveBack_LessThanAPage_KeepsAll()
    {
        int page = Environment.SystemPageSize;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)page, (nuint)page);
        new Span<byte>(memory, page).Fill(7);
        PageAdvice.GiveBack(memory + 8, (nuint)page - 16);
        PageAdvice.GiveBack(memory, 0);
        Assert.False(new Span<byte>(memory, page).ContainsAnyExcept((byte)7), "bytes outside were given back");
        NativeMemory.AlignedFree(memory);
    }
}
