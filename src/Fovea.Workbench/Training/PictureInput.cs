using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>The size that the pictures of an image folder are brought to.</summary>
internal static class PictureInput
{
    // What the small network is for; photographs in it lose what a few pixels cannot show.
    private static readonly Shape Small = [3, 64, 64];

    /// <summary>How items of a folder are changed at random where neither user nor program says: as for ImageNet since
    /// Szegedy et al. 2015.</summary>
    public const string Augment = "resized-crop=0.08,flip=0.5";

    /// <summary>Reads a size such as <c>3x224x224</c>.</summary>
    /// <exception cref="ArgumentException">It is no size of pictures.</exception>
    public static Shape Parse(string text)
    {
        InputRange range = InputRange.Parse(text);
        Shape? shape = range.IsRange ? null : range.Items(range.Written)[0];
        return shape is { } item && ImageInput.IsPicture(item)
            ? item
            : throw new ArgumentException(
                $"--input {text}: pictures are brought to one size of 1 or 3 channels, such as 3x224x224."
            );
    }

    /// <summary>What a model was designed for, where it takes pictures; null for the folder's own rule.</summary>
    public static Shape? For(string? model) =>
        model is null ? Small
        : ModelText.UsualItem(model) is { } item && ImageInput.IsPicture(item) ? item
        : null;
}
