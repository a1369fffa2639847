namespace Fovea.Data;

/// <summary>A picture of a folder that was read once and found whole.</summary>
/// <param name="Path">The file.</param>
/// <param name="Class">The class's folder name, composed.</param>
/// <param name="Format">Its format.</param>
/// <param name="Width">Pixels of a row, upright.</param>
/// <param name="Height">Rows, upright.</param>
/// <param name="Channels">1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.</param>
/// <param name="Frames">Pictures in the file.</param>
/// <param name="Hash">Of the file's content.</param>
/// <param name="Item">The resized item, bytes [H, W, C]; null where it is not kept.</param>
internal sealed record PictureFile(
    string Path,
    string Class,
    ImageFormat Format,
    int Width,
    int Height,
    int Channels,
    int Frames,
    UInt128 Hash,
    byte[]? Item
);
