namespace Fovea.Data;

/// <summary>Reads pictures of formats that this package does not read itself: what Fovea.Imaging provides.</summary>
/// <remarks>Implementations must allow calls from several threads at once.</remarks>
public interface IImageDecoder
{
    /// <summary>Whether bytes start as a file of one of its formats does.</summary>
    /// <param name="head">The first 512 bytes of a file, or all of a shorter one.</param>
    bool CanDecode(ReadOnlySpan<byte> head);

    /// <summary>Decodes a file, turned upright by its EXIF orientation; of an animation the first picture.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="mostPixels">The most pixels the picture may have: compared with the header before memory is
    /// taken.</param>
    /// <exception cref="DataFormatException">The file is damaged, cut off, larger than allowed, or of a kind that is not
    /// read; the message says which.</exception>
    RasterImage Decode(ReadOnlySpan<byte> file, string name, long mostPixels);
}
